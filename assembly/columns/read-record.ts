import {
  closeBrace,
  colon,
  comma,
  findSpecial,
  isNull,
  openBrace,
  quote,
  skipValue,
} from '../json';
import { slack, Column } from './column';
import { notPlain, putBool, putDecimal, putDecimalText, putFloat64, putInt64 } from './put-number';
import { putString } from './put-string';
import { putTimestamp } from './put-timestamp';

/** The types of columns, by their place in the list of the program's `columnKinds`. */
export const enum Kind {
  int64,
  decimal,
  decimalText,
  float64,
  bool,
  string,
  timestamp,
}

function putValue(kind: Kind, column: Column, row: i32, at: usize): usize {
  switch (kind) {
    case Kind.int64:
      return putInt64(column, row, at);
    case Kind.decimal:
      return putDecimal(column, row, at);
    case Kind.decimalText:
      return putDecimalText(column, row, at);
    case Kind.float64:
      return putFloat64(column, row, at);
    case Kind.bool:
      return putBool(column, row, at);
    case Kind.string:
      return putString(column, row, at);
    case Kind.timestamp:
    default:
      return putTimestamp(column, row, at);
  }
}

/** A member of an object, by its key: a column's value, an object that columns are read from, or nothing of interest. */
export class Member {
  key: usize = 0;
  length: usize = 0;
  column: Column | null = null;
  kind: Kind = Kind.int64;
  inner: Level | null = null;
  /** Of the record that had it last: which one it was, and where its value stood; nowhere if it was `null`. */
  seen: i32 = -1;
  from: usize = 0;
  to: usize = 0;
  /** The one that came after it last. */
  next: Member | null = null;
  /** Of the same level, in the order in which they became known. */
  sibling: Member | null = null;
}

/** The members of an object that are known. */
export class Level {
  members: Member | null = null;
  known: i32 = 0;
  /** The one that came first last. */
  first: Member | null = null;
}

/** Keys of one level that are remembered, so that a record that makes up new ones takes no memory. */
const knownMax: i32 = 1_000;

/** Stands for a key that is not remembered. */
const stranger = new Member();

function isOfInterest(member: Member): bool {
  return member.column !== null || member.inner !== null;
}

export function addMember(level: Level, from: usize, length: usize): Member {
  const member = new Member();
  member.key = heap.alloc(length + slack);
  member.length = length;
  memory.copy(member.key, from, length);
  member.sibling = level.members;
  level.members = member;
  level.known += 1;
  return member;
}

function isKeyOf(member: Member, from: usize, length: usize): bool {
  if (member.length !== length) return false;
  const key = member.key;
  for (let i: usize = 0; i < length; i += 16) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(key + i), v128.load(from + i)));
    const left = <i32>(length - i);
    const wanted = left < 16 ? (1 << left) - 1 : 0xffff;
    if ((equal & wanted) !== wanted) return false;
  }
  return true;
}

/** The member of that key, which is remembered from now on. */
export function findMember(level: Level, from: usize, length: usize): Member {
  let member = level.members;
  while (member !== null) {
    if (isKeyOf(member, from, length)) return member;
    member = member.sibling;
  }
  return level.known > knownMax ? stranger : addMember(level, from, length);
}

/** Which record is read, and into which row. */
let record: i32 = 0;
let row: i32 = 0;

function readMember(at: usize, member: Member): usize {
  if (!isOfInterest(member)) return skipValue(at, 1);
  if (member.seen === record) return notPlain;
  member.seen = record;
  member.to = 0;
  if (isNull(at)) return at + 4;
  const column = member.column;
  if (column !== null) {
    member.from = at;
    member.to = putValue(member.kind, column, row, at);
    return member.to;
  }
  const inner = member.inner;
  return inner === null ? notPlain : readMembers(at, inner);
}

function skipBlanks(at: usize): usize {
  while (load<u8>(at) === 0x20 || load<u8>(at) === 0x09) at += 1;
  return at;
}

function readMembers(open: usize, level: Level): usize {
  if (load<u8>(open) !== openBrace) return notPlain;
  let at = skipBlanks(open + 1);
  if (load<u8>(at) === closeBrace) return at + 1;
  let expected = level.first;
  let before: Member | null = null;
  while (true) {
    if (load<u8>(at) !== quote) return notPlain;
    const from = at + 1;
    const end = findSpecial(from);
    // A key that holds an escape, or never ends.
    if (load<u8>(end) !== quote) return notPlain;
    let member: Member;
    if (expected !== null && isKeyOf(expected, from, end - from)) member = expected;
    else {
      member = findMember(level, from, end - from);
      if (before === null) level.first = member;
      // Many keys share the stranger: what came after one of them, perhaps in another object, is not to be expected.
      else if (before !== stranger) before.next = member;
    }
    at = skipBlanks(end + 1);
    if (load<u8>(at) !== colon) return notPlain;
    at = readMember(skipBlanks(at + 1), member);
    if (at === notPlain) return notPlain;
    at = skipBlanks(at);
    if (load<u8>(at) === closeBrace) return at + 1;
    if (load<u8>(at) !== comma) return notPlain;
    at = skipBlanks(at + 1);
    before = member;
    expected = member.next;
  }
}

/**
 * Reads the record that begins at `at`, as a row of its columns.
 * @returns the place after it, or {@link notPlain}; then the columns hold half a row.
 */
export function readRecord(at: usize, top: Level, intoRow: i32): usize {
  record += 1;
  row = intoRow;
  return readMembers(at, top);
}

/** Whether the record that was read last had a value there. */
export function hasValue(member: Member): bool {
  return member.seen === record && member.to > 0;
}
