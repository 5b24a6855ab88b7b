import { ConfigError } from '../errors.ts';

/** Reads an option that may be given once. */
export const once =
  (option: string) =>
  (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new ConfigError(`Cannot use ${option}: give it once, with one value`);
  };

/** An option that takes a number, given once; what the number may be, its command says. */
export const oneNumber = (option: string) => ({
  type: 'number' as const,
  requiresArg: true,
  coerce: (value: unknown): number => {
    if (typeof value === 'number' && !Number.isNaN(value)) return value;
    throw new ConfigError(
      `Cannot use ${option}: ${Array.isArray(value) ? 'give it once, with one value' : 'what was typed is no number'}`,
    );
  },
});
