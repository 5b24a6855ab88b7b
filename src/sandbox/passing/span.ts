import { at, below, roll } from '../random.ts';
import type { Row } from '../rows.ts';
import { touch } from '../table.ts';
import type { Table } from '../table.ts';
import { withFraction } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';

/** The time that passes in one advance; nothing happens outside of `[from, to]`. */
export type Span = { from: number; to: number; days: number };

/** What happens to one record at one moment of the span. */
export type Moment = { salt: number; at: number };

/** A moment of the span. */
export function momentIn(world: World, span: Span): Moment {
  const salt = nextSalt(world);
  const at = withFraction(span.from + roll(salt, 400) * (span.to - span.from), salt, 401);
  return { salt, at: Math.min(Math.max(at, span.from), span.to) };
}

const triesMax = 60;

/** Some record of a table that fits, years old as likely as new; `undefined` when chance finds none. */
export function someRow<R extends Row, S extends R>(
  table: Table<R>,
  salt: number,
  fits: (row: R) => row is S,
): S | undefined;
export function someRow<R extends Row>(
  table: Table<R>,
  salt: number,
  fits?: (row: R) => boolean,
): R | undefined;
export function someRow<R extends Row>(
  table: Table<R>,
  salt: number,
  fits: (row: R) => boolean = () => true,
): R | undefined {
  const { rows } = table;
  for (let attempt = 0; attempt < triesMax && rows.length > 0; attempt++) {
    const row = at(rows, below(salt, 410 + attempt, rows.length));
    if (!row.removed && fits(row)) return row;
  }
  return rows.find((row) => !row.removed && fits(row));
}

/** Makes some active record inactive. */
export function deactivate<R extends Row>(table: Table<R>, { salt, at }: Moment): void {
  const row = someRow(table, salt, ({ active }) => active);
  if (row === undefined) return;
  row.active = false;
  touch(table, row, at);
}

/** Moves some record's modifiedOn. */
export function disturb<R extends Row>(table: Table<R>, { salt, at }: Moment): void {
  const row = someRow(table, salt);
  if (row !== undefined) touch(table, row, at);
}
