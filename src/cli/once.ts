import { ConfigError } from '../errors.ts';

/** Reads an option that may be given once. */
export const once =
  (option: string) =>
  (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new ConfigError(`Cannot use ${option}: give it once, with one value`);
  };
