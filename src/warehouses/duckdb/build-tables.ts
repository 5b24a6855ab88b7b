import { performance } from 'node:perf_hooks';
import { explainTable } from '../explain-table.ts';
import type { BuildPlan, BuiltTable, Query, TableBuild } from '../warehouse.ts';
import type { Session } from './open-session.ts';
import { writeComments } from './write-comments.ts';
import { writeHistory } from './write-history.ts';
import { writeSeed } from './write-seed.ts';

const countRows = async (session: Session, table: string): Promise<number> => {
  const [row] = await session.readRows(`select count(*) as n from ${table}`);
  return Number(row?.n ?? 0);
};

const buildTable = async (
  session: Session,
  { table, sql, historyColumn }: TableBuild,
  snapshot: BuildPlan['snapshot'],
): Promise<number> => {
  if (historyColumn !== null) {
    return writeHistory(session, { table, sql, column: historyColumn }, snapshot);
  }
  await session.run(`create or replace table ${table} as\n${sql}`);
  return countRows(session, table);
};

/** Builds all tables in one transaction, which ends only when `inspect` is content. */
export const buildTables = async (
  session: Session,
  { seeds, tables, snapshot }: BuildPlan,
  inspect: (query: Query) => Promise<void>,
  query: Query,
): Promise<BuiltTable[]> => {
  const building: { table: string | null } = { table: null };
  const steps = async (): Promise<BuiltTable[]> => {
    const built: BuiltTable[] = [];
    for (const seed of seeds) {
      building.table = seed.table;
      await writeSeed(session, seed);
    }
    for (const table of tables) {
      building.table = table.table;
      const startedAt = performance.now();
      const rows = await buildTable(session, table, snapshot);
      await writeComments(session, table);
      const durationMs = Math.round(performance.now() - startedAt);
      built.push({ table: table.table, rows, durationMs });
    }
    building.table = null;
    await inspect(query);
    return built;
  };
  try {
    return await session.transact(steps);
  } catch (error) {
    throw building.table === null ? error : explainTable(building.table, error);
  }
};
