import type { Chain } from '../chains.ts';
import type { Stamp } from '../counts.ts';
import type { TenantDrift } from '../drift.ts';
import type { Batch, Entity } from '../../model.ts';
import { countUsed, rejectsOf, type Facts } from './facts.ts';
import {
  checkControlsSql,
  checkLedgerSql,
  checkMovedSql,
  moveControlsSql,
  writeDeletedSql,
  writeLedgerSql,
} from './ledger-sql.ts';
import { countMergeSql, mergeSql, type Incoming } from './merge-sql.ts';
import { writeDriftSql, writeRejectsSql } from './odd-sql.ts';
import { deleteMissingSql } from './scope-sql.ts';

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
  stamp: Stamp;
};

/** A statement of a script, and what to call it when it would read too much. */
export type Statement = {
  name: string;
  sql: string;
  /** It reads tables that may be large: how many bytes is asked before. */
  large: boolean;
};

const small = (name: string, sql: string): Statement => ({ name, sql, large: false });

const large = (name: string, sql: string): Statement => ({ name, sql, large: true });

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

/** All rows stay when a record of the set could not be read: it may be any of them. */
const isWholeSet = (batch: Batch, facts: Facts): boolean =>
  batch.scope !== null && (facts.loads.get(batch.loadId)?.unreadable ?? 0) === 0;

const deleteStatements = ({ entity, batches, table, facts }: CommitPlan): Statement[] =>
  batches
    .filter((batch) => isWholeSet(batch, facts))
    .flatMap((batch) => [
      large(`the mark on missing rows of ${entity.table}`, deleteMissingSql(entity, batch, table)),
      small('the count', 'set deleted = @@row_count'),
      small('the ledger', writeDeletedSql(batch)),
    ]);

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

/**
 * The commit as one script: ledger check, fence, ledger, merge, complete sets, rejects and drift, or none of it. What
 * the merge will change is counted before it, in the same transaction: MERGE tells only a sum.
 */
export const commitStatements = (plan: CommitPlan): Statement[] => {
  const { entity, batches, chains, facts, stamp } = plan;
  const incoming = toIncoming(plan);
  const counts = incoming === null ? null : countMergeSql(incoming);
  return [
    small('the declaration', 'declare deleted int64'),
    small('the begin', 'begin transaction'),
    small('the ledger check', checkLedgerSql(batches)),
    ...(chains.length > 1 ? [small('the control check', checkControlsSql(chains))] : []),
    small('the fence', moveControlsSql(chains, stamp.at)),
    small('the fence check', checkMovedSql(chains)),
    large(
      `the count of known rows of ${entity.table}`,
      writeLedgerSql(batches, rejectsOf(facts), stamp, counts),
    ),
    ...(incoming === null ? [] : [large(`the merge into ${entity.table}`, mergeSql(incoming))]),
    ...deleteStatements(plan),
    ...oddStatements(plan),
    small('the commit', 'commit transaction'),
  ];
};

/** Statements as one script. */
export const toScript = (statements: readonly Pick<Statement, 'sql'>[]): string =>
  statements.map(({ sql }) => `${sql};\n`).join('');
