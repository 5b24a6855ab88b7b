import type { SetUp } from '../warehouse.ts';
import { datasets } from '../sql-text.ts';
import type { Session } from './open-session.ts';
import { prepare, readStored, type PrepareOptions } from './prepare.ts';

const readSchemas = async (session: Session): Promise<Set<string>> => {
  const rows = await session.readRows(
    'select schema_name from duckdb_schemas() where database_name = current_database()',
  );
  return new Set(rows.map((row) => String(row.schema_name)));
};

type Columns = ReadonlyMap<string, string>;

const setUpTable = (name: string, before: Columns | undefined, after: Columns): SetUp => {
  if (before === undefined) return { kind: 'table', name, outcome: 'created', remark: '' };
  const changed = [...after].filter(([column, type]) => before.get(column) !== type);
  return {
    ...{ kind: 'table', name },
    outcome: changed.length === 0 ? 'found' : 'changed',
    remark:
      changed.length === 0 ? '' : `columns ${changed.map((column) => column.join(' ')).join(', ')}`,
  };
};

/**
 * Creates what is missing, as `prepare` does, and says so.
 * @param isNew The file was made just now.
 * @returns the file, the datasets, then the tables.
 * @throws WarehouseError as `prepare` does.
 */
export const setUp = async (
  session: Session,
  { isNew, ...options }: PrepareOptions & { isNew: boolean },
): Promise<SetUp[]> => {
  const { place, prefix } = options;
  const schemas = await readSchemas(session);
  const before = await readStored(session, prefix);
  await prepare(session, options);
  const after = await readStored(session, prefix);
  const names = datasets.map((dataset) => prefix + dataset);
  return [
    { kind: 'file', name: place, outcome: isNew ? 'created' : 'found', remark: '' },
    ...names.map((name): SetUp => {
      const outcome = schemas.has(name) ? 'found' : 'created';
      return { kind: 'dataset', name, outcome, remark: '' };
    }),
    ...[...after].map(([name, columns]) => setUpTable(name, before.get(name), columns)),
  ];
};
