import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { writeRow } from '../../support/googlesql/compare.ts';
import { readRows } from '../../support/googlesql/evaluate.ts';
import type { Column, FilledTable } from '../../support/googlesql/tables.ts';

/** What may befall a table: it lost every other row, or has each twice. */
export const damages = ['halved', 'doubled'] as const;

export type Damage = (typeof damages)[number];

/** Positions of every other row, in an order that both engines agree on. */
const everyOther = (rows: readonly Row[], columns: readonly Column[]): number[] =>
  rows
    .map((row, index) => ({ text: writeRow(row, columns), index }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .filter((_, position) => position % 2 === 1)
    .map(({ index }) => index);

/** The table as it is after the damage. */
export const damageTable = (table: FilledTable, damage: Damage): FilledTable => {
  const { columns, rows } = table;
  switch (damage) {
    case 'doubled':
      return { ...table, rows: [...rows, ...rows] };
    case 'halved': {
      const lost = new Set(everyOther(readRows({ columns, rows }), columns));
      return { ...table, rows: rows.filter((_, index) => !lost.has(index)) };
    }
  }
};

const deleteHalf = async (warehouse: Warehouse, { name, columns }: FilledTable): Promise<void> => {
  const rows = await warehouse.query(`select rowid as row_id, * from ${name}`);
  const lost = everyOther(rows, columns).map((index) => String(rows[index]?.row_id));
  await warehouse.execute(`delete from ${name} where rowid in (${['-1', ...lost].join(', ')})`);
};

/** Does the same to the table of the warehouse while `work` runs. */
export const whileDamaged = async <T>(
  warehouse: Warehouse,
  table: FilledTable,
  damage: Damage,
  work: () => Promise<T>,
): Promise<T> => {
  const { name } = table;
  await warehouse.execute('begin transaction');
  try {
    if (damage === 'halved') await deleteHalf(warehouse, table);
    else await warehouse.execute(`insert into ${name} select * from ${name}`);
    return await work();
  } finally {
    await warehouse.execute('rollback');
  }
};
