import type { Batch } from '../../model.ts';
import { sumCounts, type LedgerEntry, type Stamp } from '../counts.ts';
import { driftOfPages, sumDrift } from '../drift.ts';
import type { Commit, Staged } from '../warehouse.ts';
import { deleteMissing } from './delete-missing.ts';
import { countStaged } from './count-staged.ts';
import { mergeRows } from './merge-rows.ts';
import { moveControls } from './move-controls.ts';
import type { Session } from './open-session.ts';
import { explainView } from './records-view.ts';
import { readCommitted } from './stage.ts';
import { readStagedDrift, writeDrift } from './write-drift.ts';
import { writeLedger } from './write-ledger.ts';

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
  const missing = await deleteMissing(session, staged, batches);
  const entries = batches.map((batch): LedgerEntry => {
    const { inserted = 0, updated = 0 } = merged.get(batch.loadId) ?? {};
    const deleted = missing.get(batch.loadId) ?? 0;
    const counts = { inserted, updated, deleted, rejects: rejects.get(batch.loadId) ?? 0 };
    return { batch, counts };
  });
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
