import type { Row } from './rows.ts';
import { remove, seal, touch } from './table.ts';
import type { Table } from './table.ts';

/** Adds a copy of a table's last record, modifies one, or removes one, as of an instant. */
export function moveRecord(
  table: Table,
  change: 'add' | 'modify' | 'remove',
  at: number,
  number: number,
): void {
  const here = table.rows.filter((row) => !row.removed);
  const row = here[(number * 7919) % Math.max(1, here.length)];
  if (row === undefined) return;
  if (change === 'add')
    table.staged.push(copyRow(row, Math.max(at, table.rows.at(-1)?.created ?? at)));
  else if (change === 'modify') touch(table, row, at);
  else remove(table, row, at);
  seal(table);
}

function copyRow(row: Row, at: number): Row {
  return {
    ...row,
    id: row.id === 0 ? 0 : 1,
    order: -1,
    feedAt: -1,
    created: at,
    modified: at,
    active: true,
  };
}
