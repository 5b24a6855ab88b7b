import { DateTime } from 'luxon';
import { ConfigError } from '../errors.ts';
import type { Window } from '../model.ts';

const toInstant = (date: DateTime): string =>
  date.toUTC().toISO({ suppressMilliseconds: false }) ?? '';

/** The first instant of a day or month: where clocks go back over midnight, midnight comes twice. */
const firstInstant = (date: DateTime, unit: 'day' | 'month'): string => {
  const midnight = date.startOf(unit);
  return toInstant(DateTime.min(midnight, ...midnight.getPossibleOffsets()));
};

/**
 * The instant at which a local date (`2024-03-01`) begins in a time zone.
 * @throws ConfigError when the text is no date of the calendar.
 */
export const startOfLocalDate = (text: string, timeZone: string, option: string): string => {
  const date = DateTime.fromISO(text, { zone: timeZone });
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !date.isValid) {
    throw new ConfigError(`Cannot use ${option} ${text}: it is no date; write it as 2024-03-01`);
  }
  return firstInstant(date, 'day');
};

/** The local date (`2024-03-01`) on which an instant falls. */
export const localDate = (instant: string, timeZone: string): string =>
  DateTime.fromISO(instant, { zone: timeZone }).toFormat('yyyy-MM-dd');

/** Midnight UTC of the local date on which an instant falls: how the source writes calendar dates. */
export const calendarDate = (instant: string, timeZone: string): string =>
  `${localDate(instant, timeZone)}T00:00:00.000Z`;

/** An instant moved by a number of milliseconds. */
export const shiftInstant = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

const dayMs = 86_400_000;

/**
 * An instant as the date from which an export is read. The source does not say whether it reads a date as UTC or as
 * local time, so a day is taken off: records seen again are absorbed by the merge, records missed are not.
 */
export const feedDate = (instant: string): string => shiftInstant(instant, -dayMs).slice(0, 10);

/** Cuts a window into parts of some months, at the first of a month in the time zone. */
export const cutByMonths = (window: Window, timeZone: string, months: number): Window[] => {
  const windows: Window[] = [];
  let from = window.from;
  while (from < window.to) {
    const next = firstInstant(
      DateTime.fromISO(from, { zone: timeZone }).startOf('month').plus({ months }),
      'month',
    );
    const to = next < window.to ? next : window.to;
    windows.push({ from, to });
    from = to;
  }
  return windows;
};

/** The parts of a window that none of the others covers, oldest first. */
export const subtractWindows = (window: Window, covered: readonly Window[]): Window[] => {
  const sorted = [...covered].sort((a, b) => (a.from < b.from ? -1 : 1));
  const gaps: Window[] = [];
  let from = window.from;
  for (const part of sorted) {
    if (part.to <= from) continue;
    if (part.from >= window.to) break;
    if (part.from > from) gaps.push({ from, to: part.from });
    from = part.to;
  }
  if (from < window.to) gaps.push({ from, to: window.to });
  return gaps;
};
