import { propertyOf, rowKeys, stateTables } from '../state-tables.ts';
import type { Value } from '../warehouse.ts';
import { stateTypes } from './column-types.ts';
import type { Session } from './open-session.ts';

/** Writes rows of a state table, each in place of the one with the same key. */
export const recordRows = async (
  session: Session,
  table: keyof typeof rowKeys,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> => {
  const columns = stateTables[table] ?? [];
  const given = columns.map(({ name, type }) => `unnest($${name})::${stateTypes[type]} as ${name}`);
  const lists = columns.map(({ name }) => {
    const property = propertyOf(name);
    return [name, rows.map((row) => row[property] ?? null)];
  });
  const parameters = Object.fromEntries(lists) as Record<string, Value[]>;
  const sameKey = rowKeys[table].map((name) => `t.${name} = s.${name}`).join(' and ');
  const source = `(select ${given.join(', ')})`;
  await session.transact(async () => {
    await session.run(
      `delete from st_ops.${table} as t using ${source} as s where ${sameKey}`,
      parameters,
    );
    await session.run(`insert into st_ops.${table} by name from ${source}`, parameters);
  });
};
