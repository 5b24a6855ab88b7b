import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import createYargs from 'yargs';
import type { Argv } from 'yargs';
import { ConfigError } from '../errors.ts';
import { addCommands } from './commands.ts';
import { listExitCodes } from './exit-codes.ts';
import { explainArguments } from './explain-arguments.ts';
import type { Chosen } from './frame-run.ts';
import type { ProcessIo } from './io.ts';
import { addOutputOptions } from './output-options.ts';
import { packageJson } from './package-paths.ts';
import { printFailure } from './print-failure.ts';

const readVersion = (): string =>
  (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;

/** A `.env` in the working directory fills in what the environment leaves open. */
const loadEnv = (): void => {
  if (existsSync('.env')) loadEnvFile('.env');
};

/** The options of the command that yargs is at; its types leave `getOptions` out. */
const optionsOf = (yargs: Argv): string[] => {
  const { key } = (
    yargs as Argv & { getOptions: () => { key: Record<string, unknown> } }
  ).getOptions();
  return Object.keys(key);
};

/** What the command line asks for; null where yargs has answered itself (--help, --version). */
const parseArguments = async (args: readonly string[]): Promise<Chosen | null> => {
  const typed: Pick<Chosen, 'run' | 'kind'>[] = [];
  const yargs = createYargs([...args])
    .scriptName('fieldmart')
    .usage('$0 <command>\n\nField-service data into a warehouse, exactly.')
    .version(readVersion())
    .locale('en')
    .wrap(100)
    .parserConfiguration({ 'greedy-arrays': false })
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'a command is missing', 'there is more than one command')
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new ConfigError(
        explainArguments(args, message ?? error?.message ?? '', optionsOf(yargs)),
      );
    })
    .epilogue(`Exit codes: ${listExitCodes()}. Variables: see .env.example.`);
  addCommands(addOutputOptions(yargs, args), (run, kind) => {
    typed.push({ run, kind });
  });
  const { _: words, quiet, verbose, json } = await yargs.parseAsync();
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
    const chosen = await parseArguments(args);
    if (chosen === null) return 0;
    loadEnv();
    // Loaded only now, so that --help stays quick.
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

/** The process's own world. */
export const openProcessIo = (): ProcessIo => {
  process.stdout.on('error', goOnUnread);
  process.stderr.on('error', goOnUnread);
  return {
    env: process.env,
    now: () => new Date(),
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    width: process.stdout.columns,
    terminal: process.stderr.isTTY,
  };
};
