import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';

/** A kind of warehouse to simulate on. */
export type Rig = {
  name: 'duckdb' | 'bigquery';
  /** An empty one. */
  open: () => Promise<Warehouse>;
};

/** DuckDB in memory. One thread: for a handful of rows, handing work to a second one costs more than the work. */
export const duckdbRig: Rig = {
  name: 'duckdb',
  open: async () => {
    const now = () => new Date(0);
    const warehouse = await openDuckdb({ path: ':memory:', datasetPrefix: '', now });
    await warehouse.execute('set threads = 1');
    return warehouse;
  },
};
