import type { Chain } from '../chains.ts';
import type { Stamp } from '../counts.ts';
import type { TenantDrift } from '../drift.ts';
import type { Batch, Entity } from '../../model.ts';
import { countUsed, rejectsOf, type Facts } from './facts.ts';
import { sharesOf, splitCost, writeCostsSql, type StepCost } from './costs.ts';
import {
  checkControlsSql,
  checkLedgerSql,
  checkMovedSql,
  countMergedSql,
  mergedType,
  moveControlsSql,
  writeLedgerSql,
} from './ledger-sql.ts';
import { countMergeSql, mergeSql, type Incoming } from './merge-sql.ts';
import { writeDriftSql, writeRejectsSql } from './odd-sql.ts';
import { checkMissingSql, deleteMissingSql } from './scope-sql.ts';
import type { Cost } from './session.ts';

/** What a commit writes. */
export type CommitPlan = {
  entity: Entity;
  batches: readonly Batch[];
  chains: readonly Chain[];
  /** The staging table; null when no batch has rows. */
  table: string | null;
  facts: Facts;
  drift: readonly TenantDrift[];
  /** Months of the partitions that the merge looks at. */
  months: readonly (number | null)[];
  /** Months of the rows that complete sets no longer hold, by load; none where the set's scope has its own. */
  missing: ReadonlyMap<string, readonly (number | null)[]>;
  stamp: Stamp;
  costs: {
    /** Names the invocation on the labels of its jobs. */
    runId: string;
    /** What staging the batches cost. */
    staging: Cost;
    /** What is to be written down with the commit. */
    steps: readonly StepCost[];
  };
};

/** A statement of a script, and what to call it when it would read too much. */
export type Statement = {
  name: string;
  sql: string;
  /** What of it reads tables that may be large: how many bytes is asked before. */
  reads: string | null;
};

const small = (name: string, sql: string): Statement => ({ name, sql, reads: null });

const large = (name: string, sql: string): Statement => ({ name, sql, reads: sql });

/** Sets a variable. */
const set = (name: string, variable: string, query: string): Statement => ({
  ...{ name, sql: `set ${variable} = (${query})`, reads: query },
});

const toIncoming = ({ entity, batches, table, facts, months }: CommitPlan): Incoming | null =>
  table === null || countUsed(facts, batches) === 0
    ? null
    : {
        entity,
        table,
        loadIds: batches.map(({ loadId }) => loadId),
        tenantIds: [...new Set(batches.map(({ tenantId }) => tenantId))],
        months,
        ids: facts.ids,
      };

/** The batches that mark missing rows. All rows stay when a record of a set could not be read: it may be any of them. */
export const wholeSets = (batches: readonly Batch[], facts: Facts): Batch[] =>
  batches.filter(
    ({ scope, loadId }) => scope !== null && (facts.loads.get(loadId)?.unreadable ?? 0) === 0,
  );

/** Variables for the rows that complete sets mark, by load id. */
const nameDeleted = ({ batches, facts }: CommitPlan): Map<string, string> =>
  new Map(wholeSets(batches, facts).map(({ loadId }, index) => [loadId, `deleted_${index}`]));

const deleteStatements = (plan: CommitPlan, deleted: ReadonlyMap<string, string>): Statement[] => {
  const { entity, batches, table, missing } = plan;
  return batches.flatMap((batch) => {
    const variable = deleted.get(batch.loadId);
    if (variable === undefined) return [];
    const months = missing.get(batch.loadId) ?? null;
    const look = (list: readonly (number | null)[]): Statement =>
      large(
        `the look for missing rows of ${entity.table}`,
        checkMissingSql(entity, batch, table, list),
      );
    const mark = deleteMissingSql(entity, batch, table, months);
    return [
      ...(months === null ? [] : [look(months)]),
      ...(months?.length === 0
        ? []
        : [
            large(`the mark on missing rows of ${entity.table}`, mark),
            small('the count', `set ${variable} = @@row_count`),
          ]),
    ];
  });
};

const oddStatements = ({ entity, batches, table, facts, drift, stamp }: CommitPlan) => {
  const loadIds = batches.map(({ loadId }) => loadId);
  const rejected = loadIds.some((loadId) => (facts.loads.get(loadId)?.rejects ?? 0) > 0);
  return [
    ...(rejected && table !== null
      ? [small('the rejects', writeRejectsSql(entity, table, loadIds))]
      : []),
    ...(drift.length > 0 ? [small('the drift', writeDriftSql(entity, drift, stamp.at))] : []),
  ];
};

const bookStatements = (
  { entity, batches, facts, stamp, costs }: CommitPlan,
  { isMerged, deleted }: { isMerged: boolean; deleted: ReadonlyMap<string, string> },
): Statement[] => {
  const shares = sharesOf(batches);
  const ofLoads = splitCost(batches, costs.staging).map(
    ({ loadId, ...cost }) => [loadId, { ...cost, share: shares.get(loadId) ?? '0' }] as const,
  );
  const given = { rejects: rejectsOf(facts), costs: new Map(ofLoads), stamp, isMerged, deleted };
  const script = { entity: entity.name, step: 'commit' } as const;
  const written = { runId: costs.runId, at: stamp.at };
  return [
    small('the ledger', writeLedgerSql(batches, given)),
    small('the costs', writeCostsSql(costs.steps, written, script)),
  ];
};

/**
 * The commit as one script: ledger check, fence, merge, complete sets, rejects and drift, ledger and costs, or none of
 * it. What the merge will change is counted before it, in the same transaction: MERGE tells only a sum. The books come
 * last, when the script knows what it was billed; they are rows that are inserted, which is billed nothing.
 */
export const commitStatements = (plan: CommitPlan): Statement[] => {
  const { entity, batches, chains, stamp } = plan;
  const incoming = toIncoming(plan);
  const deleted = nameDeleted(plan);
  return [
    small('the declaration', `declare merged ${mergedType}`),
    ...[...deleted.values()].map((name) =>
      small('the declaration', `declare ${name} int64 default 0`),
    ),
    small('the begin', 'begin transaction'),
    small('the ledger check', checkLedgerSql(batches)),
    ...(chains.length > 1 ? [small('the control check', checkControlsSql(chains))] : []),
    small('the fence', moveControlsSql(chains, stamp.at)),
    small('the fence check', checkMovedSql(chains)),
    ...(incoming === null
      ? []
      : [
          set(
            `the count of known rows of ${entity.table}`,
            ...(['merged', countMergedSql(countMergeSql(incoming))] as const),
          ),
          large(`the merge into ${entity.table}`, mergeSql(incoming)),
        ]),
    ...deleteStatements(plan, deleted),
    ...oddStatements(plan),
    ...bookStatements(plan, { isMerged: incoming !== null, deleted }),
    small('the commit', 'commit transaction'),
  ];
};

/** Statements as one script. */
export const toScript = (statements: readonly Pick<Statement, 'sql'>[]): string =>
  statements.map(({ sql }) => `${sql};\n`).join('');
