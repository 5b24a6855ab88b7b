import { quoteName } from '../sql-text.ts';
import type { Seed } from '../warehouse.ts';
import type { Session } from './open-session.ts';

/** Replaces a table of texts. An empty text becomes NULL. */
export const writeSeed = async (session: Session, { table, columns, rows }: Seed) => {
  const shape = columns.map((name) => `${quoteName(name)} varchar`).join(', ');
  await session.run(`create or replace table ${table} (${shape})`);
  const values = columns.map((_, index) => `nullif(unnest($c${index}), '')`).join(', ');
  const lists = columns.map((_, index) => [`c${index}`, rows.map((row) => row[index] ?? '')]);
  await session.run(
    `insert into ${table} select ${values}`,
    Object.fromEntries(lists) as Record<string, string[]>,
  );
};
