import { ConfigError } from '../../errors.ts';
import { addDays, mondayOf } from '../calendar.ts';
import type { DateRange } from './read-mart.ts';

/** What a person asked for; null where nothing was said. */
export type WantedDates = { from: string | null; to: string | null };

/** Why these dates, where nobody asked for any. */
export type ChosenDates = DateRange & { why: string | null };

/**
 * The latest week that was over when the marts were built, or all days when none was.
 * @param range The dates of the marts; the last one is the day of the build.
 */
const latestFullWeek = ({ first, last }: DateRange): ChosenDates => {
  const sunday = addDays(mondayOf(last), -1);
  return sunday < first
    ? { first, last, why: 'all days, for no week is over yet' }
    : { first: addDays(sunday, -6), last: sunday, why: 'the latest full week' };
};

/**
 * The dates to show. With neither end given, the latest full week; with one, up to the other end of the marts.
 * @throws ConfigError when `to` is before `from`.
 */
export const chooseDates = ({ from, to }: WantedDates, range: DateRange): ChosenDates => {
  if (from === null && to === null) return latestFullWeek(range);
  if (from !== null && to !== null && from > to) {
    throw new ConfigError(
      `Cannot use --from ${from} --to ${to}: no day lies between; give an earlier --from or a later --to`,
    );
  }
  return { first: from ?? range.first, last: to ?? range.last, why: null };
};
