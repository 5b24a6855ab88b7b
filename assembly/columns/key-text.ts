import {
  closeBracket,
  comma,
  findSpecial,
  isDigit,
  minus,
  nullText,
  openBracket,
  point,
  quote,
  skipDigits,
  zero,
} from '../json';
import { slack } from './column';
import { paddingBytes } from './md5';
import { hasValue, Member } from './read-record';

/** Where the text begins, and how many bytes it may have; what is written by sixteens may go beyond. */
let text: usize = 0;
let room: usize = 0;

/** What a value may have beyond its own bytes, or in their place: quotes, a comma, a number that is printed. */
const valueSlack: usize = 64;

/** From so many characters on the SQL may take a number as it is written, instead of as DuckDB prints it. */
let longFrom: usize = 0;

/** Writes a number of that many characters as the SQL sees it; answers how many bytes, 0 where that is not plain to see. */
declare function printLong(from: usize, to: usize, into: usize): usize;

export function setLongFrom(characters: usize): void {
  longFrom = characters;
}

function copy(into: usize, from: usize, to: usize): usize {
  const bytes = to - from;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(into + i, v128.load(from + i));
  return into + bytes;
}

function isZero(from: usize, to: usize): bool {
  for (let at = from; at < to; at += 1) {
    const byte = load<u8>(at);
    if (byte !== zero && byte !== point) return false;
  }
  return true;
}

/** Whether a number is below a thousandth and not zero: DuckDB may print it with an exponent. */
function isTiny(from: usize, to: usize): bool {
  return to - from > 5 && isZero(from, from + 5) && !isZero(from, to);
}

/** A number as DuckDB prints it, which reads one with a point as a double. */
function writeNumber(into: usize, from: usize, to: usize): usize {
  const whole = load<u8>(from) === minus ? from + 1 : from;
  if (to - whole >= longFrom) {
    const bytes = printLong(from, to, into);
    return bytes === 0 ? 0 : into + bytes;
  }
  const pointAt = skipDigits(whole);
  if (pointAt === whole || (whole > from && isZero(whole, to))) return 0;
  if (pointAt === to) return copy(into, from, to);
  const fraction = pointAt + 1;
  if (load<u8>(pointAt) !== point || fraction === to || skipDigits(fraction) !== to) return 0;
  if (isTiny(whole, to)) return 0;
  let end = to;
  while (end > fraction + 1 && load<u8>(end - 1) === zero) end -= 1;
  return copy(into, from, end);
}

function writeQuoted(into: usize, from: usize, to: usize): usize {
  const byte = load<u8>(from);
  store<u8>(into, quote);
  const isNumber = byte === minus || isDigit(byte);
  const end = isNumber ? writeNumber(into + 1, from, to) : copy(into + 1, from, to);
  if (end === 0) return 0;
  store<u8>(end, quote);
  return end + 1;
}

/** Writes a value's text as the SQL sees it, as JSON; answers where it ends, 0 where that is not plain to see. */
function writeValue(into: usize, from: usize, to: usize): usize {
  if (load<u8>(from) !== quote) return writeQuoted(into, from, to);
  // What holds an escape the SQL may write in another way.
  return findSpecial(from + 1) + 1 === to ? copy(into, from, to) : 0;
}

function makeRoom(fields: Member[]): void {
  let needed = paddingBytes + slack;
  for (let i = 0; i < fields.length; i += 1) {
    needed += valueSlack;
    if (hasValue(fields[i])) needed += fields[i].to - fields[i].from;
  }
  if (needed <= room) return;
  room = max(room * 2, needed);
  text = heap.alloc(room);
}

/**
 * Writes the texts of the key fields of the record that was read last, as the SQL has them: a list in JSON. There is
 * room for the padding of its hash.
 * @returns where it ends; 0 where it has none of them, or one that is not plain to see.
 */
export function writeKeyText(fields: Member[]): usize {
  makeRoom(fields);
  let end = text;
  let isThere = false;
  for (let i = 0; i < fields.length; i += 1) {
    const field = fields[i];
    store<u8>(end, i === 0 ? openBracket : comma);
    end += 1;
    if (!hasValue(field)) {
      store<u32>(end, nullText);
      end += 4;
      continue;
    }
    isThere = true;
    end = writeValue(end, field.from, field.to);
    if (end === 0) return 0;
  }
  store<u8>(end, closeBracket);
  return isThere ? end + 1 : 0;
}

/** Where the text begins that was written last. */
export function keyTextPlace(): usize {
  return text;
}
