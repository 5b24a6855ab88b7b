import { mix } from './random.ts';
import type { Row } from './rows.ts';

/** How a query parameter filters rows: the parameters' names are those of the entity's contract. */
export type Filter<R extends Row> =
  | {
      kind: 'instant';
      /** Filters on the same date have the same name here. */
      date: string;
      test: 'atOrAfter' | 'after' | 'before' | 'atOrBefore';
      of(row: R): number;
    }
  | { kind: 'ids'; of(row: R): number }
  | { kind: 'text'; of(row: R): string };

/** What a table is made of: one per entity. */
export type TableDefinition<R extends Row> = {
  /** The entity's name in its contract. */
  name: string;
  /** One record as JSON text; feed rows differ from list rows where the contract has `exportFields`. */
  render(row: R, feed: boolean): string;
  /** The record's createdOn and modifiedOn as shown: NaN where null. */
  createdOf?(row: R): number;
  modifiedOf?(row: R): number;
  filters?: Record<string, Filter<R>>;
  /** Ids without gaps. */
  dense?: boolean;
};

/** Records of one entity in order of creation, and the feed of their changes. */
export type Table<R extends Row = Row> = TableDefinition<R> & {
  rows: R[];
  /** Every change in order; an entry counts while `row.feedAt` still points at it. */
  feed: R[];
  stamps: number[];
  /** Grows with each change. */
  version: number;
  staged: R[];
  touched: Set<R>;
  removedCount: number;
  idNext: number;
};

const { max } = Math;

/** An empty table whose ids start at a place of its own. */
export function createTable<R extends Row>(
  definition: TableDefinition<R>,
  idFirst: number,
): Table<R> {
  return {
    ...definition,
    rows: [],
    feed: [],
    stamps: [],
    version: 0,
    staged: [],
    touched: new Set(),
    removedCount: 0,
    idNext: idFirst,
  };
}

/**
 * The fields that every row starts with. Id 1 is replaced when the table is sealed; 0 stays. Where rows are made by the
 * hundred thousand, these fields are written out: spreading them made a history take five times as long.
 */
export function startRow(salt: number, created: number, modified: number): Row {
  return {
    id: 1,
    order: -1,
    created,
    modified: max(created, modified),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
  };
}

/** Notes that a row has changed at an instant. */
export function touch<R extends Row>(table: Table<R>, row: R, at: number): void {
  row.modified = max(row.modified, at);
  if (row.order >= 0) table.touched.add(row);
}

/** Removes a record for good: lists forget it, the feed tells it once. */
export function remove<R extends Row>(table: Table<R>, row: R, at: number): void {
  if (row.removed) return;
  row.removed = true;
  row.active = false;
  table.removedCount += 1;
  touch(table, row, at);
}

/**
 * Gives new rows their places and ids, and writes all changes to the feed in the order they happened. Nothing happens
 * before `notBefore`: what is already in the tables has been read.
 */
export function seal<R extends Row>(table: Table<R>, notBefore = -Infinity): void {
  if (table.staged.length === 0 && table.touched.size === 0) return;
  const first = max(notBefore, table.rows.at(-1)?.created ?? -Infinity);
  for (const row of table.staged) {
    row.created = max(row.created, first);
    row.modified = max(row.modified, row.created);
  }
  for (const row of table.touched) row.modified = max(row.modified, notBefore);
  table.staged.sort((a, b) => a.created - b.created);
  for (const row of table.staged) place(table, row);
  const changed = table.staged;
  for (const row of table.touched) changed.push(row);
  table.staged = [];
  table.touched = new Set();
  changed.sort((a, b) => a.modified - b.modified || a.order - b.order);
  for (const row of changed) {
    row.feedAt = table.feed.length;
    table.feed.push(row);
    table.stamps.push(max(row.modified, table.stamps.at(-1) ?? row.modified));
  }
  table.version += 1;
}

function place<R extends Row>(table: Table<R>, row: R): void {
  row.order = table.rows.length;
  if (row.id !== 0) row.id = table.idNext;
  table.idNext += table.dense === true ? 1 : 1 + ((mix(row.order, 77) >>> 0) % 3);
  table.rows.push(row);
}

/** How many records a warehouse should hold. */
export function countRows(table: Table): number {
  return table.rows.length - table.removedCount;
}

/** The first index at which a sorted list is not below a value. */
export function lowerBound(length: number, valueAt: (index: number) => number, value: number) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
