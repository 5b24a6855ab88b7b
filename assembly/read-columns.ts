/**
 * Reads records, one a line, into columns as Parquet stores them; for one entity after the other. What memory it takes it
 * keeps: the program takes a new instance where that has become much.
 */
import {
  clearColumn,
  prepareColumn,
  growTexts,
  putText,
  setRowsMax,
  Column,
} from './columns/column';
import { beginBatch, twinsPlace, twinsTaken } from './columns/hashes';
import { setLongFrom } from './columns/key-text';
import { addKeyField, clearKeys, takeFieldKey, takeIdKey, Place } from './columns/keys';
import { findMember, hasValue, Kind, Level, readRecord, Member } from './columns/read-record';
import { notJson } from './json';

const newline: u8 = 0x0a;

let rowsMax: i32 = 0;
let payloadBytesMax: usize = 0;

/** Columns by their place, which serve one entity after the other; then the one of `_key`. */
const columns: Column[] = [];
const payload = new Column();
const keys = new Column();

/** The entity: its columns' members, by their place; which of them is `id`, and whether other fields may be the key. */
let members: Member[] = [];
let idPlace: i32 = -1;
let hasFieldKeys: bool = false;

/** The record that is read; its line of the entity, and its row of the group. */
const current = new Place();
let row: i32 = 0;

/**
 * Prepares the instance, once.
 * @param rows Of a group at most.
 * @param payloadBytes After which a group is full.
 * @param inputBytes That are given at once at most.
 * @param longFrom Characters from which on the program is asked how the SQL sees a number in a key.
 * @returns where they go. Sixteen bytes more can be read there, and the first of them is zero.
 */
export function open(rows: i32, payloadBytes: usize, inputBytes: usize, longFrom: usize): usize {
  rowsMax = rows;
  payloadBytesMax = payloadBytes;
  setRowsMax(rows);
  setLongFrom(longFrom);
  prepareColumn(payload);
  prepareColumn(keys);
  growTexts(payload, payloadBytes + inputBytes);
  const input = heap.alloc(inputBytes + 32);
  memory.fill(input + inputBytes, 0, 32);
  return input;
}

/** Begins with an entity, whose columns come next. */
export function begin(withFieldKeys: bool): Level {
  members = [];
  idPlace = -1;
  hasFieldKeys = withFieldKeys;
  current.line = 0;
  clearKeys();
  clear();
  return new Level();
}

/** The members of the object under that key, `length` bytes of which stand at `key`. */
export function enter(level: Level, key: usize, length: usize): Level {
  const member = findMember(level, key, length);
  let inner = member.inner;
  if (inner === null) {
    inner = new Level();
    member.inner = inner;
  }
  return inner;
}

/** Adds the next column, whose values stand under that key. */
export function addColumn(level: Level, key: usize, length: usize, kind: Kind, isId: bool): void {
  const place = members.length;
  if (columns.length === place) columns.push(prepareColumn(new Column()));
  const member = findMember(level, key, length);
  member.column = columns[place];
  member.kind = kind;
  members.push(member);
  if (isId) idPlace = place;
}

/** Adds the column of the next key field. */
export function addKey(column: i32): void {
  addKeyField(members[column]);
}

/** Goes on with the next batch. */
export function enterBatch(): void {
  beginBatch(current.line);
}

function takeKey(): bool {
  let id: Column | null = null;
  if (idPlace >= 0) id = columns[idPlace];
  if (hasFieldKeys) return takeFieldKey(id, keys, row, current);
  return id !== null && takeIdKey(id, row);
}

function findNewline(at: usize): usize {
  while (true) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(newline)));
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

/** Whether the group has to be written before more is taken. */
export function isFull(): bool {
  return row === rowsMax || payload.size >= payloadBytesMax;
}

/**
 * Takes the records of whole lines, until the group is full.
 * @param begin Where the first of them begins in its file.
 * @returns where the next line begins; 0 where a record is not plain.
 */
export function take(from: usize, to: usize, top: Level, begin: f64): usize {
  let at = from;
  while (at < to && !isFull()) {
    const end = findNewline(at);
    current.from = at;
    current.to = end;
    current.begin = begin + <f64>(at - from);
    if (readRecord(at, top, row) !== end || !takeKey()) return notJson;
    putText(payload, row, at, end);
    row += 1;
    current.line += 1;
    at = end + 1;
  }
  return at;
}

export function rows(): i32 {
  return row;
}

export function lines(): i32 {
  return current.line;
}

/** The group has been written. */
export function clear(): void {
  for (let place = 0; place < columns.length; place += 1) clearColumn(columns[place]);
  clearColumn(payload);
  clearColumn(keys);
  row = 0;
}

/** A column, by its place: after those of the entity the payload and `_key`. */
export function column(place: i32): Column {
  if (place < members.length) return columns[place];
  return place === members.length ? payload : keys;
}

/** Where the value of a column begins in the record that was read last; 0 where it has none. */
export function valueFrom(place: i32): usize {
  return hasValue(members[place]) ? members[place].from : 0;
}

/** Where it ends. */
export function valueTo(place: i32): usize {
  return members[place].to;
}

/** Where the twins of the batch stand: see `columns/hashes.ts`. */
export function twins(): usize {
  return twinsPlace();
}

/** How many they are. */
export function twinCount(): i32 {
  return twinsTaken();
}
