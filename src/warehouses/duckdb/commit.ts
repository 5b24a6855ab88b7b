import type { Batch, Entity } from '../../model.ts';
import { sumCounts, type LedgerEntry, type Stamp } from '../counts.ts';
import { driftOfPages, sumDrift } from '../drift.ts';
import { keyColumn, rawTable } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { notJson } from '../staging.ts';
import type { Commit, Staged } from '../warehouse.ts';
import { columnTypes } from './column-types.ts';
import { countStaged } from './count-staged.ts';
import { mergeRows } from './merge-rows.ts';
import { moveControls } from './move-controls.ts';
import type { Parameters, Session } from './open-session.ts';
import { explainView } from './records-view.ts';
import { readCommitted } from './stage.ts';
import { readStagedDrift, writeDrift } from './write-drift.ts';
import { writeLedger } from './write-ledger.ts';

const typeOfColumn = (entity: Entity, name: string): string => {
  const column = entity.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`Entity ${entity.name} has no column ${name}`);
  return columnTypes[column.type];
};

const scopeSql = (
  entity: Entity,
  scope: NonNullable<Batch['scope']>,
): { sql: string; parameters: Parameters } => {
  if (scope.kind === 'all') return { sql: 'true', parameters: {} };
  const column = `t.${quoteName(scope.column)}`;
  const type = typeOfColumn(entity, scope.column);
  if (scope.kind === 'range') {
    return {
      sql: `${column} >= $from::${type} and ${column} < $to::${type}`,
      parameters: { from: scope.window.from, to: scope.window.to },
    };
  }
  return {
    sql: `${column} in (select unnest($values)::${type})`,
    parameters: { values: scope.values },
  };
};

/**
 * Marks the rows that the batch's complete set no longer holds. A row that was extracted after the set's first page may
 * be younger than the set, and stays; and so do all rows when a record of the batch could not be read: it may be any
 * of them.
 */
const deleteMissing = async (session: Session, staged: Staged, batch: Batch): Promise<number> => {
  if (batch.scope === null) return 0;
  const first = batch.pages[0];
  if (first === undefined) throw new Error(`Batch ${batch.loadId} has a scope but no page`);
  const { entity, table } = staged;
  const key = quoteName(keyColumn(entity));
  const { sql, parameters } = scopeSql(entity, batch.scope);
  return session.run(
    `update ${rawTable(entity)} as t
    set _deleted = true, _extracted_at = $first::timestamptz, _load_id = $load
    where t.tenant_id = $tenant and not t._deleted and t._extracted_at < $first::timestamptz
      and ${sql}
      and not exists (
        select 1 from ${table} as s
        where s._load_id = $load and s._reject is null and s.${key} = t.${key}
      )
      and not exists (
        select 1 from ${table} as s where s._load_id = $load and s._reject = '${notJson}'
      )`,
    { ...parameters, first: first.extractedAt, load: batch.loadId, tenant: batch.tenantId },
  );
};

const writeRejects = (session: Session, { entity, table }: Staged, loads: string[]) =>
  session.run(
    `insert into st_ops.rejects by name
    select
      _load_id as load_id, tenant_id, $entity as entity, _position as position, _reject as reason,
      _id_text as key
    from ${table}
    where _reject is not null and _load_id in (select unnest($loads))`,
    { entity: entity.name, loads },
  );

const commitBatches = async (
  session: Session,
  staged: Staged,
  batches: readonly Batch[],
  stamp: Stamp,
): Promise<Commit> => {
  const loadIds = batches.map(({ loadId }) => loadId);
  const { loads, drifts } = await countStaged(session, staged, batches);
  const rejects = new Map(loadIds.map((loadId) => [loadId, loads.get(loadId)?.rejects ?? 0]));
  const used = new Map(loadIds.map((loadId) => [loadId, loads.get(loadId)?.used ?? 0]));
  await moveControls(session, batches, rejects, stamp.at);
  const merged = await mergeRows(session, staged, used);
  const entries: LedgerEntry[] = [];
  for (const batch of batches) {
    const { inserted = 0, updated = 0 } = merged.get(batch.loadId) ?? {};
    const deleted = await deleteMissing(session, staged, batch);
    entries.push({
      batch,
      counts: { inserted, updated, deleted, rejects: rejects.get(batch.loadId) ?? 0 },
    });
  }
  await writeLedger(session, entries, stamp);
  const total = sumCounts(entries.map(({ counts }) => counts));
  if (total.rejects > 0) await writeRejects(session, staged, loadIds);
  const found = drifts ? await readStagedDrift(session, staged.table) : [];
  await writeDrift(
    session,
    staged.entity,
    sumDrift([...found, ...driftOfPages(batches)]),
    stamp.at,
  );
  return { loadIds, ...total };
};

/**
 * Commits staged batches in one transaction: fence, merge, complete sets, ledger, rejects and drift, or none of it.
 * @throws WarehouseError when another run moved a control row, or the files are no longer what was staged.
 */
export const commit = async (session: Session, staged: Staged, stamp: Stamp): Promise<Commit> => {
  try {
    return await session.transact(async () => {
      const committed = await readCommitted(session, staged.batches);
      const fresh = staged.batches.filter(({ loadId }) => !committed.has(loadId));
      if (fresh.length > 0) return commitBatches(session, staged, fresh, stamp);
      return { loadIds: [], ...sumCounts([]) };
    });
  } catch (error) {
    throw explainView(staged, error);
  }
};
