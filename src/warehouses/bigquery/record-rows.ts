import { propertyOf, rowKeys, stateTables } from '../state-tables.ts';
import type { Value } from '../warehouse.ts';
import { quoteColumn } from './googlesql-text.ts';
import { literalRows, type Literal } from './literal-rows.ts';
import { explained, runSql } from './run-sql.ts';
import type { Session } from './session.ts';
import type { StateColumn } from '../state-tables.ts';

export type StateRow = Readonly<Record<string, Value>>;

const literalTypes = {
  text: 'string',
  integer: 'int64',
  boolean: 'bool',
  instant: 'timestamp',
} as const;

const toLiteral = ({ name, type }: StateColumn, row: StateRow): Literal =>
  ({ type: literalTypes[type], value: row[propertyOf(name)] ?? null }) as Literal;

/** Writes rows of a state table, each in place of the one with the same key. */
export const recordRowsSql = (table: keyof typeof rowKeys, rows: readonly StateRow[]): string => {
  const columns = stateTables[table] ?? [];
  const names = columns.map(({ name }) => quoteColumn(name));
  const source = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.name, toLiteral(column, row)])),
  );
  const sameKey = rowKeys[table].map((name) => `t.${name} = s.${name}`).join(' and ');
  return `merge into st_ops.${table} as t
using ${literalRows(source)} as s
on ${sameKey}
when matched then update set ${names.map((name) => `${name} = s.${name}`).join(', ')}
when not matched then insert (${names.join(', ')}) values (${names.map((name) => `s.${name}`).join(', ')})`;
};

export const recordRows = async (
  session: Session,
  table: keyof typeof rowKeys,
  rows: readonly StateRow[],
): Promise<void> => {
  if (rows.length === 0) return;
  const action = `record ${table}`;
  const sql = recordRowsSql(table, rows);
  await explained(session, action, () =>
    runSql(session, { entity: '', step: 'record', action, sql }),
  );
};
