import { openBigquery } from '../../../src/warehouses/bigquery/open-bigquery.ts';
import {
  openSession,
  type Session,
  type SessionOptions,
} from '../../../src/warehouses/duckdb/open-session.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { connectDirectly } from '../../support/bigquery/connect-directly.ts';
import { smallWork } from '../../support/small-work.ts';
import { startBigquery } from '../../support/bigquery/start-bigquery.ts';

/** A kind of warehouse to simulate on. */
export type Rig = {
  name: 'duckdb' | 'bigquery';
  /** An empty one. */
  open: (rewrite?: Rewrite) => Promise<Warehouse>;
};

/** Changes the SQL on its way to the engine. */
export type Rewrite = (sql: string) => string;

const rewriting =
  (rewrite: Rewrite) =>
  async (options: SessionOptions): Promise<Session> => {
    const session = await openSession(options);
    return {
      ...session,
      run: (sql, parameters) => session.run(rewrite(sql), parameters),
      readRows: (sql, parameters) => session.readRows(rewrite(sql), parameters),
    };
  };

/** DuckDB in memory. One thread: for a handful of rows, handing work to a second one costs more than the work. */
export const duckdbRig: Rig = {
  name: 'duckdb',
  open: (rewrite) => {
    const now = () => new Date(0);
    return openDuckdb({
      ...{ path: ':memory:', datasetPrefix: '', now, ...smallWork },
      ...(rewrite !== undefined && { openSession: rewriting(rewrite) }),
    });
  },
};

/** The stand-in writes everything as text. */
const readFlags = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      name === 'done' || name === '_deleted' ? [name, value === 'true'] : [name, value],
    ),
  );

/** BigQuery's stand-in, empty, and the warehouse in it; they are closed together. */
export const bigqueryRig: Rig = {
  name: 'bigquery',
  open: async (rewrite) => {
    const server = await startBigquery({ estimates: 'names' });
    const warehouse = await openBigquery({
      ...{ project: server.projectId, location: 'US', datasetPrefix: '', maxBytesBilled: null },
      ...{ apiEndpoint: server.url, now: () => new Date(0), runId: 'simulation' },
      connect: () => Promise.resolve(connectDirectly(server, rewrite)),
      sleep: () => Promise.resolve(),
    });
    return {
      ...warehouse,
      // What the checks look at comes straight out of the stand-in's tables.
      query: async (sql) => (await server.sql(sql)).map(readFlags),
      recordRuns: async (rows) => {
        await warehouse.recordRuns(rows);
        // No other call is under way: the flock makes one after the other.
        server.forget();
      },
      close: async () => {
        await warehouse.close();
        await server.close();
      },
    };
  },
};
