import { DateTime } from 'luxon';

/** A calendar date: `2024-03-01`. Such texts sort by time. */
export type DateText = string;

const utc = { zone: 'utc' } as const;

const parse = (text: string): DateTime => {
  const instant = DateTime.fromISO(text, utc);
  if (!instant.isValid) throw new Error(`${text} is no instant`);
  return instant;
};

const write = (date: DateTime): DateText => date.toFormat('yyyy-MM-dd');

/** The instant, or nothing where it lies before 2000: that is how the source writes "none". */
export const knownInstant = (text: string | undefined): string | undefined =>
  text !== undefined && parse(text).year >= 2000 ? text : undefined;

/** The date on the wall of the time zone at an instant, if there is one. */
export const localDate = (text: string | undefined, timeZone: string): DateText | undefined => {
  const instant = knownInstant(text);
  return instant === undefined ? undefined : write(parse(instant).setZone(timeZone));
};

/**
 * The date of a field that holds a date (`date`, `invoiceDate`): midnight UTC, or a text without a zone, is the date as
 * written; anything else is an instant.
 */
export const calendarDate = (text: string | undefined, timeZone: string): DateText | undefined => {
  const instant = knownInstant(text);
  if (instant === undefined) return undefined;
  const [, zone] = /T.*(Z|[-+]\d\d(?::?\d\d)?)$/.exec(instant) ?? [];
  const isUtc = zone !== undefined && /^(?:Z|[-+]00(?::?00)?)$/.test(zone);
  const isMidnight = isUtc && parse(instant).toMillis() % 86_400_000 === 0;
  return zone === undefined || isMidnight ? write(parse(instant)) : localDate(instant, timeZone);
};

/** The earliest of the known instants. */
export const earliest = (texts: readonly (string | undefined)[]): string | undefined =>
  texts
    .filter((text) => knownInstant(text) !== undefined)
    .map((text) => text ?? '')
    .sort((a, b) => parse(a).toMillis() - parse(b).toMillis())[0];

const dayMs = 86_400_000;

const writeDay = (day: number): DateText => new Date(day * dayMs).toISOString().slice(0, 10);

const dayOf = (date: DateText): number => Date.parse(date) / dayMs;

/** The Monday on or before the date; day 0, 1970-01-01, was a Thursday. */
export const mondayOf = (date: DateText): DateText =>
  writeDay(dayOf(date) - ((dayOf(date) + 3) % 7));

/** The same day of the next year; of 29 February the 28th. */
export const yearAfter = (date: DateText): DateText => write(parse(date).plus({ years: 1 }));

/** Every date from one to another, both included; none when they are the wrong way round. */
export const datesFrom = (first: DateText, last: DateText): DateText[] =>
  Array.from({ length: Math.max(0, dayOf(last) - dayOf(first) + 1) }, (_, index) =>
    writeDay(dayOf(first) + index),
  );
