import { localDate } from '../local-dates.ts';

const isoForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i;
const americanForm =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,?\s+\d{1,2}:\d\d(?::\d\d)?(?:\s*[AP]M)?)?$/i;

const toDate = (year: string, month: string, day: string): string | undefined => {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? text : undefined;
};

const isMidnight = (time: string): boolean => !/[1-9]/.test(time);

/**
 * The local date of a date or time as reports and exports write it: `2024-03-18`, `3/18/2024 6:02 PM`,
 * `2024-03-18T18:02:00-07:00`. An offset is the tenant's own, so the date stands as it is written; only an instant in UTC
 * (`Z`) is shifted, unless it is midnight, which is a calendar date. Undefined where the text is no date.
 */
export const parseDate = (text: string, timeZone: string): string | undefined => {
  const american = americanForm.exec(text.trim());
  if (american !== null) {
    const [, month = '', day = '', year = ''] = american;
    return toDate(year, month, day);
  }
  const [, year = '', month = '', day = '', time = '', zone = ''] = isoForm.exec(text.trim()) ?? [];
  const date = toDate(year, month, day);
  if (date === undefined || zone.toUpperCase() !== 'Z' || isMidnight(time)) return date;
  return localDate(`${date}T${time}Z`, timeZone);
};
