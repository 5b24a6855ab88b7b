import { join } from 'node:path';
import { openDuckdb, type DuckdbOptions } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { columnTypes } from '../../../src/warehouses/duckdb/column-types.ts';
import { openLab as openLabAt, type Place, type Rig } from '../suite/lab.ts';
import { smallWork } from '../../support/small-work.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

export { instant, jobs, pay } from '../suite/entities.ts';

type LabOptions = Pick<
  DuckdbOptions,
  'commitsPerOpening' | 'reopenMsMax' | 'openSession' | 'log' | 'signal'
>;

const openFile = (path: string, datasetPrefix: string, options: LabOptions = {}): Place => ({
  open: (now) => openDuckdb({ path, datasetPrefix, now, ...smallWork, ...options }),
  listStaging: async (warehouse) => {
    const rows = await warehouse.query(
      `select table_name from duckdb_tables() where (temporary or database_name = 'staging') and not internal
      union all
      select view_name from duckdb_views() where database_name = 'staging' and not internal`,
    );
    return rows.map((row) => String(row.table_name));
  },
  readTexts: async (warehouse, table) => {
    const [schema = '', name = ''] = table.split('.');
    const where = 'where schema_name = @schema and table_name = @name';
    const [found] = await warehouse.query(
      `select coalesce(comment, '') as comment from duckdb_tables() ${where}`,
      { schema, name },
    );
    const columns = await warehouse.query(
      `select column_name, coalesce(comment, '') as comment from duckdb_columns() ${where}`,
      { schema, name },
    );
    return {
      description: String(found?.comment),
      columns: Object.fromEntries(
        columns.map((row) => [String(row.column_name), String(row.comment)]),
      ),
    };
  },
});

/** DuckDB, each place a file of its own. */
export const duckdbRig: Rig = {
  name: 'duckdb',
  types: columnTypes,
  share: 1,
  openPlace: async (prefix = '') =>
    openFile(join(await makeTempDir(), 'lab', 'test.duckdb'), prefix),
};

/** Tests of one DuckDB file. */
export const openLab = async ({
  prefix = '',
  path: given,
  ...options
}: { prefix?: string; path?: string } & LabOptions = {}) => {
  const path = given ?? join(await makeTempDir(), 'lab', 'test.duckdb');
  return { path, ...(await openLabAt(openFile(path, prefix, options))) };
};

export type Lab = Awaited<ReturnType<typeof openLab>>;
