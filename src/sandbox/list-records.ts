import { mix } from './random.ts';
import type { Row } from './rows.ts';
import type { Bounds, DateFilter, ListQuery } from './parse-parameters.ts';
import { lowerBound } from './table.ts';
import type { Table } from './table.ts';

/** The last filtered sets, so that pages after the first cost nothing. */
export type ListCache = Map<string, { version: number; rows: readonly Row[] }>;

const cachedSetsMax = 24;

function createdOf(table: Table, row: Row): number {
  return table.createdOf === undefined ? row.created : table.createdOf(row);
}

function modifiedOf(table: Table, row: Row): number {
  return table.modifiedOf === undefined ? row.modified : table.modifiedOf(row);
}

type DateIndex = { version: number; rows: Row[]; dates: number[] };
const dateIndexes = new WeakMap<Table, Map<string, DateIndex>>();

function dateIndexOf(table: Table, filter: DateFilter): DateIndex {
  const indexes = dateIndexes.get(table) ?? new Map<string, DateIndex>();
  dateIndexes.set(table, indexes);
  const known = indexes.get(filter.date);
  if (known?.version === table.version) return known;
  const rows = table.rows.filter((row) => !row.removed && !Number.isNaN(filter.of(row)));
  rows.sort((a, b) => filter.of(a) - filter.of(b));
  const dates = rows.map((row) => filter.of(row));
  const index = { version: table.version, rows, dates };
  indexes.set(filter.date, index);
  return index;
}

function datedCandidates(table: Table, { filter, bounds }: NonNullable<ListQuery['dated']>): Row[] {
  const { rows, dates } = dateIndexOf(table, filter);
  const at = (index: number) => dates[index] ?? 0;
  const start = lowerBound(dates.length, at, bounds.from);
  return rows.slice(start, lowerBound(dates.length, at, bounds.to));
}

function* candidates(table: Table, query: ListQuery): Generator<Row> {
  const { rows, feed, stamps } = table;
  const { created, modified, dated } = query;
  const isOpen = ({ from, to }: Bounds) => from === -Infinity && to === Infinity;
  if (dated !== null && isOpen(created) && isOpen(modified)) {
    yield* datedCandidates(table, dated);
    return;
  }
  if (created.from === -Infinity && modified.from > -Infinity) {
    const start = lowerBound(stamps.length, (index) => stamps[index] ?? 0, modified.from);
    for (let index = start; index < feed.length; index++) {
      const row = feed[index];
      if (row?.feedAt === index) yield row;
    }
    return;
  }
  const at = (index: number) => rows[index]?.created ?? 0;
  const end = created.to === Infinity ? rows.length : lowerBound(rows.length, at, created.to);
  const start = created.from === -Infinity ? 0 : lowerBound(rows.length, at, created.from);
  for (let index = start; index < end; index++) {
    const row = rows[index];
    if (row !== undefined) yield row;
  }
}

function isWithin(value: number, bounds: { from: number; to: number }): boolean {
  if (bounds.from === -Infinity && bounds.to === Infinity) return true;
  return value >= bounds.from && value < bounds.to;
}

function select(table: Table, query: ListQuery): Row[] {
  const selected: Row[] = [];
  for (const row of candidates(table, query)) {
    if (row.removed) continue;
    if (!isWithin(createdOf(table, row), query.created)) continue;
    if (!isWithin(modifiedOf(table, row), query.modified)) continue;
    if (query.tests.every((test) => test(row))) selected.push(row);
  }
  return selected;
}

function order(table: Table, query: ListQuery, rows: Row[]): Row[] {
  rows.sort((a, b) => a.order - b.order);
  if (query.sort?.field === 'modifiedOn') {
    const key = (row: Row) => modifiedOf(table, row) || -Infinity;
    rows.sort((a, b) => key(a) - key(b));
  }
  return query.sort === null || query.sort.descending ? rows.reverse() : rows;
}

/** The records of a request, in order, before they are cut into pages. */
export function selectRows(table: Table, query: ListQuery, cache: ListCache): readonly Row[] {
  const known = cache.get(query.key);
  if (known?.version === table.version) return known.rows;
  const rows = order(table, query, select(table, query));
  cache.delete(query.key);
  cache.set(query.key, { version: table.version, rows });
  const [oldest] = cache.keys();
  if (cache.size > cachedSetsMax && oldest !== undefined) cache.delete(oldest);
  return rows;
}

/**
 * One page. Without a sort the order is "about Id descending": from one request to the next neighbours change places,
 * across the borders of pages too.
 */
export function cutPage(rows: readonly Row[], query: ListQuery, requestNumber: number): Row[] {
  const start = (query.page - 1) * query.pageSize;
  const page = rows.slice(start, start + query.pageSize);
  if (query.sort !== null) return page;
  const offset = requestNumber & 1;
  return page.map((row, index) => {
    const place = start + index;
    const partner = ((place + offset) ^ 1) - offset;
    const pair = Math.min(place, partner);
    return (mix(pair, requestNumber) & 7) < 3 ? (rows[partner] ?? row) : row;
  });
}
