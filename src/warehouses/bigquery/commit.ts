import type { Batch, Entity } from '../../model.ts';
import { WarehouseError } from '../../errors.ts';
import { explainLate, toChains, type Chain } from '../chains.ts';
import { sumCounts, type Stamp } from '../counts.ts';
import { driftOfPages, sumDrift, type TenantDrift } from '../drift.ts';
import type { Commit, Row, Staged } from '../warehouse.ts';
import {
  commitStatements,
  toScript,
  wholeSets,
  type CommitPlan,
  type Statement,
} from './commit-sql.ts';
import type { Costs } from './costs.ts';
import { BigqueryFailure, isConflict } from './failure.ts';
import { rejectsOf } from './facts.ts';
import { readLedgerSql, scriptFaults } from './ledger-sql.ts';
import { storedMonthsSql } from './merge-sql.ts';
import { checkTables } from './prepare.ts';
import type { Finished } from './run-job.ts';
import { dryRunSql, explained, hashOf, readRows, runSql } from './run-sql.ts';
import { hidesMonths, missingMonthsSql } from './scope-sql.ts';
import type { Cost, Session } from './session.ts';
import { readCommitted, type StagedFacts } from './stage.ts';
import { readControls } from './controls.ts';

/** What BigQuery bills a statement for each table that it reads, however small. */
const tableBytesMin = 10 * 1024 * 1024;

/** Tables that a statement of the script reads at most. */
const tablesPerStatement = 3;

const nothing: Commit = { loadIds: [], ...sumCounts([]) };

const actionOf = (entity: Entity): string => `commit ${entity.name}`;

const stoppedBy = (error: unknown, fault: keyof typeof scriptFaults): boolean =>
  error instanceof BigqueryFailure && error.message.includes(scriptFaults[fault]);

/** What staging found in these batches, and what the source saw in their records. */
const driftOf = (drift: StagedFacts['drift'], batches: readonly Batch[]): TenantDrift[] => {
  const loadIds = new Set(batches.map(({ loadId }) => loadId));
  const staged = drift.filter(({ loadId }) => loadIds.has(loadId));
  return sumDrift([...staged, ...driftOfPages(batches)]);
};

const explainDear = (statement: Statement, bytes: number, session: Session, entity: Entity) =>
  new WarehouseError(
    `Cannot ${actionOf(entity)}: ${statement.name} would read ${bytes} bytes and the cap is ` +
      `${String(session.maxBytesBilled)}; raise BIGQUERY_MAX_BYTES_BILLED`,
  );

/**
 * Asks what the large statements will read; so much, and the least that is billed for small ones, is what the script may
 * be billed.
 * @throws WarehouseError when that is above the cap.
 */
const findCap = async (
  session: Session,
  entity: Entity,
  statements: readonly Statement[],
): Promise<number> => {
  const asked = statements.flatMap((statement) =>
    statement.reads === null ? [] : [{ ...statement, reads: statement.reads }],
  );
  const bytes = await Promise.all(
    asked.map(async ({ reads: sql }) => {
      const purpose = { entity: entity.name, step: 'commit', action: actionOf(entity) } as const;
      return (await dryRunSql(session, { ...purpose, sql })).bytesProcessed;
    }),
  );
  const total = bytes.reduce((sum, one) => sum + one, 0);
  const most = Math.max(0, ...bytes);
  const dear = asked[bytes.indexOf(most)];
  if (session.maxBytesBilled !== null && total > session.maxBytesBilled && dear !== undefined) {
    throw explainDear(dear, most, session, entity);
  }
  return total + statements.length * tablesPerStatement * tableBytesMin;
};

/** What a commit is made with. */
type CommitOrder = Omit<CommitPlan, 'costs'> & { books: Books };

/** What staging cost, and what else is to be written down. */
export type Books = { staging: Cost; costs: Costs };

/**
 * What a job of the same loads did earlier is looked for in the ledger: a job that is done says nothing once somebody has
 * set the tables back.
 */
const runPlan = async (session: Session, plan: CommitPlan): Promise<Finished> => {
  const { entity, batches } = plan;
  const statements = commitStatements(plan);
  const capBytes = await findCap(session, entity, statements);
  return runSql(session, {
    ...{ entity: entity.name, step: 'commit', action: actionOf(entity), capBytes },
    ...{ sql: toScript(statements), bookkeeps: true },
    id: `fieldmart_commit_${hashOf(session, ...batches.map(({ loadId }) => loadId))}`,
    isThere: async () =>
      (await readCommitted(session, entity, batches)).size === new Set(batches).size,
  });
};

/** Runs the script with the costs known so far; they are kept for the next time when it did not write them. */
const runScript = async (
  session: Session,
  { books: { staging, costs }, ...order }: CommitOrder,
): Promise<Finished> => {
  const steps = costs.take();
  let isWritten = false;
  try {
    const given = { runId: session.runId, staging, steps };
    const finished = await runPlan(session, { ...order, costs: given });
    isWritten = !finished.found;
    return finished;
  } finally {
    if (!isWritten) costs.giveBack(steps);
  }
};

/** The batch whose control row is not at its version; undefined when all are. */
const findLate = async (
  session: Session,
  batches: readonly Batch[],
): Promise<Batch | undefined> => {
  const [first] = batches;
  if (first === undefined) throw new Error('No batch to commit');
  for (const tenantId of new Set(batches.map((batch) => batch.tenantId))) {
    const controls = await readControls(session, tenantId, first.entity);
    const late = batches.find((batch) => {
      if (batch.tenantId !== tenantId) return false;
      const rows = controls.filter(({ stream }) => stream === batch.stream);
      const firstOfStream = batches.find(
        ({ stream, tenantId: tenant }) => stream === batch.stream && tenant === tenantId,
      );
      return rows.length !== 1 || rows[0]?.version !== firstOfStream?.version;
    });
    if (late !== undefined) return late;
  }
  return undefined;
};

