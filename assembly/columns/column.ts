/** The values of one column in the rows gathered so far. A row without a value has nothing in `values`. */
export class Column {
  /** A bit for each row that has a value, the lowest first. */
  present: usize = 0;
  /** Rows that have a value. */
  count: i32 = 0;
  /** As Parquet's PLAIN has them: eight bytes each, bits, or texts after their lengths in four bytes. */
  values: usize = 0;
  /** Bytes of texts. */
  size: usize = 0;
  /** Bytes that `values` has room for, the slack not counted. */
  room: usize = 0;
}

/** Bytes after the end of each buffer of texts: what is copied or compared by sixteens goes that far beyond. */
export const slack: usize = 16;

const textsMin: usize = 64 * 1024;

/** Rows of a group. */
let rowsMax: i32 = 0;

export function setRowsMax(rows: i32): void {
  rowsMax = rows;
}

/** Makes room for which rows have a value, before the first use. */
export function prepareColumn(column: Column): Column {
  column.present = heap.alloc(<usize>(rowsMax + 7) / 8);
  memory.fill(column.present, 0, <usize>(rowsMax + 7) / 8);
  return column;
}

export function clearColumn(column: Column): void {
  if (column.count > 0) memory.fill(column.present, 0, <usize>(rowsMax + 7) / 8);
  column.count = 0;
  column.size = 0;
}

function markPresent(column: Column, row: i32): void {
  const at = column.present + (row >> 3);
  store<u8>(at, load<u8>(at) | ((<u8>1) << ((<u8>row) & 7)));
  column.count += 1;
}

/** Makes room for `rowsMax` values of eight bytes; texts of another entity may have had less before. */
function makeRoom(column: Column): void {
  const needed = <usize>rowsMax * 8;
  if (column.room >= needed) return;
  column.room = needed;
  column.values = heap.alloc(column.room + slack);
}

export function putWord(column: Column, row: i32, value: i64): void {
  makeRoom(column);
  store<i64>(column.values + <usize>column.count * 8, value);
  markPresent(column, row);
}

export function putBit(column: Column, row: i32, bit: bool): void {
  makeRoom(column);
  const at = column.values + (column.count >> 3);
  const place = (<u8>column.count) & 7;
  const before = place === 0 ? <u8>0 : load<u8>(at);
  store<u8>(at, bit ? before | ((<u8>1) << place) : before);
  markPresent(column, row);
}

/** The value that was put last, of eight bytes. */
export function lastWord(column: Column): i64 {
  return load<i64>(column.values + <usize>(column.count - 1) * 8);
}

export function isPresent(column: Column, row: i32): bool {
  return (load<u8>(column.present + (row >> 3)) & ((<u8>1) << ((<u8>row) & 7))) !== 0;
}

/** What is left behind is not used again: twice as much each time, it is at most as much as what is used. */
export function growTexts(column: Column, bytes: usize): void {
  const room = max(max(column.room * 2, bytes), textsMin);
  const values = heap.alloc(room + slack);
  memory.copy(values, column.values, column.size);
  column.values = values;
  column.room = room;
}

/** Makes room for a text of at most so many bytes; answers where its bytes begin. */
export function beginText(column: Column, bytesMax: usize): usize {
  const needed = column.size + 4 + bytesMax;
  if (needed > column.room) growTexts(column, needed);
  return column.values + column.size + 4;
}

/** The text has been written, up to `end`. */
export function endText(column: Column, row: i32, end: usize): void {
  const at = column.values + column.size;
  store<u32>(at, <u32>(end - at - 4));
  column.size = end - column.values;
  markPresent(column, row);
}

/** Above this the runtime's own way of copying is faster. */
const copiedBySixteens: usize = 256;

/** A text that stands from `from` to `to` as it is. */
export function putText(column: Column, row: i32, from: usize, to: usize): void {
  const bytes = to - from;
  const into = beginText(column, bytes);
  if (bytes > copiedBySixteens) memory.copy(into, from, bytes);
  else for (let i: usize = 0; i < bytes; i += 16) v128.store(into + i, v128.load(from + i));
  endText(column, row, into + bytes);
}
