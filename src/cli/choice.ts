import { ConfigError } from '../errors.ts';
import { once } from './once.ts';

/** An option, or a word after a command, that is one of a few. */
export const choice = <T extends string>(option: string, choices: readonly T[]) => ({
  choices,
  coerce: (value: unknown): T => {
    const typed = once(option)(value);
    const chosen = choices.find((one) => one === typed);
    if (chosen !== undefined) return chosen;
    throw new ConfigError(`Cannot use ${option} ${typed}: it must be one of ${choices.join(', ')}`);
  },
});
