/**
 * Steps over the records of a response, a window of its bytes at a time: notes where each begins and ends, and counts
 * its members by field and kind of value. What does not lie whole in the window, or is not JSON, is left to the program.
 */
import {
  closeBrace,
  closeBracket,
  comma,
  notJson,
  openBrace,
  openBracket,
  quote,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
} from './json';

/** For the test that holds it against the program's own. */
export { skipValue };

/** What may come next; the program knows these numbers too. */
const recordOrEnd: i32 = 0;
const record: i32 = 1;
const commaOrEnd: i32 = 2;
const memberOrBrace: i32 = 3;
const member: i32 = 4;
const commaOrBrace: i32 = 5;
const nothing: i32 = 6;

/** The longest text of a key that is kept. */
const keyBytesMax: usize = 64;

/** Bytes of the body, then a zero and what a key may be compared with beyond it. */
export const windowBytes: usize = 131_072;
export const window: usize = memory.data(131_072 + 128);

/** Places in the body, in pairs: of a record's first byte and of the first one after it. */
const spansMax: i32 = 8_192;
export const spans: usize = memory.data(65_536);

/**
 * What is known of each field: the text of its key when it came last (both quotes, the colon and blanks); how long that
 * is (u32; 0 where there is none, or it was too long to keep); where from `fields` on the entry is of the field that came
 * next (u32); how many values it had of each kind (six u32). Slot n has entry n + 1: the first one stands for the
 * beginning of a record, and counts those that are objects.
 */
export const fieldBytes: usize = 96;
const lengthAt: usize = 64;
const nextAt: usize = 68;
const countsAt: usize = 72;
export const fieldsMax: usize = 1_024;
export const fields: usize = memory.data(98_304);

/** Gives the slot of the field whose key, both quotes included, lies there. */
declare function findSlot(from: usize, to: usize): usize;

/** What may come next where {@link cut} stopped. */
export let next: i32 = recordOrEnd;
/** How many spans it noted. */
export let spanCount: i32 = 0;

/** The end of the bytes in the window. */
let end: usize = 0;
/** Where the record begins in the body that is being stepped over. */
let recordFrom: usize = 0;
/** The entry of the member that was stepped over last, and of the key. */
let before: usize = fields;
let field: usize = fields;

function stop(at: usize, state: i32): usize {
  next = state;
  return at;
}

/** Where a kind of value is counted; the program has them in this order. */
function placeOf(firstByte: u8): usize {
  if (firstByte === quote) return 0;
  if (firstByte < 0x3a) return 4;
  if (firstByte === 0x74 || firstByte === 0x66) return 8;
  if (firstByte === openBrace) return 12;
  if (firstByte === openBracket) return 16;
  return 20;
}

function count(firstByte: u8): void {
  const counter = field + placeOf(firstByte);
  store<u32>(counter, load<u32>(counter, countsAt) + 1, countsAt);
  before = field;
}

function isKey(at: usize, entry: usize): bool {
  const length = load<u32>(entry, lengthAt);
  if (length === 0) return false;
  let i: u32 = 0;
  while (true) {
    const same = i8x16.eq(v128.load(at + i), v128.load(entry + i));
    const equal: u32 = ctz(~i8x16.bitmask(same));
    if (i + equal >= length) return true;
    if (equal < 16) return false;
    i += 16;
  }
}

/** Steps over a key that was not expected. */
function learnKey(at: usize): usize {
  const to = skipString(at);
  if (to === notJson) return notJson;
  const value = skipColon(to);
  if (value === notJson) return notJson;
  field = fields + (findSlot(at, to) + 1) * fieldBytes;
  const length = value - at;
  store<u32>(field, length > keyBytesMax ? 0 : length, lengthAt);
  if (length <= keyBytesMax) memory.copy(field, at, length);
  store<u32>(before, field - fields, nextAt);
  return value;
}

/** Steps over a key and what stands before its value. A record mostly has the fields of the one before. */
function stepKey(at: usize): usize {
  field = fields + load<u32>(before, nextAt);
  return isKey(at, field) ? skipSpace(at + load<u32>(field, lengthAt)) : learnKey(at);
}

/** Steps over a member, if it is whole: a number that ends with the window may go on. */
function stepMember(at: usize): usize {
  const value = stepKey(at);
  if (value === notJson) return notJson;
  const after = skipValue(value, 3);
  if (after === notJson || after === end) return notJson;
  count(load<u8>(value));
  return after;
}

/** Steps over the rest of an object. Where it is not whole, `next` is not what comes after a record. */
function stepMembers(at: usize, state: i32): usize {
  while (true) {
    at = skipSpace(at);
    if (state !== member && load<u8>(at) === closeBrace) return stop(at + 1, commaOrEnd);
    if (state === commaOrBrace) {
      if (load<u8>(at) !== comma) return stop(at, commaOrBrace);
      at = skipSpace(at + 1);
      state = member;
    }
    const after = stepMember(at);
    if (after === notJson) return stop(at, state);
    at = after;
    state = commaOrBrace;
  }
}

/** Steps over a record of which nothing is counted, if it is whole. */
function stepValue(at: usize, state: i32): usize {
  const after = skipValue(at, 2);
  return after === notJson || after === end ? stop(at, state) : stop(after, commaOrEnd);
}

function stepRecord(at: usize, state: i32, watched: bool): usize {
  if (!watched || load<u8>(at) !== openBrace) return stepValue(at, state);
  field = fields;
  count(openBrace);
  return stepMembers(at + 1, memberOrBrace);
}

function noteSpan(to: usize): void {
  const span = spans + spanCount * 8;
  store<u32>(span, recordFrom);
  store<u32>(span, to, 4);
  spanCount += 1;
}

/** Counts a member that the program stepped over, by the slot of its field and the first byte of its value. */
export function countMember(slot: usize, firstByte: u8): void {
  field = fields + (slot + 1) * fieldBytes;
  count(firstByte);
}

/**
 * Steps on from the beginning of the window, and gives the place where it stopped: after the array, or before what is
 * not whole or no JSON.
 * @param state What may come there.
 * @param bytes How many there are in the window.
 * @param shift What makes a place in the window one in the body.
 * @param watched Whether the members of records are counted.
 */
export function cut(state: i32, bytes: usize, shift: usize, watched: bool): usize {
  end = window + bytes;
  store<u8>(end, 0);
  spanCount = 0;
  let at = window;
  while (true) {
    if (state >= memberOrBrace) at = stepMembers(at, state);
    else {
      at = skipSpace(at);
      if (state !== record && load<u8>(at) === closeBracket) return stop(at + 1, nothing);
      if (state === commaOrEnd) {
        if (load<u8>(at) !== comma || spanCount === spansMax) return stop(at, commaOrEnd);
        at = skipSpace(at + 1);
        state = record;
      }
      recordFrom = at + shift;
      at = stepRecord(at, state, watched);
    }
    if (next !== commaOrEnd) return at;
    noteSpan(at + shift);
    state = commaOrEnd;
  }
}
