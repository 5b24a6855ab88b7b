import { backslash, findSpecial, quote, skipDigits, zero } from '../json';
import { beginText, endText, putText, Column } from './column';
import { exactDigits } from './digits';
import { notPlain } from './put-number';

/** What the letter after a backslash stands for; 0 where it stands for nothing by itself. */
function simpleEscape(letter: u8): u8 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

function hexDigit(byte: u8): i32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** The code unit of `\uXXXX`, by the place of its backslash; negative where it is none. */
function unitAt(at: usize): i32 {
  if (load<u8>(at) !== backslash || load<u8>(at, 1) !== 0x75) return -1;
  let unit = 0;
  for (let i: usize = 2; i < 6; i += 1) {
    const digit = hexDigit(load<u8>(at + i));
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** The character of one or two `\uXXXX`; -1 for half a pair, and for NUL, which DuckDB cuts texts at. */
function codePointAt(at: usize): i32 {
  const unit = unitAt(at);
  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return -1;
  if (unit < 0xd800 || unit > 0xdbff) return unit;
  const low = unitAt(at + 6);
  if (low < 0xdc00 || low > 0xdfff) return -1;
  return 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
}

/** Whether the escape at `at` is half a surrogate pair, to which the other half is missing. */
function isHalf(at: usize): bool {
  return unitAt(at) >> 11 === 0x1b && codePointAt(at) < 0;
}

/** The next backslash; `to` where there is none before it. */
function findBackslash(from: usize, to: usize): usize {
  for (let at = from; at < to; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(backslash)));
    if (mask !== 0) return min(at + ctz(mask), to);
  }
  return to;
}

/**
 * Whether half a surrogate pair is escaped anywhere in a record. DuckDB refuses it, and then the SQL takes all long
 * numbers of the group as they are written, in hashes of fields too.
 */
export function holdsHalfPair(from: usize, to: usize): bool {
  let at = findBackslash(from, to);
  while (at < to) {
    if (isHalf(at)) return true;
    const code = codePointAt(at);
    at = findBackslash(at + (code > 0xffff ? 12 : 2), to);
  }
  return false;
}

/** Writes a character as UTF-8; answers the place after it. */
function writeCodePoint(at: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(at, <u8>code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >> 6)));
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 1);
    return at + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >> 12)));
    store<u8>(at, <u8>(0x80 | ((code >> 6) & 0x3f)), 1);
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 2);
    return at + 3;
  }
  store<u8>(at, <u8>(0xf0 | (code >> 18)));
  store<u8>(at, <u8>(0x80 | ((code >> 12) & 0x3f)), 1);
  store<u8>(at, <u8>(0x80 | ((code >> 6) & 0x3f)), 2);
  store<u8>(at, <u8>(0x80 | (code & 0x3f)), 3);
  return at + 4;
}

/** Where the string's closing quote stands, whatever is escaped before it; notPlain where a byte may not stand there. */
function findEnd(from: usize): usize {
  let at = from;
  while (true) {
    at = findSpecial(at);
    const byte = load<u8>(at);
    if (byte === quote) return at;
    if (byte !== backslash) return notPlain;
    at += 2;
  }
}

/** A string that holds escapes: what they stand for is never longer than they are. */
function putEscaped(column: Column, row: i32, at: usize): usize {
  const closing = findEnd(at + 1);
  if (closing === notPlain) return notPlain;
  let end = beginText(column, closing - at);
  let from = at + 1;
  while (from < closing) {
    const byte = load<u8>(from);
    const simple = byte === backslash ? simpleEscape(load<u8>(from, 1)) : byte;
    if (simple !== 0) {
      store<u8>(end, simple);
      end += 1;
      from += byte === backslash ? 2 : 1;
      continue;
    }
    const code = codePointAt(from);
    if (code < 0) return notPlain;
    end = writeCodePoint(end, code);
    from += code > 0xffff ? 12 : 6;
  }
  endText(column, row, end);
  return closing + 1;
}

/** A whole number in place of a text, as of an enumeration: its digits are the text. */
function putDigits(column: Column, row: i32, at: usize): usize {
  const end = skipDigits(at);
  const digits = end - at;
  if (digits === 0 || digits > exactDigits) return notPlain;
  if (digits > 1 && load<u8>(at) === zero) return notPlain;
  putText(column, row, at, end);
  return end;
}

/** A JSON string, or a whole number of at most fifteen digits. */
export function putString(column: Column, row: i32, at: usize): usize {
  if (load<u8>(at) !== quote) return putDigits(column, row, at);
  const end = findSpecial(at + 1);
  if (load<u8>(end) === backslash) return putEscaped(column, row, at);
  if (load<u8>(end) !== quote) return notPlain;
  putText(column, row, at + 1, end);
  return end + 1;
}
