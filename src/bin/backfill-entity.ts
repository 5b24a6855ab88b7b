#!/usr/bin/env node
import { main, processIo } from '../cli/main.ts';

process.exitCode = await main(['backfill', ...process.argv.slice(2)], processIo);
