import type { RawType } from '../../raw-table.ts';
import type { ColumnValues } from './column-reader.ts';
import { encodeStruct, type Struct, type ThriftValue } from './thrift.ts';

/*
 * Parquet as its specification has it (parquet-format: README, Encodings, parquet.thrift), of which this writes the
 * plainest: data pages of version 1, PLAIN values, nothing compressed.
 */

const [i32, i64] = [(value: number) => ({ i32: value }), (value: number) => ({ i64: value })];
const text = (value: string) => ({ text: value });
const list = (...values: ThriftValue[]) => ({ list: values });
const struct = (fields: Struct['struct']): Struct => ({ struct: fields });

/** `Type`. */
const physical = { boolean: 0, int64: 2, double: 5, byteArray: 6 };

type ColumnType = {
  type: number;
  logical?: Struct;
  converted?: number;
  scale?: number;
  precision?: number;
};

const decimal: ColumnType = {
  ...{ type: physical.int64, converted: 5, scale: 9, precision: 18 },
  logical: struct({ 5: struct({ 1: i32(9), 2: i32(18) }) }),
};
const microseconds = struct({ 2: struct({}) });

/** How each type is stored. Decimals are whole numbers of billionths. */
const columnTypes: Readonly<Record<RawType, ColumnType>> = {
  int64: { type: physical.int64 },
  decimal,
  decimalText: decimal,
  float64: { type: physical.double },
  bool: { type: physical.boolean },
  string: { type: physical.byteArray, converted: 0, logical: struct({ 1: struct({}) }) },
  timestamp: {
    type: physical.int64,
    logical: struct({ 8: struct({ 1: { bool: true }, 2: microseconds }) }),
  },
};

/** A column of the file, all of them optional. */
export type FileColumn = { name: string; type: RawType };

/** The same value in a run of rows. */
export type Run = { value: string | bigint; rows: number };

const encoding = { plain: 0, rle: 3, dictionary: 8 };
const pageType = { data: 0, dictionary: 2 };

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
};

/** Levels take four bytes for their length first. */
const withLength = (...parts: Buffer[]): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(4), ...parts]);
  bytes.writeUInt32LE(bytes.length - 4);
  return bytes;
};

const allPresent = (rows: number): Buffer => withLength(varint(rows * 2), Buffer.from([1]));

/** Which rows have a value: one run where all or none have, else their bits in groups of eight. */
const encodePresent = ({ present, count }: ColumnValues, rows: number): Buffer => {
  if (count === rows) return allPresent(rows);
  if (count === 0) return withLength(varint(rows * 2), Buffer.from([0]));
  const groups = Math.ceil(rows / 8);
  return withLength(varint(groups * 2 + 1), present.subarray(0, groups));
};

/** A page: its header and what it holds. */
const toPage = (type: number, header: Struct['struct'], ...parts: Buffer[]): Buffer[] => {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return [encodeStruct({ 1: i32(type), 2: i32(bytes), 3: i32(bytes), ...header }), ...parts];
};

const dataPage = (values: number, how: number, ...parts: Buffer[]): Buffer[] => {
  const header = { 1: i32(values), 2: i32(how), 3: i32(encoding.rle), 4: i32(encoding.rle) };
  return toPage(pageType.data, { 5: struct(header) }, ...parts);
};

/** The bytes of a column in one row group; where its dictionary and its data begin in them. */
export type Chunk = { parts: Buffer[]; dictionaryBytes: number; bytes: number };

const toChunk = (dictionary: Buffer[], data: Buffer[]): Chunk => {
  const sum = (parts: Buffer[]): number => parts.reduce((total, part) => total + part.length, 0);
  const dictionaryBytes = sum(dictionary);
  return { parts: [...dictionary, ...data], dictionaryBytes, bytes: dictionaryBytes + sum(data) };
};

const columnPage = (rows: number, present: Buffer, values: Buffer): Buffer[] =>
  dataPage(rows, encoding.plain, present, values);

/** DuckDB reads a page at once, into memory of the next power of two. */
const pageBytes = 512 * 1024;

