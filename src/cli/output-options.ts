import type { Argv } from 'yargs';
import { ConfigError } from '../errors.ts';

/** How much a command says, and to whom: the options that every command has. */
export type Output = { quiet: boolean; verbose: boolean; json: boolean };

type OutputOptions = { quiet?: unknown; verbose?: unknown; json?: unknown; format?: string };

const isTyped = (args: readonly string[], option: string): boolean =>
  args.some((word) => word === option || word.startsWith(`${option}=`));

/**
 * What the options say together. `--json` stands for `--format json` where a command has that option.
 * @throws ConfigError when they exclude each other.
 */
const settle = (args: readonly string[], options: OutputOptions): void => {
  if (options.quiet === true && options.verbose === true) {
    throw new ConfigError('Cannot be --quiet and --verbose: they exclude each other; give one');
  }
  if (options.json !== true || options.format === undefined) return;
  if (isTyped(args, '--format') && options.format !== 'json') {
    throw new ConfigError(
      `Cannot use --json with --format ${options.format}: they exclude each other; give one`,
    );
  }
  options.format = 'json';
};

/** @param args The command line as typed. */
export const addOutputOptions = (yargs: Argv, args: readonly string[]): Argv =>
  yargs
    .option('quiet', {
      type: 'boolean',
      default: false,
      describe: 'Say only what went wrong',
      group: 'Output:',
    })
    .option('verbose', {
      type: 'boolean',
      default: false,
      describe: 'Log every request and page',
      group: 'Output:',
    })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'For programs: results, log and errors as JSON',
      group: 'Output:',
    })
    .middleware((options) => {
      settle(args, options);
    });
