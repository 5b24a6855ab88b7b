import type { Batch } from '../../model.ts';
import type { Staged } from '../warehouse.ts';
import type { Session } from './open-session.ts';

/** What is staged of one load: the rows that are to go into the raw table, and rejected records. */
export type LoadCounts = { used: number; rejects: number };

const countLoads = async (session: Session, table: string) => {
  const rows = await session.readRows(
    `select
      _load_id, count(*) filter (_use) as used, count(*) filter (_reject is not null) as rejects,
      bool_or(_drift and _reject is null) as drifts
    from ${table}
    group by _load_id`,
  );
  return {
    loads: new Map(
      rows.map((row): [string, LoadCounts] => [
        String(row._load_id),
        { used: Number(row.used), rejects: Number(row.rejects) },
      ]),
    ),
    drifts: rows.some((row) => row.drifts === true),
  };
};

/** Counts of each load by its id, and whether a record drifts, in which case its drift is counted. */
export const countStaged = async (
  session: Session,
  { table, plainLoads }: Staged,
  batches: readonly Batch[],
): Promise<{ loads: Map<string, LoadCounts>; drifts: boolean }> => {
  if (plainLoads === undefined) return countLoads(session, table);
  return {
    loads: new Map(batches.map(({ loadId, rows }) => [loadId, { used: rows, rejects: 0 }])),
    drifts: false,
  };
};
