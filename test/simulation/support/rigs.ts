import type { Standing } from '../../../src/warehouses/bigquery/leftovers.ts';
import {
  openSession,
  type Session,
  type SessionOptions,
} from '../../../src/warehouses/duckdb/open-session.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';
import { smallWork } from '../../support/small-work.ts';

/** A kind of warehouse to simulate on. */
export type Rig = {
  name: 'duckdb' | 'bigquery';
  /** An empty one. */
  open: (rewrite?: Rewrite) => Promise<SimulatedWarehouse>;
};

/** A warehouse, and what of its staging outlives programs: nothing where it is left out. */
export type SimulatedWarehouse = Warehouse & {
  staging?: {
    /** The program that had staged it died. */
    forget: (handle: string) => void;
    /** Does what a run does once it knows where control rows stand. */
    clear: (standings: readonly Standing[]) => Promise<void>;
    /** What is there. */
    list: () => Promise<string[]>;
  };
};

/** Changes the SQL on its way to the engine. */
export type Rewrite = (sql: string) => string;

const rewriteOn = (session: Session, rewrite: Rewrite): Session => ({
  ...session,
  run: (sql, parameters) => session.run(rewrite(sql), parameters),
  readRows: (sql, parameters) => session.readRows(rewrite(sql), parameters),
  openBeside: async () => rewriteOn(await session.openBeside(), rewrite),
});

const rewriting =
  (rewrite: Rewrite) =>
  async (options: SessionOptions): Promise<Session> =>
    rewriteOn(await openSession(options), rewrite);

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
