import { duckdbRowGroupRows } from '../../../limits.ts';

/** Rows that are gathered before they are written: a row group of the file, and of the table that it goes into. */
export const groupRows = duckdbRowGroupRows;

/**
 * The values of one column in the rows gathered so far. A row without a value has no bit in `present`, and nothing in
 * the values.
 */
export type ColumnBuffer = {
  /** A bit for each row that has a value, the lowest first. */
  present: Uint8Array;
  /** Rows that have a value. */
  count: number;
  /** Values of eight bytes: pairs of 32 bits, the lower half first. */
  words: Int32Array;
  /** Texts, each after its length in four bytes, the lowest first; the first `size` bytes count. */
  texts: Buffer;
  size: number;
};

const createColumn = (): ColumnBuffer => ({
  present: new Uint8Array(groupRows / 8),
  count: 0,
  words: new Int32Array(0),
  texts: Buffer.alloc(0),
  size: 0,
});

const clearColumn = (column: ColumnBuffer): void => {
  if (column.count > 0) column.present.fill(0);
  column.count = 0;
  column.size = 0;
};

export const clearColumns = (columns: readonly ColumnBuffer[]): void => {
  for (const column of columns) clearColumn(column);
};

/** Buffers by their place, which serve one entity after the other: allocating them anew costs more than filling them. */
export type BufferPool = (place: number) => ColumnBuffer;

export const createBufferPool = (): BufferPool => {
  const buffers: ColumnBuffer[] = [];
  return (place) => (buffers[place] ??= createColumn());
};

const markPresent = (column: ColumnBuffer, row: number): void => {
  column.present[row >> 3] = (column.present[row >> 3] ?? 0) | (1 << (row & 7));
  column.count += 1;
};

/** A value of eight bytes, given as its halves. */
export const putWords = (column: ColumnBuffer, row: number, low: number, high: number): void => {
  if (column.words.length === 0) column.words = new Int32Array(2 * groupRows);
  column.words[2 * column.count] = low;
  column.words[2 * column.count + 1] = high;
  markPresent(column, row);
};

/** A bit, in `words` one after the other, the lowest first. */
export const putBit = (column: ColumnBuffer, row: number, bit: boolean): void => {
  if (column.words.length === 0) column.words = new Int32Array(2 * groupRows);
  const at = column.count >> 5;
  const place = column.count & 31;
  const before = place === 0 ? 0 : (column.words[at] ?? 0);
  column.words[at] = bit ? before | (1 << place) : before;
  markPresent(column, row);
};

const growTexts = (column: ColumnBuffer, bytes: number): void => {
  const grown = Buffer.allocUnsafeSlow(Math.max(2 * column.texts.length, bytes, 64 * 1024));
  column.texts.copy(grown, 0, 0, column.size);
  column.texts = grown;
};

/** Makes room for a text of at most so many bytes; answers where its bytes begin. */
export const beginText = (column: ColumnBuffer, bytesMax: number): number => {
  const needed = column.size + 4 + bytesMax;
  if (needed > column.texts.length) growTexts(column, needed);
  return column.size + 4;
};

/** The text has been written, up to `end`. */
export const endText = (column: ColumnBuffer, row: number, end: number): void => {
  const { texts, size } = column;
  const length = end - size - 4;
  texts[size] = length & 0xff;
  texts[size + 1] = (length >> 8) & 0xff;
  texts[size + 2] = (length >> 16) & 0xff;
  texts[size + 3] = length >>> 24;
  column.size = end;
  markPresent(column, row);
};

/** Below this a loop is faster than a call of the runtime. */
const copiedByHand = 48;

/** A text that stands in `bytes` as it is. */
export const putText = (
  column: ColumnBuffer,
  row: number,
  bytes: Buffer,
  from: number,
  to: number,
): void => {
  let end = beginText(column, to - from);
  const { texts } = column;
  if (to - from > copiedByHand) end += bytes.copy(texts, end, from, to);
  else for (let i = from; i < to; i += 1) texts[end++] = bytes[i] ?? 0;
  endText(column, row, end);
};
