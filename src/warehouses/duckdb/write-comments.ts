import { quoteName, quoteText } from '../sql-text.ts';
import type { TableBuild } from '../warehouse.ts';
import type { Session } from './open-session.ts';

type Described = Pick<TableBuild, 'table' | 'description' | 'columns'>;

/** The columns that each table has, their names in lower case. One query for all takes a third of what one each takes. */
const readColumns = async (
  session: Session,
  tables: readonly Described[],
): Promise<Set<string>[]> => {
  const found = tables.map(() => new Set<string>());
  const rows = await session.readRows(
    tables
      .map(({ table }, index) => `select ${index} as n, column_name from (describe ${table})`)
      .join('\nunion all\n'),
  );
  for (const row of rows) found[Number(row.n)]?.add(String(row.column_name).toLowerCase());
  return found;
};

const commentsOn = (
  { table, description, columns }: Described,
  stored: ReadonlySet<string> | undefined,
): string[] => [
  `comment on table ${table} is ${quoteText(description)}`,
  ...columns
    .filter(({ name }) => stored?.has(name.toLowerCase()) === true)
    .map(
      (column) =>
        `comment on column ${table}.${quoteName(column.name)} is ${quoteText(column.description)}`,
    ),
];

/** Puts what tables and their columns hold on them, where `describe` and every console show it. */
export const writeComments = async (
  session: Session,
  tables: readonly Described[],
): Promise<void> => {
  const described = tables.filter(
    ({ description, columns }) => description !== '' || columns.length > 0,
  );
  if (described.length === 0) return;
  const stored = await readColumns(session, described);
  await session.run(
    described.flatMap((table, index) => commentsOn(table, stored[index])).join(';\n'),
  );
};
