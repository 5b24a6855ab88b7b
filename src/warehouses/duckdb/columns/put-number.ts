import { quote } from '../../../json/scan-json.ts';
import { putBit, putWords, type ColumnBuffer } from './buffers.ts';
import { notPlain, type PutValue } from './put-value.ts';

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** Whole numbers of so many digits are exact as JavaScript's. */
const exactDigits = 15;
const word = 2 ** 32;

/** Stores a whole number below 2^53 times `sign`. */
const putWhole = (column: ColumnBuffer, row: number, value: number, negative: boolean): void => {
  const low = (value % word) | 0;
  const high = Math.floor(value / word);
  if (negative && value > 0) putWords(column, row, -low | 0, low === 0 ? -high : ~high);
  else putWords(column, row, low, high);
};

const digitAt = (bytes: Buffer, at: number): number => (bytes[at] ?? 0) - zero;

const isDigit = (digit: number): boolean => digit >= 0 && digit <= 9;

/** A JSON number without point and exponent, of at most fifteen digits. */
export const putInt64: PutValue = (column, row, bytes, at) => {
  const negative = bytes[at] === minus;
  const from = negative ? at + 1 : at;
  let i = from;
  let value = 0;
  for (let digit = digitAt(bytes, i); isDigit(digit); digit = digitAt(bytes, i)) {
    value = value * 10 + digit;
    i += 1;
  }
  const digits = i - from;
  if (digits === 0 || digits > exactDigits) return notPlain;
  if (bytes[from] === zero && (digits > 1 || negative)) return notPlain;
  putWhole(column, row, value, negative);
  return i;
};

/** Digits before the point of a decimal that fits into 64 bits with nine after it. */
const wholeDigitsMax = 9;
const fractionDigits = 9;
const billion = 1_000_000_000;

/** Stores `whole` × 10^9 + `fraction`, both below 10^9. */
const putBillionths = (
  column: ColumnBuffer,
  row: number,
  whole: number,
  fraction: number,
  negative: boolean,
): void => {
  const upper = (whole >>> 16) * billion;
  const lower = (upper % 65_536) * 65_536 + (whole & 0xffff) * billion + fraction;
  const low = (lower % word) | 0;
  const high = Math.floor(upper / 65_536) + Math.floor(lower / word);
  if (negative) putWords(column, row, -low | 0, low === 0 ? -high : ~high);
  else putWords(column, row, low, high);
};

/**
 * A decimal with at most nine digits before the point, as a JSON number or in a text, rounded half away from zero to
 * nine digits after it.
 */
export const putDecimal: PutValue = (column, row, bytes, at) => {
  const quoted = bytes[at] === quote;
  let i = quoted ? at + 1 : at;
  const negative = bytes[i] === minus;
  if (negative) i += 1;
  const from = i;
  let whole = 0;
  for (let digit = digitAt(bytes, i); isDigit(digit); digit = digitAt(bytes, i)) {
    whole = whole * 10 + digit;
    i += 1;
  }
  const digits = i - from;
  if (digits === 0 || digits > wholeDigitsMax || (digits > 1 && bytes[from] === zero))
    return notPlain;
  let fraction = 0;
  if (bytes[i] === point) {
    i += 1;
    const start = i;
    for (let digit = digitAt(bytes, i); isDigit(digit); digit = digitAt(bytes, i)) {
      if (i - start < fractionDigits) fraction = fraction * 10 + digit;
      else if (i - start === fractionDigits && digit >= 5) fraction += 1;
      i += 1;
    }
    if (i === start) return notPlain;
    for (let n = i - start; n < fractionDigits; n += 1) fraction *= 10;
  }
  if (fraction === billion) {
    fraction = 0;
    whole += 1;
    if (whole === billion) return notPlain;
  }
  if (quoted) {
    if (bytes[i] !== quote) return notPlain;
    i += 1;
  }
  putBillionths(column, row, whole, fraction, negative);
  return i;
};

/**
 * The same where a text is due. A number in its place the SQL takes as DuckDB prints it, which is exact while it is
 * short.
 */
export const putDecimalText: PutValue = (column, row, bytes, at) => {
  const end = putDecimal(column, row, bytes, at);
  return bytes[at] !== quote && end - at > exactDigits ? notPlain : end;
};

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

const jsonNumber = /^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$/;

/** What may stand in a number. */
const isOfNumber = (byte: number): boolean =>
  isDigit(byte - zero) ||
  byte === minus ||
  byte === point ||
  byte === 0x2b ||
  (byte | 0x20) === 0x65;

/** A JSON number that is finite as a double. */
export const putFloat64: PutValue = (column, row, bytes, at) => {
  let end = at;
  while (isOfNumber(bytes[end] ?? 0)) end += 1;
  const text = bytes.toString('latin1', at, end);
  const value = Number(text);
  // DuckDB reads -0 as a whole number, which has no sign.
  if (!jsonNumber.test(text) || !Number.isFinite(value) || text === '-0') return notPlain;
  double[0] = value;
  putWords(column, row, halves[0] ?? 0, halves[1] ?? 0);
  return end;
};

/** `true` or `false`. */
export const putBool: PutValue = (column, row, bytes, at) => {
  const is = (text: string): boolean => bytes.toString('latin1', at, at + text.length) === text;
  const value = bytes[at] === 0x74;
  const text = value ? 'true' : 'false';
  if (!is(text)) return notPlain;
  putBit(column, row, value);
  return at + text.length;
};

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
const two = (bytes: Buffer, at: number): number => {
  const [tens, units] = [digitAt(bytes, at), digitAt(bytes, at + 1)];
  return isDigit(tens) && isDigit(units) ? tens * 10 + units : 1000;
};

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
  let i = at + 20;
  let micros = 0;
  if (bytes[i] === point) {
    i += 1;
    const start = i;
    for (let digit = digitAt(bytes, i); isDigit(digit); digit = digitAt(bytes, i)) {
      if (i - start < 6) micros = micros * 10 + digit;
      i += 1;
    }
    if (i === start || i - start > 9) return notPlain;
    for (let n = i - start; n < 6; n += 1) micros *= 10;
  }
  if (bytes[i] !== 0x5a || bytes[i + 1] !== quote) return notPlain;
  putMicros(column, row, days * 86_400 + seconds, micros);
  return i + 2;
};
