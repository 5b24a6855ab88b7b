#!/usr/bin/env node
import { main, openProcessIo } from '../cli/main.ts';

process.exitCode = await main(process.argv.slice(2), openProcessIo());
