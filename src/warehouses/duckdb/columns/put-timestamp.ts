import { quote } from '../../../json/scan-json.ts';
import { putWords, type ColumnBuffer } from './buffers.ts';
import { isDigit, putWhole, readFraction, readWhole, skipDigits } from './digits.ts';
import { notPlain, type PutValue } from './put-value.ts';

const minus = 0x2d;
const point = 0x2e;

/** Digits after the point; the SQL takes them too, and DuckDB cuts after the sixth. */
const fractionDigitsMax = 9;

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
const daysTo = (year: number, month: number, day: number): number => {
  // Years that begin in March end with the leap day.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const days = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear;
  return era * 146_097 + days - 719_468;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysOf = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0);

/** Two digits; something above 99 where they are none. */
const two = (bytes: Buffer, at: number): number =>
  isDigit(bytes[at] ?? 0) && isDigit(bytes[at + 1] ?? 0) ? readWhole(bytes, at, at + 2) : 1000;

const readDays = (bytes: Buffer, at: number): number => {
  const [century, years] = [two(bytes, at), two(bytes, at + 2)];
  const [year, month, day] = [century * 100 + years, two(bytes, at + 5), two(bytes, at + 8)];
  if (century > 99 || years > 99 || year === 0) return NaN;
  if (bytes[at + 4] !== minus || bytes[at + 7] !== minus) return NaN;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return NaN;
  return daysTo(year, month, day);
};

const colon = 0x3a;

const readSeconds = (bytes: Buffer, at: number): number => {
  const [hours, minutes, seconds] = [two(bytes, at), two(bytes, at + 3), two(bytes, at + 6)];
  if (bytes[at + 2] !== colon || bytes[at + 5] !== colon) return NaN;
  if (hours > 23 || minutes > 59 || seconds > 59) return NaN;
  return hours * 3600 + minutes * 60 + seconds;
};

/** Stores `seconds` × 10^6 + `micros`. */
const putMicros = (column: ColumnBuffer, row: number, seconds: number, micros: number): void => {
  const value = seconds * 1_000_000 + micros;
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) putWhole(column, row, value, false);
  else {
    const exact = BigInt.asIntN(64, BigInt(seconds) * 1_000_000n + BigInt(micros));
    putWords(column, row, Number(BigInt.asIntN(32, exact)), Number(exact >> 32n));
  }
};

/** A text like `2026-06-30T18:00:00.1234567Z`, the fraction left out or of up to nine digits, cut after the sixth. */
export const putTimestamp: PutValue = (column, row, bytes, at) => {
  if (bytes[at] !== quote) return notPlain;
  const days = readDays(bytes, at + 1);
  const seconds = readSeconds(bytes, at + 12);
  if (bytes[at + 11] !== 0x54 || Number.isNaN(days) || Number.isNaN(seconds)) return notPlain;
  const from = bytes[at + 20] === point ? at + 21 : at + 20;
  const end = skipDigits(bytes, from);
  const isFraction = end > from && end - from <= fractionDigitsMax;
  if (from > at + 20 ? !isFraction : end > from) return notPlain;
  if (bytes[end] !== 0x5a || bytes[end + 1] !== quote) return notPlain;
  putMicros(column, row, days * 86_400 + seconds, readFraction(bytes, from, end, 6));
  return end + 2;
};
