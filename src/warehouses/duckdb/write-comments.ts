import { quoteName, quoteText } from '../sql-text.ts';
import type { TableBuild } from '../warehouse.ts';
import type { Session } from './open-session.ts';

/** Puts what a table and its columns hold on them, where `describe` and every console show it. */
export const writeComments = async (
  session: Session,
  { table, description, columns }: Pick<TableBuild, 'table' | 'description' | 'columns'>,
): Promise<void> => {
  if (description === '' && columns.length === 0) return;
  const rows = await session.readRows(`select column_name from (describe ${table})`);
  const stored = new Set(rows.map((row) => String(row.column_name).toLowerCase()));
  const comments = columns
    .filter(({ name }) => stored.has(name.toLowerCase()))
    .map(
      (column) =>
        `comment on column ${table}.${quoteName(column.name)} is ${quoteText(column.description)}`,
    );
  await session.run(
    [`comment on table ${table} is ${quoteText(description)}`, ...comments].join(';\n'),
  );
};
