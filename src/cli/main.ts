import { existsSync, readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import createYargs from 'yargs';
import type { Argv } from 'yargs';
import { ConfigError } from '../errors.ts';
import { addCommands, type Run } from './commands.ts';
import type { Io } from './io.ts';
import { packageJson } from './package-paths.ts';
import { nearestName } from './select-entities.ts';

const readVersion = (): string =>
  (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;

const isOperating = (error: unknown): error is Error & { exitCode: number } =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';

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

/** The names of the options typed that the command does not have. */
const findUnknown = (args: readonly string[], options: readonly string[]): string[] =>
  args
    .map((word) => /^--(?:no-)?([^=]+)/.exec(word)?.[1])
    .filter((name) => name !== undefined)
    .filter((name) => !options.includes(name));

/**
 * One line for what yargs found wrong. It reports a missing option before an unknown one, though the second is often
 * the first misspelled, so both are named.
 */
const explainArguments = (
  args: readonly string[],
  message: string,
  options: readonly string[],
): string => {
  if (message.startsWith('Cannot ')) return message;
  const [, command] = /^Did you mean (.+)\?$/m.exec(message) ?? [];
  const typed = args.find((word) => !word.startsWith('-')) ?? '';
  const isNoCommand = message.startsWith(`Unknown argument: ${args[0] ?? ''}`) && args[0] === typed;
  if (command !== undefined || isNoCommand) {
    const nearest = command === undefined ? undefined : nearestName(typed, [command]);
    const advice = nearest === undefined ? 'see fieldmart --help' : `did you mean ${nearest}?`;
    return `Cannot run ${JSON.stringify(typed)}: there is no such command; ${advice}`;
  }
  const unknown = findUnknown(args, options);
  const nearest = unknown.map((name) => nearestName(name, options)).find(Boolean);
  const found = message.trim().split('\n');
  if (unknown.length > 0 && !message.startsWith('Unknown argument')) {
    found.unshift(`Unknown argument: ${unknown.join(', ')}`);
  }
  const advice = nearest === undefined ? 'see fieldmart --help' : `did you mean --${nearest}?`;
  return `Cannot run this command line: ${found.join('; ')}; ${advice}`;
};

/** What the command line asks for; null where yargs has answered itself (--help, --version). */
const parseArguments = async (args: readonly string[], io: Io): Promise<Run | null> => {
  let chosen: Run | null = null;
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
    .epilogue(
      'Exit codes: 0 done, 1 a bug, 2 configuration or command line, 3 the source, 4 records,\n' +
        '5 the warehouse or the spool, 6 a check, 130 stopped. Variables: see .env.example.',
    );
  await addCommands(yargs, io, (run) => {
    chosen = run;
  }).parseAsync();
  return chosen;
};

/**
 * Runs one command line.
 * @returns the exit code; operating errors are printed as one line, anything else with its stack.
 */
export const main = async (args: readonly string[], io: Io): Promise<number> => {
  try {
    const run = await parseArguments(args, io);
    if (run === null) return 0;
    loadEnv();
    return await run();
  } catch (error) {
    if (!isOperating(error)) {
      io.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return 1;
    }
    io.err(error.message);
    return error.exitCode;
  }
};

/** Whoever reads our output may stop reading, as `head` does: no reason to end a run that loads data. */
const goOnUnread = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

/** The process's own world. */
export const openProcessIo = (): Io => {
  process.stdout.on('error', goOnUnread);
  return {
    env: process.env,
    now: () => new Date(),
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    width: process.stdout.columns,
  };
};