/** Texts that every row has, in pages. */
const textPages = (texts: Buffer): Buffer[] => {
  const parts: Buffer[] = [];
  let [from, rows] = [0, 0];
  for (let at = 0; at < texts.length;) {
    at += 4 + texts.readUInt32LE(at);
    rows += 1;
    if (at - from < pageBytes && at < texts.length) continue;
    parts.push(...columnPage(rows, allPresent(rows), texts.subarray(from, at)));
    [from, rows] = [at, 0];
  }
  return parts;
};

/** A column's values in one row group. The chunk shares the column's memory. */
export const encodeColumn = (type: RawType, column: ColumnValues, rows: number): Chunk => {
  const { count, values } = column;
  if (type === 'string' && count === rows && values.length > pageBytes)
    return toChunk([], textPages(values));
  return toChunk([], columnPage(rows, encodePresent(column, rows), values));
};

const encodeValue = (value: string | bigint): Buffer => {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};

/** A column whose value changes seldom, in one row group: each value once, and runs of them. */
export const encodeRuns = (runs: readonly Run[]): Chunk => {
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  const values = [...new Set(runs.map(({ value }) => value))];
  const places = new Map(values.map((value, place) => [value, place]));
  const width = Math.max(1, Math.ceil(Math.log2(values.length)));
  const indexes = runs.map(({ value, rows: n }) => {
    const place = Buffer.alloc(Math.ceil(width / 8));
    place.writeUIntLE(places.get(value) ?? 0, 0, place.length);
    return Buffer.concat([varint(n * 2), place]);
  });
  return toChunk(
    toPage(
      pageType.dictionary,
      { 7: struct({ 1: i32(values.length), 2: i32(encoding.plain) }) },
      ...values.map(encodeValue),
    ),
    dataPage(rows, encoding.dictionary, allPresent(rows), Buffer.from([width]), ...indexes),
  );
};

/** A row group as it stands in the file: its rows, and for each column where its chunk begins, and the chunk's sizes. */
export type RowGroup = {
  rows: number;
  chunks: { at: number; dictionaryBytes: number; bytes: number }[];
};

export const magic = Buffer.from('PAR1');

const schemaOf = (columns: readonly FileColumn[]): ThriftValue[] => [
  struct({ 4: text('schema'), 5: i32(columns.length) }),
  ...columns.map(({ name, type }) => {
    const { type: stored, converted, scale, precision, logical } = columnTypes[type];
    const optional = (value: number | undefined) => (value === undefined ? undefined : i32(value));
    return struct({
      ...{ 1: i32(stored), 3: i32(1), 4: text(name), 6: optional(converted) },
      ...{ 7: optional(scale), 8: optional(precision), 10: logical },
    });
  }),
];

const describeChunk = (
  { name, type }: FileColumn,
  { at, dictionaryBytes, bytes }: RowGroup['chunks'][number],
  rows: number,
): ThriftValue => {
  const encodings = [encoding.plain, encoding.rle, encoding.dictionary].map(i32);
  const metadata = struct({
    ...{ 1: i32(columnTypes[type].type), 2: list(...encodings), 3: list(text(name)), 4: i32(0) },
    ...{ 5: i64(rows), 6: i64(bytes), 7: i64(bytes), 9: i64(at + dictionaryBytes) },
    11: dictionaryBytes > 0 ? i64(at) : undefined,
  });
  return struct({ 2: i64(at), 3: metadata });
};

const describeGroup = (columns: readonly FileColumn[], { rows, chunks }: RowGroup): ThriftValue => {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const described = chunks.flatMap((chunk, index) => {
    const column = columns[index];
    return column === undefined ? [] : [describeChunk(column, chunk, rows)];
  });
  return struct({ 1: list(...described), 2: i64(bytes), 3: i64(rows) });
};

/** What stands at the end of a file. */
export const encodeFooter = (
  columns: readonly FileColumn[],
  groups: readonly RowGroup[],
): Buffer => {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const metadata = encodeStruct({
    ...{ 1: i32(1), 2: list(...schemaOf(columns)), 3: i64(rows) },
    4: list(...groups.map((group) => describeGroup(columns, group))),
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([metadata, length, magic]);
};
