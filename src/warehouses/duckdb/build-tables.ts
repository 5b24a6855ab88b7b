import { performance } from 'node:perf_hooks';
import { explainTable, throwIfStopped } from '../explain-table.ts';
import type { BuildPlan, BuiltTable, Query, TableBuild } from '../warehouse.ts';
import type { Session } from './open-session.ts';
import { writeComments } from './write-comments.ts';
import { writeHistory } from './write-history.ts';
import { writeSeed } from './write-seed.ts';

const buildTable = async (
  session: Session,
  { table, sql, historyColumn }: TableBuild,
  snapshot: BuildPlan['snapshot'],
): Promise<number> => {
  if (historyColumn !== null) {
    return writeHistory(session, { table, sql, column: historyColumn }, snapshot);
  }
  // DuckDB answers with how many rows it stored, in a column of its own naming.
  const [stored] = await session.readRows(`create or replace table ${table} as\n${sql}`);
  return Number(Object.values(stored ?? {})[0]);
};

const buildInTransaction = async (
  session: Session,
  { seeds, tables, snapshot, signal }: BuildPlan,
  inspect: (query: Query) => Promise<void>,
  query: Query,
): Promise<BuiltTable[]> => {
  const building: { table: string | null } = { table: null };
  const steps = async (): Promise<BuiltTable[]> => {
    const built: BuiltTable[] = [];
    for (const seed of seeds) {
      throwIfStopped(signal);
      building.table = seed.table;
      await writeSeed(session, seed);
    }
    for (const table of tables) {
      throwIfStopped(signal);
      building.table = table.table;
      const startedAt = performance.now();
      const rows = await buildTable(session, table, snapshot);
      const durationMs = Math.round(performance.now() - startedAt);
      built.push({ table: table.table, rows, durationMs });
    }
    building.table = null;
    await writeComments(session, tables);
    await inspect((...asked) => {
      throwIfStopped(signal);
      return query(...asked);
    });
    throwIfStopped(signal);
    return built;
  };
  signal?.addEventListener('abort', session.interrupt);
  try {
    return await session.transact(steps);
  } catch (error) {
    throwIfStopped(signal);
    throw building.table === null ? error : explainTable(building.table, error);
  } finally {
    signal?.removeEventListener('abort', session.interrupt);
  }
};

/**
 * Builds all tables in one transaction, which ends only when `inspect` is content. A stop ends the statement that runs.
 *
 * Their rows are stored in any order: to keep one, each thread holds what it has made until all before it is stored.
 */
export const buildTables = async (
  session: Session,
  plan: BuildPlan,
  inspect: (query: Query) => Promise<void>,
  query: Query,
): Promise<BuiltTable[]> => {
  await session.run('set preserve_insertion_order = false');
  try {
    return await buildInTransaction(session, plan, inspect, query);
  } finally {
    if (!session.isBroken()) await session.run('set preserve_insertion_order = true');
  }
};
