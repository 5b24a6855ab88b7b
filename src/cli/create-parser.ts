import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Argv } from 'yargs';
import { ConfigError } from '../errors.ts';
import { addCommands, type Choose } from './commands.ts';
import { listExitCodes } from './exit-codes.ts';
import { explainArguments } from './explain-arguments.ts';
import { addOutputOptions } from './output-options.ts';
import { packageJson } from './package-paths.ts';

/** Its CommonJS build is three files. The other one is forty, and took longer to load than all the rest of --help. */
const createYargs = createRequire(import.meta.url)('yargs/yargs') as (args: string[]) => Argv;

const readVersion = (): string =>
  (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;

/** The options of the command that yargs is at; its types leave `getOptions` out. */
const optionsOf = (yargs: Argv): string[] => {
  const { key } = (
    yargs as Argv & { getOptions: () => { key: Record<string, unknown> } }
  ).getOptions();
  return Object.keys(key);
};

/** With this as its first word a line is not run: the words that may stand at its end are printed. */
export const completionWord = '--get-yargs-completions';

/**
 * What reads a command line; nothing is read yet.
 * @param choose Takes the command that was typed.
 */
export const createParser = (args: readonly string[], choose: Choose): Argv => {
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
      // A line that is to be completed is not complete.
      if (args[0] === completionWord) return;
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new ConfigError(
        explainArguments(args, message ?? error?.message ?? '', optionsOf(yargs)),
      );
    })
    .epilogue(
      `Exit codes: ${listExitCodes()}. Variables: init asks for them, .env.example describes them.`,
    );
  return addCommands(addOutputOptions(yargs, args), choose);
};
