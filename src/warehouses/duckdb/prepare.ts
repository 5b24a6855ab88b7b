import type { Entity } from '../../model.ts';
import {
  canFill,
  changedState,
  compareContract,
  explainAltered,
  mendByFilling,
} from '../contract.ts';
import { assertNoneLost } from '../lost-tables.ts';
import { rawColumns } from '../raw-table.ts';
import { datasets, quoteName } from '../sql-text.ts';
import { stateTables } from '../state-tables.ts';
import { assertKnownState, type State } from '../state-version.ts';
import { columnTypes, stateTypes } from './column-types.ts';
import { fillColumns } from './fill-columns.ts';
import type { Session } from './open-session.ts';
import { recordRows } from './record-rows.ts';

type Table = {
  dataset: string;
  name: string;
  columns: { name: string; type: string }[];
  /** What to do about a column that somebody altered. */
  mendColumn: (column: string) => string;
  /** Columns whose values can be made again from the payload, and are to be. */
  stale: readonly string[];
};

/** Types of the columns that are stored: `dataset.table` → column → type. */
type Stored = ReadonlyMap<string, ReadonlyMap<string, string>>;

export type PrepareOptions = {
  /** The database, for messages. */
  place: string;
  prefix: string;
  entities: readonly Entity[];
  /** The instant of it. */
  at: string;
};

const mend = 'set the database aside and backfill into a new one';

/** Payloads are most of the bytes, and zstd both shrinks them and writes them faster. */
const compressionOf = (name: string): string =>
  name === 'payload' ? ' using compression zstd' : '';

const toTables = (
  entities: readonly Entity[],
  staleOf: (entity: Entity) => readonly string[],
): Table[] => [
  ...Object.entries(stateTables).map(([name, columns]) => ({
    dataset: 'st_ops',
    name,
    columns: columns.map((column) => ({ name: column.name, type: stateTypes[column.type] })),
    mendColumn: () => mend,
    stale: [],
  })),
  ...entities.map((entity) => ({
    dataset: 'st_raw',
    name: entity.table,
    columns: rawColumns(entity).map(({ name, type }) => ({ name, type: columnTypes[type] })),
    mendColumn: (column: string) => (canFill(entity, column) ? mendByFilling : mend),
    stale: staleOf(entity),
  })),
];

const fullName = ({ dataset, name }: Table): string => `${dataset}.${quoteName(name)}`;

const createTable = async (session: Session, table: Table): Promise<void> => {
  const columns = table.columns.map(
    ({ name, type }) => `${quoteName(name)} ${type}${compressionOf(name)}`,
  );
  await session.run(`create table ${fullName(table)} (${columns.join(', ')})`);
};

/** DuckDB says the long name of what we call by its short one. */
const shortType = (type: string): string =>
  type === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : type;

/**
 * Adds the columns that are missing, and makes those anew whose type is another one now; their values are filled later.
 * @throws WarehouseError for a column of another type that no payload gives back.
 */
const fitColumns = async (
  session: Session,
  table: Table,
  stored: ReadonlyMap<string, string>,
): Promise<void> => {
  const add = ({ name, type }: { name: string; type: string }) =>
    session.run(`alter table ${fullName(table)} add column ${quoteName(name)} ${type}`);
  for (const column of table.columns) {
    const { name, type } = column;
    const storedType = stored.get(name.toLowerCase());
    if (storedType === undefined) {
      await add(column);
      continue;
    }
    const is = shortType(storedType);
    if (is === type) continue;
    if (!table.stale.includes(name)) {
      const fault = `is ${is} and should be ${type}`;
      throw explainAltered(`${table.dataset}.${table.name}`, {
        ...{ column: name, fault, mend: table.mendColumn(name) },
      });
    }
    await session.run(`alter table ${fullName(table)} drop column ${quoteName(name)}`);
    await add(column);
  }
};

