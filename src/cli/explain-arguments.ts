import { nearestName } from './select-entities.ts';

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
export const explainArguments = (
  args: readonly string[],
  message: string,
  options: readonly string[],
): string => {
  if (message.startsWith('Cannot ')) return message;
  const [, command] = /^Did you mean (.+)\?$/m.exec(message) ?? [];
  const words = args.filter((word) => !word.startsWith('-'));
  const meant = words.find((word) => nearestName(word, command === undefined ? [] : [command]));
  const typed = meant ?? words[0] ?? '';
  const isNoCommand = message.startsWith(`Unknown argument: ${args[0] ?? ''}`) && args[0] === typed;
  if (command !== undefined || isNoCommand) {
    const nearest = meant === undefined ? undefined : command;
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
