import { ConfigError } from '../errors.ts';
import { addDays, mondayOf } from '../pipeline/calendar.ts';
import type { WantedDates } from '../pipeline/kpis/choose-dates.ts';
import type { DateRange } from '../pipeline/kpis/read-mart.ts';

/** Mondays. */
export type ChosenWeeks = {
  /** The week that is reported on. */
  week: string;
  before: string;
  /** The same week a year ago: 52 weeks earlier, so that it begins on a Monday too. */
  yearAgo: string;
  /** Where the trend lines begin. */
  trendFrom: string;
};

const yearDays = 364;

/** The Monday of the last week that is over on a date. */
const lastFullWeek = (date: string): string =>
  addDays(date, 1) === addDays(mondayOf(date), 7) ? mondayOf(date) : addDays(mondayOf(date), -7);

/**
 * The weeks of a report: the last one that is over at `to`, and before the marts end; its trend from `from`, or a year.
 * @returns null when nobody asked for dates and no week is over yet.
 * @throws ConfigError when no full week lies within the dates asked for.
 */
export const chooseWeeks = (wanted: WantedDates, range: DateRange): ChosenWeeks | null => {
  // The marts end on the day of the build, which is not over.
  const over = addDays(range.last, -1);
  const to = wanted.to !== null && wanted.to < over ? wanted.to : over;
  const week = lastFullWeek(to);
  const isAsked = wanted.from !== null || wanted.to !== null;
  const isBefore = wanted.from !== null && week < wanted.from;
  if (addDays(week, 6) < range.first || isBefore) {
    if (!isAsked) return null;
    throw new ConfigError(
      `Cannot report on ${wanted.from ?? range.first} to ${wanted.to ?? range.last}: no full week, Monday to Sunday, ` +
        `of the marts lies in it; they go from ${range.first} to ${range.last}: give other dates`,
    );
  }
  return {
    week,
    before: addDays(week, -7),
    yearAgo: addDays(week, -yearDays),
    trendFrom: wanted.from === null ? addDays(week, -yearDays) : mondayOf(addDays(wanted.from, 6)),
  };
};