/** What the database holds of ours in some datasets; default: in all. Each column of each takes its time. */
export const readStored = async (
  session: Session,
  prefix: string,
  among: readonly string[] = datasets,
): Promise<Stored> => {
  // A row for each table: one for each column takes half as long again. No name or type has such characters.
  const rows = await session.readRows(
    `select schema_name || '.' || table_name as name,
      string_agg(lower(column_name) || chr(31) || data_type, chr(30) order by column_index) as columns
    from duckdb_columns()
    where database_name = current_database() and schema_name in (select unnest($schemas))
    group by all
    order by min(table_oid)`,
    { schemas: among.map((dataset) => prefix + dataset) },
  );
  return new Map(
    rows.map(({ name, columns }) => [
      String(name),
      new Map(
        String(columns)
          .split('\u001E')
          .map((column) => column.split('\u001F') as [string, string]),
      ),
    ]),
  );
};

const readState = async (session: Session, stored: Stored, prefix: string): Promise<State> => {
  if (!stored.has(`${prefix}st_ops.state`)) return new Map();
  const rows = await session.readRows('select name, value from st_ops.state');
  return new Map(rows.map((row) => [String(row.name), String(row.value)]));
};

/** Whether the ledger says that rows of the entity were stored. */
const holdsRows = async (session: Session, entity: Entity): Promise<boolean> => {
  const [found] = await session.readRows(
    'select 1 from st_ops.ledger where entity = $entity and rows_inserted > 0 limit 1',
    { entity: entity.name },
  );
  return found !== undefined;
};

/** Columns that are to be filled: those of another rule, and those that somebody dropped. */
const findStale = (
  entity: Entity,
  state: State,
  stored: ReadonlyMap<string, string> = new Map(),
): string[] => {
  const lost = rawColumns(entity)
    .map(({ name }) => name)
    .filter((name) => !stored.has(name.toLowerCase()) && canFill(entity, name));
  return [...new Set([...compareContract(entity, state, mend).stale, ...lost])];
};

const makeTables = (
  session: Session,
  prefix: string,
  tables: readonly Table[],
  stored: Stored,
): Promise<void> =>
  session.transact(async () => {
    for (const dataset of datasets) {
      await session.run(`create schema if not exists ${quoteName(prefix + dataset)}`);
    }
    for (const table of tables) {
      const columns = stored.get(`${prefix}${table.dataset}.${table.name}`);
      if (columns === undefined) await createTable(session, table);
      else await fitColumns(session, table, columns);
    }
  });

/**
 * Creates what is missing: datasets, state tables, raw tables, columns. Columns that are new, or computed by another
 * rule than before, are filled from the payloads.
 * @throws WarehouseError when a newer program wrote the state, before anything is changed; when a table was altered or
 * dropped.
 */
export const prepare = async (session: Session, options: PrepareOptions): Promise<void> => {
  const { place, prefix, entities, at } = options;
  const stored = await readStored(session, prefix, ['st_ops', 'st_raw']);
  const state = await readState(session, stored, prefix);
  assertKnownState(state, place);
  await assertNoneLost({
    ...{ entities, state },
    isThere: (table) => stored.has(prefix + table),
    holdsRows: (entity) => holdsRows(session, entity),
    mend: `restore a copy of the database, or ${mend}`,
  });
  const stale = new Map(
    entities
      .filter(({ table }) => stored.has(`${prefix}st_raw.${table}`))
      .map((entity) => [
        entity,
        findStale(entity, state, stored.get(`${prefix}st_raw.${entity.table}`)),
      ]),
  );
  const tables = toTables(entities, (entity) => stale.get(entity) ?? []);
  await makeTables(session, prefix, tables, stored);
  for (const [entity, columns] of stale) await fillColumns(session, entity, columns);
  // Last, so that what was interrupted is done again.
  const changed = changedState(state, entities, at);
  if (changed.length > 0) await recordRows(session, 'state', changed);
};
