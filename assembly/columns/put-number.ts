import { isDigit, isFalse, isTrue, minus, notJson, point, quote, skipDigits, zero } from '../json';
import { putBit, putWord, Column } from './column';
import { exactDigits, readFraction, readWhole } from './digits';

/** What is not plain is left to the SQL. */
export const notPlain = notJson;

/** A JSON number without point and exponent, of at most fifteen digits. */
export function putInt64(column: Column, row: i32, at: usize): usize {
  const negative = load<u8>(at) === minus;
  const from = negative ? at + 1 : at;
  const end = skipDigits(from);
  const digits = end - from;
  if (digits === 0 || digits > exactDigits) return notPlain;
  if (load<u8>(from) === zero && (digits > 1 || negative)) return notPlain;
  const value = readWhole(from, end);
  putWord(column, row, negative ? -value : value);
  return end;
}

/** Digits before the point of a decimal that fits into 64 bits with nine after it. */
const wholeDigitsMax: usize = 9;
const fractionDigits: usize = 9;
const billion: i64 = 1_000_000_000;
const five: u8 = 0x35;

/**
 * A decimal with at most nine digits before the point, as a JSON number or in a text, rounded half away from zero to
 * nine digits after it: stored in billionths.
 */
export function putDecimal(column: Column, row: i32, at: usize): usize {
  const quoted = load<u8>(at) === quote;
  const start = quoted ? at + 1 : at;
  const negative = load<u8>(start) === minus;
  const from = negative ? start + 1 : start;
  const to = skipDigits(from);
  const digits = to - from;
  if (digits === 0 || digits > wholeDigitsMax) return notPlain;
  if (digits > 1 && load<u8>(from) === zero) return notPlain;
  const fractionFrom = load<u8>(to) === point ? to + 1 : to;
  const end = skipDigits(fractionFrom);
  if (end === fractionFrom && fractionFrom > to) return notPlain;
  if (quoted && load<u8>(end) !== quote) return notPlain;
  let value = readWhole(from, to) * billion + readFraction(fractionFrom, end, fractionDigits);
  if (end - fractionFrom > fractionDigits && load<u8>(fractionFrom + fractionDigits) >= five)
    value += 1;
  if (value >= billion * billion) return notPlain;
  putWord(column, row, negative ? -value : value);
  return quoted ? end + 1 : end;
}

/**
 * The same where a text is due. A number in its place the SQL takes as DuckDB prints it, which is exact while it is
 * short.
 */
export function putDecimalText(column: Column, row: i32, at: usize): usize {
  const end = putDecimal(column, row, at);
  if (end === notPlain) return notPlain;
  return load<u8>(at) !== quote && end - at > exactDigits ? notPlain : end;
}

/** The double that the text from `from` to `to` is as a JSON number; not a number where it is none, or left to the SQL. */
declare function readDouble(from: usize, to: usize): f64;

/** What may stand in a number. */
function isOfNumber(byte: u8): bool {
  return (
    isDigit(byte) || byte === minus || byte === point || byte === 0x2b || (byte | 0x20) === 0x65
  );
}

/** A JSON number that is finite as a double. */
export function putFloat64(column: Column, row: i32, at: usize): usize {
  let end = at;
  while (isOfNumber(load<u8>(end))) end += 1;
  const value = readDouble(at, end);
  if (isNaN(value)) return notPlain;
  putWord(column, row, reinterpret<i64>(value));
  return end;
}

/** `true` or `false`. */
export function putBool(column: Column, row: i32, at: usize): usize {
  const value = isTrue(at);
  if (!value && !isFalse(at)) return notPlain;
  putBit(column, row, value);
  return value ? at + 4 : at + 5;
}
