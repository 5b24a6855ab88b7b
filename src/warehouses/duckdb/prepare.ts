import type { Entity } from '../../model.ts';
import { rawColumns } from '../raw-table.ts';
import { datasets, quoteName } from '../sql-text.ts';
import { stateTables } from '../state-tables.ts';
import { columnTypes, stateTypes } from './column-types.ts';
import type { Session } from './open-session.ts';

type Table = { dataset: string; name: string; columns: { name: string; type: string }[] };

/** Payloads are most of the bytes, and zstd both shrinks them and writes them faster. */
const rawType = (name: string, type: string): string =>
  name === 'payload' ? `${type} using compression zstd` : type;

const toTables = (entities: readonly Entity[]): Table[] => [
  ...Object.entries(stateTables).map(([name, columns]) => ({
    dataset: 'st_ops',
    name,
    columns: columns.map((column) => ({ name: column.name, type: stateTypes[column.type] })),
  })),
  ...entities.map((entity) => ({
    dataset: 'st_raw',
    name: entity.table,
    columns: rawColumns(entity).map(({ name, type }) => ({
      name,
      type: rawType(name, columnTypes[type]),
    })),
  })),
];

const fullName = ({ dataset, name }: Table): string => `${dataset}.${quoteName(name)}`;

const createTable = async (session: Session, table: Table): Promise<void> => {
  const columns = table.columns.map(({ name, type }) => `${quoteName(name)} ${type}`);
  await session.run(`create table ${fullName(table)} (${columns.join(', ')})`);
};

const addColumns = async (session: Session, table: Table, stored: ReadonlySet<string>) => {
  for (const { name, type } of table.columns) {
    if (stored.has(name.toLowerCase())) continue;
    await session.run(`alter table ${fullName(table)} add column ${quoteName(name)} ${type}`);
  }
};

/** Columns stored, by `dataset.table`. */
const readStored = async (session: Session, prefix: string): Promise<Map<string, Set<string>>> => {
  const rows = await session.readRows(
    `select schema_name, table_name, lower(column_name) as name from duckdb_columns()
    where database_name = current_database() and schema_name in (select unnest($schemas))`,
    { schemas: datasets.map((dataset) => prefix + dataset) },
  );
  const stored = new Map<string, Set<string>>();
  for (const row of rows) {
    const table = `${String(row.schema_name)}.${String(row.table_name)}`;
    stored.set(table, (stored.get(table) ?? new Set()).add(String(row.name)));
  }
  return stored;
};

/** Creates what is missing: datasets, state tables, raw tables, columns. Changes nothing that is there. */
export const prepare = (
  session: Session,
  prefix: string,
  entities: readonly Entity[],
): Promise<void> =>
  session.transact(async () => {
    for (const dataset of datasets) {
      await session.run(`create schema if not exists ${quoteName(prefix + dataset)}`);
    }
    const stored = await readStored(session, prefix);
    for (const table of toTables(entities)) {
      const columns = stored.get(`${prefix}${table.dataset}.${table.name}`);
      if (columns === undefined) await createTable(session, table);
      else await addColumns(session, table, columns);
    }
  });
