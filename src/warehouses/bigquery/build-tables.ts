import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { WarehouseError } from '../../errors.ts';
import { explainTable, throwIfStopped } from '../explain-table.ts';
import type { BuildPlan, BuiltTable, Query, Seed, TableBuild } from '../warehouse.ts';
import type { TableResource } from './api.ts';
import { createTableSql, nameAside, type Aside } from './aside.ts';
import { buildHistory, snapshotTable } from './build-history.ts';
import { loadTable } from './load-lines.ts';
import { publish, type Made } from './publish.ts';
import { dryRunSql, explained, runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

const requestsInFlight = 8;

/** The rows of a seed as lines of JSON; an empty text is left out, and so is NULL. */
// eslint-disable-next-line @typescript-eslint/require-await -- uploads come from files, which are read in time
async function* encodeSeed({ columns, rows }: Seed): AsyncGenerator<string> {
  for (const row of rows) {
    const pairs = columns.map((name, index) => [name, row[index] ?? '']);
    yield `${JSON.stringify(Object.fromEntries(pairs.filter(([, text]) => text !== '')))}\n`;
  }
}

const buildSeed = async (session: Session, seed: Seed, aside: Aside): Promise<void> => {
  const table = aside.nameOf(seed.table);
  const schema = seed.columns.map((name) => ({ name, type: 'STRING', mode: 'NULLABLE' }));
  if (seed.rows.length === 0) {
    await session.api.createTable(toTableId(session, table), { schema: { fields: schema } });
    return;
  }
  await loadTable(session, {
    ...{ entity: seed.table, step: 'build', action: `build ${seed.table}`, table, schema },
    id: `fieldmart_seed_${session.newId()}`,
    rows: seed.rows.length,
    lines: () => encodeSeed(seed),
  });
};

const getMade = async (session: Session, name: string): Promise<TableResource> => {
  const made = await session.api.getTable(toTableId(session, name));
  if (made === null) throw new Error(`${name} was made and is not there`);
  return made;
};

const buildTable = async (
  session: Session,
  { table, sql, historyColumn }: TableBuild,
  aside: Aside,
  snapshot: BuildPlan['snapshot'],
): Promise<number> => {
  if (historyColumn !== null) {
    return buildHistory(session, { table, sql, column: historyColumn }, aside, snapshot);
  }
  const order = { entity: table, step: 'build', action: `build ${table}` } as const;
  const query = { ...order, rename: aside.rename };
  const { columns } = await dryRunSql(session, { ...query, sql });
  const name = aside.nameOf(table);
  await runSql(session, { ...query, sql: createTableSql(name, columns, sql) });
  return Number((await getMade(session, name)).numRows ?? 0);
};

/** Names the table that could not be made in what is thrown. */
const naming = async <T>(session: Session, table: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await explained(session, `build ${table}`, work);
  } catch (error) {
    const isNamed =
      error instanceof WarehouseError && error.message.startsWith(`Cannot build ${table}: `);
    throw isNamed
      ? new WarehouseError(error.message, { cause: error, table })
      : explainTable(table, error);
  }
};

const buildAll = async (
  session: Session,
  { seeds, tables, snapshot, signal }: BuildPlan,
  aside: Aside,
): Promise<BuiltTable[]> => {
  for (const seed of seeds) {
    throwIfStopped(signal);
    await naming(session, seed.table, () => buildSeed(session, seed, aside));
  }
  const built: BuiltTable[] = [];
  for (const table of tables) {
    throwIfStopped(signal);
    const startedAt = performance.now();
    const rows = await naming(session, table.table, () =>
      buildTable(session, table, aside, snapshot),
    );
    const durationMs = Math.round(performance.now() - startedAt);
    built.push({ table: table.table, rows, durationMs });
  }
  return built;
};

type Compared = Omit<TableBuild, 'sql'>;

const describeSeed = ({ table }: Seed): Compared => ({
  ...{ table, historyColumn: null, columns: [] },
  description: 'What a person wrote into the file of this name in sql/seeds: texts alone.',
});

const compareAll = ({ api, ...session }: Session, plan: BuildPlan, aside: Aside) => {
  const limit = pLimit(requestsInFlight);
  const all = { api, ...session };
  const compare = async ({ table, historyColumn, ...text }: Compared): Promise<Made> => ({
    ...{ table, historyColumn, text },
    made: await getMade(all, aside.nameOf(table)),
    published: await api.getTable(toTableId(all, table)),
  });
  return Promise.all(
    [...plan.seeds.map(describeSeed), ...plan.tables].map((one) => limit(compare, one)),
  );
};

/** What stands aside is of no use any more; what cannot be dropped now expires. */
const dropAside = async (session: Session, plan: BuildPlan, aside: Aside): Promise<void> => {
  const limit = pLimit(requestsInFlight);
  const names = [...plan.seeds, ...plan.tables].map(({ table }) => aside.nameOf(table));
  const histories = plan.tables.filter(({ historyColumn }) => historyColumn !== null);
  const rows = histories.map(({ table }) => snapshotTable(aside, table));
  const drop = (name: string) => session.api.deleteTable(toTableId(session, name));
  await Promise.allSettled([...names, ...rows].map((name) => limit(drop, name)));
};

/**
 * Builds all tables aside, in the dataset for staging, and publishes them when `inspect` is content.
 * @param queryAs A query that sees tables under other names than their own.
 */
export const buildTables = async (
  session: Session,
  plan: BuildPlan,
  inspect: (query: Query) => Promise<void>,
  queryAs: (rename: Aside['rename']) => Query,
): Promise<BuiltTable[]> => {
  const aside = nameAside(session.newId().replaceAll('-', '').slice(0, 12), plan);
  try {
    const built = await buildAll(session, plan, aside);
    await inspect(queryAs(aside.rename));
    throwIfStopped(plan.signal);
    await explained(session, 'publish the build', async () => {
      await publish(session, await compareAll(session, plan, aside), aside, plan.snapshot);
    });
    return built;
  } finally {
    await dropAside(session, plan, aside);
  }
};
