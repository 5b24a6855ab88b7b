import { stat } from 'node:fs/promises';
import type { Examination } from '../../model.ts';
import { assertKnownState } from '../state-version.ts';
import type { Warehouse } from '../warehouse.ts';
import { openDuckdb, type DuckdbOptions } from './open-duckdb.ts';

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
};

const readState = async (warehouse: Warehouse, prefix: string): Promise<Map<string, string>> => {
  const [found] = await warehouse.query(
    `select count(*) as n from duckdb_tables() where schema_name = @dataset and table_name = 'state'`,
    { dataset: `${prefix}st_ops` },
  );
  if (found?.n === 0) return new Map();
  const rows = await warehouse.query('select name, value from st_ops.state');
  return new Map(rows.map(({ name, value }) => [String(name), String(value)]));
};

/**
 * Whether the file opens: it is a database, nobody else holds it, and no newer program wrote it. One that is not there
 * stays so.
 */
export const examineDuckdb = (options: DuckdbOptions): Examination[] => [
  {
    about: 'database file',
    look: async () => {
      const { path, datasetPrefix } = options;
      if (path === ':memory:') return 'none: what is in memory ends with each command';
      const bytes = await sizeOf(path);
      if (bytes === undefined) return `${path} is not there yet: fieldmart setup or a run makes it`;
      const warehouse = await openDuckdb(options);
      try {
        assertKnownState(await readState(warehouse, datasetPrefix), path);
      } finally {
        await warehouse.close();
      }
      return `${path} opens, ${bytes.toLocaleString('en-US')} bytes`;
    },
  },
];
