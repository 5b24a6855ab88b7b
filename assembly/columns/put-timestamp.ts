import { colon, minus, point, quote, skipDigits } from '../json';
import { putWord, Column } from './column';
import { readFraction, readTwo } from './digits';
import { notPlain } from './put-number';

/** Digits after the point; the SQL takes them too, and DuckDB cuts after the sixth. */
const fractionDigitsMax: usize = 9;

const none: i64 = i64.MIN_VALUE;

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysTo(year: i64, month: i64, day: i64): i64 {
  // Years that begin in March end with the leap day.
  const y = month > 2 ? year : year - 1;
  const era = y / 400;
  const ofEra = y - era * 400;
  const ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
}

function isLeap(year: i32): bool {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOf(year: i32, month: i32): i32 {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function readDays(at: usize): i64 {
  const century = readTwo(at);
  const years = readTwo(at + 2);
  const year = century * 100 + years;
  const month = readTwo(at + 5);
  const day = readTwo(at + 8);
  if (century > 99 || years > 99 || year === 0) return none;
  if (load<u8>(at, 4) !== minus || load<u8>(at, 7) !== minus) return none;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return none;
  return daysTo(year, month, day);
}

function readSeconds(at: usize): i64 {
  const hours = readTwo(at);
  const minutes = readTwo(at + 3);
  const seconds = readTwo(at + 6);
  if (load<u8>(at, 2) !== colon || load<u8>(at, 5) !== colon) return none;
  if (hours > 23 || minutes > 59 || seconds > 59) return none;
  return hours * 3600 + minutes * 60 + seconds;
}

/**
 * A text like `2026-06-30T18:00:00.1234567Z`, the fraction left out or of up to nine digits, cut after the sixth: stored
 * in microseconds since 1970.
 */
export function putTimestamp(column: Column, row: i32, at: usize): usize {
  if (load<u8>(at) !== quote) return notPlain;
  const days = readDays(at + 1);
  const seconds = readSeconds(at + 12);
  if (load<u8>(at, 11) !== 0x54 || days === none || seconds === none) return notPlain;
  const hasPoint = load<u8>(at, 20) === point;
  const from = hasPoint ? at + 21 : at + 20;
  const end = skipDigits(from);
  const digits = end - from;
  if (hasPoint ? digits === 0 || digits > fractionDigitsMax : digits > 0) return notPlain;
  if (load<u8>(end) !== 0x5a || load<u8>(end, 1) !== quote) return notPlain;
  putWord(column, row, (days * 86_400 + seconds) * 1_000_000 + readFraction(from, end, 6));
  return end + 2;
}
