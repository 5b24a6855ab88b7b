import type { Batch, Entity } from '../../model.ts';
import type { TenantDrift } from '../drift.ts';
import { chooseFresh, limitRejects } from '../staging.ts';
import type { Staged } from '../warehouse.ts';
import { driftRules } from './drift-rules.ts';
import { factsSql, noFacts, readFacts, type Facts } from './facts.ts';
import { quoteText } from './googlesql-text.ts';
import { describeStaged } from './leftovers.ts';
import { readCommittedSql } from './ledger-sql.ts';
import { checkFile, loadLines } from './load-lines.ts';
import { findDriftSql } from './odd-sql.ts';
import { explained, hashOf, readRows, runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';
import { typedSql } from './typed-sql.ts';

/** What is known of a staging table, for its commit. */
export type StagedFacts = {
  /** Null when there was nothing to put into it. */
  table: string | null;
  facts: Facts;
  /** Drift of each load. */
  drift: readonly (TenantDrift & { loadId: string })[];
};

/** Load ids of the batches that the ledger holds. */
export const readCommitted = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
): Promise<Set<unknown>> => {
  if (batches.length === 0) return new Set();
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'stage', action: `stage ${entity.name}` },
    sql: readCommittedSql(batches),
  });
  return new Set(rows.map((row) => row.load_id));
};

/** The typed rows of the batches' lines, in a table that is named after the very SQL that makes it. */
const makeTyped = async (
  session: Session,
  entity: Entity,
  { lines, batches }: { lines: string; batches: readonly Batch[] },
): Promise<string> => {
  const select = typedSql(entity, { table: lines, batches });
  const hash = hashOf(session, entity.name, select);
  const table = `st_stage.typed_${hash}`;
  await runSql(session, {
    ...{ entity: entity.name, step: 'stage', action: `stage ${entity.name}` },
    sql: `create or replace table ${table}\noptions (description = ${quoteText(describeStaged(batches))})\nas ${select}`,
    id: `fieldmart_stage_${hash}`,
    isThere: async () => (await session.api.getTable(toTableId(session, table))) !== null,
  });
  return table;
};

const toDrift = (entity: Entity, row: Readonly<Record<string, unknown>>) => {
  const rules = driftRules(entity);
  const indexes = String(row.rules)
    .split(',')
    .filter((index) => index !== '');
  return indexes.flatMap((index) => {
    const rule = rules[Number(index)];
    if (rule === undefined) throw new Error(`Entity ${entity.name} has no drift rule ${index}`);
    const { field, kind } = rule;
    const [loadId, tenantId] = [String(row.load_id), String(row.tenant_id)];
    return { loadId, tenantId, field, kind, count: Number(row.n) };
  });
};

const findDrift = async (session: Session, entity: Entity, table: string) => {
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'stage', action: `stage ${entity.name}` },
    sql: findDriftSql(table),
  });
  return rows.flatMap((row) => toDrift(entity, row));
};

const readStagedFacts = async (
  session: Session,
  entity: Entity,
  table: string,
  staged: number,
): Promise<StagedFacts> => {
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'stage', action: `stage ${entity.name}` },
    sql: factsSql(entity, table, staged),
  });
  const facts = readFacts(entity, rows, staged);
  const drift = facts.drifting === 0 ? [] : await findDrift(session, entity, table);
  return { table, facts, drift };
};

const dropTables = async ({ api, ...session }: Session, tables: readonly string[]) => {
  await Promise.all(tables.map((table) => api.deleteTable(toTableId({ api, ...session }, table))));
};

const fillTables = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
): Promise<StagedFacts> => {
  for (const batch of batches) await checkFile(batch);
  const full = batches.filter(({ rows }) => rows > 0);
  if (full.length === 0) return { table: null, facts: noFacts, drift: [] };
  const lines = await loadLines(session, entity, full);
  const table = await makeTyped(session, entity, { lines, batches: full });
  await dropTables(session, [lines]);
  const rows = full.reduce((sum, batch) => sum + batch.rows, 0);
  return readStagedFacts(session, entity, table, rows);
};

const checkRejects = (entity: Entity, rows: number, { facts }: StagedFacts): number => {
  const rejects = [...facts.loads.values()].reduce((sum, load) => sum + load.rejects, 0);
  if (facts.first !== null) limitRejects(entity, { rejects, rows }, facts.first);
  return rejects;
};

/** Drops a staging table; one that is not dropped expires. */
export const dropStaged = (session: Session, table: string | null): Promise<void> =>
  explained(session, 'drop a staging table', () =>
    dropTables(session, table === null ? [] : [table]),
  );

/**
 * Stages the batches that the ledger does not hold: their records are loaded as they are, then one query makes typed
 * rows of all.
 * @param handle What the staging is called.
 * @param keep Takes what its commit will want to know.
 */
export const stage = (
  session: Session,
  { entity, batches, handle }: { entity: Entity; batches: readonly Batch[]; handle: string },
  keep: (facts: StagedFacts) => void,
): Promise<Staged> =>
  explained(session, `stage ${entity.name}`, async () => {
    const fresh = chooseFresh(batches, await readCommitted(session, entity, batches));
    const rows = fresh.reduce((sum, batch) => sum + batch.rows, 0);
    const facts = await fillTables(session, entity, fresh);
    try {
      const rejects = checkRejects(entity, rows, facts);
      keep(facts);
      return { entity, batches: fresh, table: handle, rows, rejects };
    } catch (error) {
      await dropStaged(session, facts.table);
      throw error;
    }
  });
