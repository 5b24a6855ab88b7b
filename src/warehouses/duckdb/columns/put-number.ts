import { quote } from '../../../json/scan-json.ts';
import { putBit, putWords, type ColumnBuffer } from './buffers.ts';
import {
  exactDigits,
  isDigit,
  putHalves,
  putWhole,
  readFraction,
  readWhole,
  skipDigits,
} from './digits.ts';
import { notPlain, type PutValue } from './put-value.ts';

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const five = 0x35;

const word = 2 ** 32;

/** A JSON number without point and exponent, of at most fifteen digits. */
export const putInt64: PutValue = (column, row, bytes, at) => {
  const negative = bytes[at] === minus;
  const from = negative ? at + 1 : at;
  const end = skipDigits(bytes, from);
  const digits = end - from;
  if (digits === 0 || digits > exactDigits) return notPlain;
  if (bytes[from] === zero && (digits > 1 || negative)) return notPlain;
  putWhole(column, row, readWhole(bytes, from, end), negative);
  return end;
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
  const high = Math.floor(upper / 65_536) + Math.floor(lower / word);
  putHalves(column, row, (lower % word) | 0, high, negative);
};

/**
 * A decimal with at most nine digits before the point, as a JSON number or in a text, rounded half away from zero to
 * nine digits after it.
 */
export const putDecimal: PutValue = (column, row, bytes, at) => {
  const quoted = bytes[at] === quote;
  const start = quoted ? at + 1 : at;
  const negative = bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const to = skipDigits(bytes, from);
  const digits = to - from;
  if (digits === 0 || digits > wholeDigitsMax || (digits > 1 && bytes[from] === zero))
    return notPlain;
  const fractionFrom = bytes[to] === point ? to + 1 : to;
  const end = skipDigits(bytes, fractionFrom);
  if (end === fractionFrom && fractionFrom > to) return notPlain;
  if (quoted && bytes[end] !== quote) return notPlain;
  const after = bytes[fractionFrom + fractionDigits] ?? 0;
  const roundsUp = end - fractionFrom > fractionDigits && after >= five;
  const fraction = readFraction(bytes, fractionFrom, end, fractionDigits) + (roundsUp ? 1 : 0);
  const whole = readWhole(bytes, from, to) + (fraction === billion ? 1 : 0);
  if (whole === billion) return notPlain;
  putBillionths(column, row, whole, fraction % billion, negative);
  return quoted ? end + 1 : end;
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
  isDigit(byte) || byte === minus || byte === point || byte === 0x2b || (byte | 0x20) === 0x65;

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
