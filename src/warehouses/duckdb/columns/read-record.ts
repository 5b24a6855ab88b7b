import {
  backslash,
  closeBrace,
  comma,
  JsonError,
  openBrace,
  quote,
  skipValue,
} from '../../../json/scan-json.ts';
import type { Column, Entity } from '../../../model.ts';
import type { ColumnBuffer } from './buffers.ts';
import { putBool, putDecimal, putDecimalText, putFloat64, putInt64 } from './put-number.ts';
import { putString } from './put-string.ts';
import { putTimestamp } from './put-timestamp.ts';
import { notPlain, type PutValue } from './put-value.ts';

const puts: Readonly<Record<Column['type'], PutValue>> = {
  int64: putInt64,
  decimal: putDecimal,
  decimalText: putDecimalText,
  float64: putFloat64,
  bool: putBool,
  string: putString,
  timestamp: putTimestamp,
};

/** A member of an object, by its key: a column's value, an object that columns are read from, or nothing of interest. */
type Member = {
  key: Buffer;
  /** Which of the record's members of interest it is; -1 if none. */
  slot: number;
  put: PutValue | null;
  column: ColumnBuffer | null;
  inner: Level | null;
};

/** The members of an object: all that are known, and the order in which the last record had them. */
type Level = { known: Map<string, Member>; order: Member[] };

/** Keys of one level that are remembered, so that a record that makes up new ones takes no memory. */
const knownMax = 1_000;

const colon = 0x3a;
const space = 0x20;
const tab = 0x09;

const skipBlanks = (bytes: Buffer, at: number): number => {
  let i = at;
  while (bytes[i] === space || bytes[i] === tab) i += 1;
  return i;
};

const isNull = (bytes: Buffer, at: number): boolean =>
  bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;

const createLevel = (): Level => ({ known: new Map(), order: [] });

const createMember = (key: string): Member => ({
  ...{ key: Buffer.from(key), slot: -1, put: null, column: null, inner: null },
});

const memberOf = (level: Level, key: string): Member => {
  const known = level.known.get(key);
  if (known !== undefined) return known;
  const member = createMember(key);
  level.known.set(key, member);
  return member;
};

/** Adds a column's path to the tree. */
const addColumn = (
  top: Level,
  path: readonly string[],
  column: ColumnBuffer,
  put: PutValue,
  nextSlot: () => number,
): number => {
  let level = top;
  for (const name of path.slice(0, -1)) {
    const parent = memberOf(level, name);
    if (parent.slot < 0) parent.slot = nextSlot();
    level = parent.inner ??= createLevel();
  }
  const leaf = memberOf(level, path.at(-1) ?? '');
  leaf.slot = nextSlot();
  leaf.put = put;
  leaf.column = column;
  return leaf.slot;
};

const matches = (bytes: Buffer, at: number, key: Buffer): boolean => {
  for (let i = 0; i < key.length; i += 1) if (bytes[at + i] !== key[i]) return false;
  return bytes[at + key.length] === quote;
};

/** The member whose key begins at `at`; undefined where the key holds an escape, or never ends. */
const findMember = (level: Level, bytes: Buffer, at: number, index: number): Member | undefined => {
  let end = at;
  for (let byte = bytes[end] ?? 0; byte !== quote; byte = bytes[end] ?? 0) {
    if (byte < space || byte === backslash) return undefined;
    end += 1;
  }
  const key = bytes.toString('utf8', at, end);
  if (level.known.size > knownMax && !level.known.has(key)) return createMember(key);
  const member = memberOf(level, key);
  level.order[index] = member;
  return member;
};

/** Reads records of one entity into the buffers of its columns. */
export type RecordReader = {
  /**
   * Reads the record that begins at `at`, as a row of the buffers.
   * @returns the place after it, or {@link notPlain}; then the buffers hold half a row.
   */
  read: (bytes: Buffer, at: number, row: number) => number;
  /** The value of a column, by its place among the entity's, as it stood in the last record; '' for none or `null`. */
  valueOf: (bytes: Buffer, column: number) => string;
};

/** @param columns One for each of the entity's columns. */
export const createRecordReader = (
  entity: Entity,
  columns: readonly ColumnBuffer[],
): RecordReader => {
  const top = createLevel();
  let slots = 0;
  const slotOf = entity.columns.map(({ path, type }, index) => {
    const column = columns[index];
    if (column === undefined) throw new Error(`Column ${index} has no buffer`);
    return addColumn(top, path, column, puts[type], () => slots++);
  });
  const seen = new Int32Array(slots);
  const starts = new Int32Array(slots);
  const ends = new Int32Array(slots);
  let record = 0;
  let row = 0;

  const readMember = (bytes: Buffer, at: number, { slot, put, column, inner }: Member): number => {
    if (slot < 0) return skipValue(bytes, at, 1);
    if (seen[slot] === record) return notPlain;
    seen[slot] = record;
    ends[slot] = 0;
    if (isNull(bytes, at)) return at + 4;
    if (put !== null && column !== null) {
      const end = put(column, row, bytes, at);
      starts[slot] = at;
      ends[slot] = end;
      return end;
    }
    return inner === null ? notPlain : readMembers(bytes, at, inner);
  };

  const readMembers = (bytes: Buffer, open: number, level: Level): number => {
    if (bytes[open] !== openBrace) return notPlain;
    let at = skipBlanks(bytes, open + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (let index = 0; ; index += 1) {
      if (bytes[at] !== quote) return notPlain;
      let member = level.order[index];
      if (member === undefined || !matches(bytes, at + 1, member.key)) {
        member = findMember(level, bytes, at + 1, index);
        if (member === undefined) return notPlain;
      }
      at = skipBlanks(bytes, at + member.key.length + 2);
      if (bytes[at] !== colon) return notPlain;
      at = readMember(bytes, skipBlanks(bytes, at + 1), member);
      if (at < 0) return notPlain;
      at = skipBlanks(bytes, at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return notPlain;
      at = skipBlanks(bytes, at + 1);
    }
  };

  return {
    valueOf: (bytes, column) => {
      const slot = slotOf[column] ?? -1;
      const end = ends[slot] ?? 0;
      return seen[slot] === record && end > 0 ? bytes.toString('utf8', starts[slot], end) : '';
    },
    read: (bytes, at, intoRow) => {
      record += 1;
      row = intoRow;
      try {
        return readMembers(bytes, at, top);
      } catch (error) {
        if (error instanceof JsonError) return notPlain;
        throw error;
      }
    },
  };
};
