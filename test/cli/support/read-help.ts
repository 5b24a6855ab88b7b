import { createParser } from '../../../src/cli/create-parser.ts';

/** What `fieldmart COMMAND --help` prints. */
export const helpOf = (command: string, width = 100): Promise<string> =>
  createParser(command.split(' ').filter(Boolean), () => undefined)
    .wrap(width)
    .getHelp();

const commandsIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}fieldmart ((?:[a-z]+ )*[a-z]+)(?= |$)/gm)].map(([, name = '']) => name);

/** The lines below a title, as `Commands`; those below `Examples` have the same form. */
export const sectionOf = (help: string, title: string): string =>
  new RegExp(`^${title}:\n((?: .*\n?)+)`, 'm').exec(help)?.[1] ?? '';

/** Each command, those that have commands themselves before these. */
export const listCommands = async (command = ''): Promise<string[]> => {
  const below = commandsIn(sectionOf(await helpOf(command), 'Commands'));
  const deeper = await Promise.all(below.map(listCommands));
  return [...(command === '' ? [] : [command]), ...deeper.flat()];
};

/** The examples of a command, as they are typed. */
export const examplesOf = async (command: string): Promise<string[]> => {
  const help = sectionOf(await helpOf(command), 'Examples');
  return [...help.matchAll(/^ {2}(fieldmart .+?) *$/gm)].map(([, typed = '']) => typed);
};
