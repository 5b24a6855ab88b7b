import { refuseParameter } from './problem.ts';
import type { Row } from './rows.ts';
import { lowerBound } from './table.ts';
import type { Table } from './table.ts';
import { parseInstant } from './ticks.ts';

/** One page of an export. */
export type FeedPage = { rows: Row[]; hasMore: boolean; continueFrom: string };

const tokenPattern = /^([a-z-]+)\/(\d{1,12})$/;

function tokenOf(table: Table, position: number): string {
  return Buffer.from(`${table.name}/${position}`).toString('base64url');
}

/** Where `from` starts: a token of this endpoint, a date, or the beginning. */
function positionOf(table: Table, from: string | null): number {
  if (from === null || from === '') return 0;
  const instant = parseInstant(from);
  if (instant !== undefined) {
    return lowerBound(table.stamps.length, (index) => table.stamps[index] ?? 0, instant);
  }
  const match = tokenPattern.exec(Buffer.from(from, 'base64url').toString('latin1'));
  const position = Number(match?.[2] ?? NaN);
  if (match?.[1] !== table.name || position > table.feed.length) {
    return refuseParameter('from', 'The continuation token is not valid.');
  }
  return position;
}

/**
 * Reads the feed of changes on from a position. Changes after `visibleUntil` are held back; with `recent` they come,
 * but the token stays before them, so that the next call repeats them.
 */
export function readFeed(
  table: Table,
  options: {
    from: string | null;
    recent: boolean;
    visibleUntil: number;
    pageSize: number;
    /** Whether a row is shown: removed ones only where the rows have `active`. */
    shows: (row: Row) => boolean;
  },
): FeedPage {
  const { feed, stamps } = table;
  const held = lowerBound(stamps.length, (index) => stamps[index] ?? 0, options.visibleUntil + 1);
  const end = options.recent ? feed.length : held;
  const rows: Row[] = [];
  let position = positionOf(table, options.from);
  while (position < end && rows.length < options.pageSize) {
    const row = feed[position];
    if (row?.feedAt === position && options.shows(row)) rows.push(row);
    position += 1;
  }
  const hasMore = position < end;
  const next = hasMore ? position : Math.min(position, Math.max(held, 0));
  return { rows, hasMore, continueFrom: tokenOf(table, next) };
}