type Months = readonly (number | null)[];

const monthOf = ({ month }: Row): number | null => (month === null ? null : Number(month));

const findMonths = async (session: Session, plan: CommitOrder): Promise<Months> => {
  const { entity, batches, table, facts, months } = plan;
  const loadIds = batches.map(({ loadId }) => loadId);
  const tenantIds = [...new Set(batches.map(({ tenantId }) => tenantId))];
  if (table === null) return months;
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'commit', action: actionOf(entity) },
    sql: storedMonthsSql({ entity, table, loadIds, tenantIds, months, ids: facts.ids }),
  });
  return [...new Set([...months, ...rows.map(monthOf)])];
};

/** Months in which complete sets find rows to mark, where their scopes do not say. */
const findMissing = async (
  session: Session,
  { entity, batches, facts, table }: Pick<CommitPlan, 'entity' | 'batches' | 'facts' | 'table'>,
): Promise<Map<string, Months>> => {
  const sets = wholeSets(batches, facts).filter((batch) => hidesMonths(entity, batch));
  if (sets.length === 0) return new Map();
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'commit', action: actionOf(entity) },
    sql: missingMonthsSql(entity, sets, table),
  });
  return new Map(
    sets.map(({ loadId }) => [loadId, rows.filter((row) => row.load_id === loadId).map(monthOf)]),
  );
};

/**
 * Runs the script; where a stored row stands in another month than its new version, or a row to be marked in another
 * than was found, once more with that month. Other batches of the commit may bring a row that a set lacks.
 */
const runWithMonths = async (session: Session, plan: CommitOrder): Promise<Finished> => {
  try {
    return await runScript(session, plan);
  } catch (error) {
    if (!stoppedBy(error, 'months')) throw error;
    const [months, missing] = [await findMonths(session, plan), await findMissing(session, plan)];
    for (const [loadId, found] of missing) missing.set(loadId, [...new Set([...found, ...months])]);
    return runScript(session, { ...plan, months, missing });
  }
};

/** A statement that BigQuery does not take, though it took it before: a table may have been altered. */
const explainAltered = async (
  session: Session,
  entity: Entity,
  error: unknown,
): Promise<unknown> => {
  const isRefused =
    error instanceof BigqueryFailure && ['invalid', 'invalidQuery'].includes(error.facts.reason);
  if (isRefused && !isConflict(error)) await checkTables(session, entity);
  return error;
};

const checkChains = (batches: readonly Batch[], rejects: ReadonlyMap<string, number>): Chain[] => {
  const { chains, broken } = toChains(batches, rejects);
  const late = batches.find((batch) => broken.has(batch));
  if (late !== undefined) throw explainLate(late);
  return chains;
};

const numberOf = (row: Row, name: string): number => Number(row[name] ?? 0);

/** What the ledger says that the commit did. */
const readCommit = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  at: string,
): Promise<Commit> => {
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'commit', action: actionOf(entity) },
    sql: readLedgerSql(batches, at),
  });
  const counts = rows.map((row) => ({
    inserted: numberOf(row, 'rows_inserted'),
    updated: numberOf(row, 'rows_updated'),
    deleted: numberOf(row, 'rows_deleted'),
    rejects: numberOf(row, 'rejects'),
  }));
  return { loadIds: batches.map(({ loadId }) => loadId), ...sumCounts(counts) };
};

/** The staging table is gone: another run moved a control row, and saw that nobody can commit it any more. */
const isGone = (error: unknown): boolean =>
  error instanceof BigqueryFailure && error.facts.reason === 'notFound';

/**
 * What of the batches is left to commit after the script stopped.
 * @throws WarehouseError when another run moved a control row; the error, explained, when it stopped for something else.
 */
const findRest = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  error: unknown,
): Promise<Batch[]> => {
  const isLate = stoppedBy(error, 'fence');
  if (!isLate && !stoppedBy(error, 'ledger') && !isGone(error)) {
    throw await explainAltered(session, entity, error);
  }
  const committed = isLate ? new Set() : await readCommitted(session, entity, batches);
  if (committed.size > 0 || stoppedBy(error, 'ledger')) {
    return batches.filter(({ loadId }) => !committed.has(loadId));
  }
  const late = (await findLate(session, batches)) ?? (isLate ? batches[0] : undefined);
  throw late === undefined ? await explainAltered(session, entity, error) : explainLate(late);
};

const commitBatches = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  { table, facts, drift }: StagedFacts,
  given: { stamp: Stamp; books: Books },
): Promise<Commit> => {
  if (batches.length === 0) return nothing;
  const chains = checkChains(batches, rejectsOf(facts));
  try {
    const missing = await findMissing(session, { entity, batches, facts, table });
    const plan = { entity, batches, chains, table, facts, months: facts.months, missing, ...given };
    const { found } = await runWithMonths(session, { ...plan, drift: driftOf(drift, batches) });
    return found ? nothing : await readCommit(session, entity, batches, given.stamp.at);
  } catch (error) {
    const rest = await findRest(session, entity, batches, error);
    return commitBatches(session, entity, rest, { table, facts, drift }, given);
  }
};

/**
 * Commits staged batches in one transaction of one script: ledger check, fence, merge, complete sets, rejects, drift,
 * ledger and costs, or none of it.
 * @throws WarehouseError when another run moved a control row.
 */
export const commit = (
  session: Session,
  { entity, batches }: Staged,
  facts: StagedFacts,
  given: { stamp: Stamp; books: Books },
): Promise<Commit> =>
  explained(session, actionOf(entity), () => commitBatches(session, entity, batches, facts, given));
