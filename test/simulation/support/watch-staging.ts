import {
  dropDead,
  findLeftovers,
  type Leftover,
  type Standing,
} from '../../../src/warehouses/bigquery/leftovers.ts';
import type { Session } from '../../../src/warehouses/bigquery/session.ts';
import type { Staged } from '../../../src/warehouses/warehouse.ts';
import type { Bigquery } from '../../support/bigquery/start-bigquery.ts';

/** The SQL that makes a staging table. */
const makesStaging = /^create or replace table (st_stage\.typed_[0-9a-f]+)/;

/** What staging is there in BigQuery, and which of it living programs know. */
export const watchStaging = (server: Bigquery, session: Session) => {
  const known = new Map<string, string>();
  /** Tables that nobody knows, as of the last look; undefined when there may be others. */
  let left: Leftover[] | undefined;
  const findLeft = async (): Promise<Leftover[]> => {
    const tables = new Set(known.values());
    return (await findLeftovers(session)).filter(({ table }) => !tables.has(table));
  };
  return {
    watch: async (stage: () => Promise<Staged>): Promise<Staged> => {
      const from = server.requests().length;
      const staged = await stage().catch((error: unknown) => {
        left = undefined;
        throw error;
      });
      const made = server.requests().slice(from);
      const table = made.map(({ sql }) => makesStaging.exec(sql ?? '')?.[1]).find(Boolean);
      if (table !== undefined) known.set(staged.table, table);
      return staged;
    },
    forget: (handle: string): void => {
      known.delete(handle);
      left = undefined;
    },
    clear: async (standings: readonly Standing[]): Promise<void> => {
      left ??= await findLeft();
      const living = new Set(known.values());
      left = left.filter(({ table }) => !living.has(table));
      if (left.length > 0) left = await dropDead(session, left, standings);
    },
    list: async (): Promise<string[]> => {
      const all = await session.api.listTables('st_stage');
      const described = new Map((await findLeft()).map(({ table, staged }) => [table, staged]));
      return all.map((name) => `${name} of ${JSON.stringify(described.get(`st_stage.${name}`))}`);
    },
  };
};
