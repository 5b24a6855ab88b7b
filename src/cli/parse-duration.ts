import { ConfigError } from '../errors.ts';

const unitsMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Ten years: beyond all history there is to read, and far from where dates overflow. */
const daysMax = 3660;

/**
 * Milliseconds of a duration as people write it: `90m`, `36h`, `2d`, `1w`.
 * @throws ConfigError for anything else, and for more than 3660 days.
 */
export const parseDuration = (text: string, option: string): number => {
  const [, count, unit] = /^(\d+)\s*([mhdw])$/.exec(text.trim()) ?? [];
  const unitMs = unitsMs[unit ?? ''];
  if (count === undefined || unitMs === undefined) {
    throw new ConfigError(`Cannot use ${option} ${text}: it is no duration; write 90m, 36h or 2d`);
  }
  const durationMs = Number(count) * unitMs;
  if (durationMs > daysMax * 86_400_000) {
    throw new ConfigError(
      `Cannot use ${option} ${text}: it is longer than ${daysMax} days; give ${daysMax}d at most`,
    );
  }
  return durationMs;
};
