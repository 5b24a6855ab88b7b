import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { limitNursery } from '../limit-nursery.ts';
import { completionWord, createParser } from './create-parser.ts';
import type { Chosen } from './frame-run.ts';
import type { ProcessIo } from './io.ts';
import { printFailure } from './print-failure.ts';
import { findSecrets, redact } from './redact.ts';

/** A `.env` in the working directory fills in what the environment leaves open. */
const loadEnv = (): void => {
  if (existsSync('.env')) loadEnvFile('.env');
};

/** What the command line asks for; null where yargs has answered itself (--help, --version). */
const parseArguments = async (args: readonly string[]): Promise<Chosen | null> => {
  const typed: Pick<Chosen, 'run' | 'kind'>[] = [];
  const parser = createParser(args, (run, kind) => {
    typed.push({ run, kind });
  });
  const { _: words, quiet, verbose, json } = await parser.parseAsync();
  const [chosen] = typed;
  if (chosen === undefined) return null;
  const output = { quiet: quiet === true, verbose: verbose === true, json: json === true };
  return { ...chosen, command: words.join(' '), output };
};

/**
 * Runs one command line.
 * @returns the exit code; operating errors are printed as one line, anything else with its stack.
 */
export const main = async (args: readonly string[], io: ProcessIo): Promise<number> => {
  try {
    if (args[0] === completionWord) {
      await (await import('./complete-line.ts')).completeLine(args, io);
      return 0;
    }
    const chosen = await parseArguments(args);
    if (chosen === null) return 0;
    loadEnv();
    // Loaded only now, so that --help stays quick.
    const { assertVerifiedTls } = await import('../config.ts');
    assertVerifiedTls(io.env);
    const { frameRun } = await import('./frame-run.ts');
    return await frameRun(chosen, { io, runId: randomUUID() });
  } catch (error) {
    return printFailure(error, { json: args.includes('--json'), err: io.err });
  }
};

/** Whoever reads our output may stop reading, as `head` does: no reason to end a run that loads data. */
const goOnUnread = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

/** What nobody waited for: printed like any bug, and never with what the error carries beside its stack. */
const endByBug = (error: unknown, err: (line: string) => void): void => {
  process.exitCode = printFailure(error, { json: process.argv.includes('--json'), err });
  process.exit();
};

/** The process's own world, in little memory. */
export const openProcessIo = (): ProcessIo => {
  limitNursery();
  const err = (line: string): void => {
    process.stderr.write(`${redact(line, findSecrets(process.env))}\n`);
  };
  process.on('uncaughtException', (error) => {
    endByBug(error, err);
  });
  process.stdout.on('error', goOnUnread);
  process.stderr.on('error', goOnUnread);
  return {
    env: process.env,
    now: () => new Date(),
    out: (line) => process.stdout.write(`${line}\n`),
    err,
    width: process.stdout.columns,
    terminal: process.stderr.isTTY,
  };
};
