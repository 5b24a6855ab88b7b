import type { Batch, Entity } from '../model.ts';
import type { RunRow, Warehouse } from '../warehouses/warehouse.ts';
import { createCommitter } from './committer.ts';
import type { Move, MoveDeps } from './move-stream.ts';
import { runStreams, type InFlight, type Outcome } from './run-streams.ts';

export type PipelineDeps = Omit<MoveDeps, 'commit' | 'reading'> &
  InFlight & {
    warehouse: Warehouse;
    /** Names this invocation in the ledger and in the runs table. */
    runId: string;
    /** Called after each commit, before the next one. */
    onCommitted: () => Promise<void>;
    /** The clock, for the runs table. */
    clock: () => Date;
  };

export type RunResult = { outcomes: Outcome[]; inserted: number; updated: number; deleted: number };

const commitGroup =
  (deps: PipelineDeps, total: RunResult) =>
  async (entity: Entity, batches: Batch[]): Promise<void> => {
    const { warehouse, log, runId } = deps;
    const staged = await warehouse.stage(entity, batches);
    try {
      const commit = await warehouse.commit(staged, runId);
      total.inserted += commit.inserted;
      total.updated += commit.updated;
      total.deleted += commit.deleted;
      const { inserted, updated, deleted, rejects } = commit;
      log.debug('committed', { entity: entity.name, inserted, updated, deleted, rejects });
      if (rejects > 0) log.warn('records rejected', { entity: entity.name, rejects });
    } finally {
      await warehouse.dropStaged(staged);
    }
    await deps.onCommitted();
  };

const toRunRow = (
  command: string,
  deps: PipelineDeps,
  startedAt: string,
  outcome: Omit<Outcome, 'error' | 'outcome'> & { outcome: RunRow['outcome'] },
  endedAt: string | null,
): RunRow => ({
  runId: deps.runId,
  command,
  tenantId: deps.source.tenantId,
  entity: outcome.entity,
  startedAt,
  endedAt,
  outcome: outcome.outcome,
  rows: outcome.rows,
  message: outcome.message,
});

/** A warehouse that failed the run may fail here again: then the first failure is the one to report. */
const recordEnd = async (
  warehouse: Warehouse,
  rows: readonly RunRow[],
  result: RunResult,
): Promise<void> => {
  try {
    await warehouse.recordRuns(rows);
  } catch (error) {
    if (result.outcomes.every(({ outcome }) => outcome === 'ok')) throw error;
  }
};

/** Moves the streams and records the run, per entity, when it begins and when it ends. */
export const runMoves = async (
  command: string,
  entities: readonly Entity[],
  moves: readonly Move[],
  deps: PipelineDeps,
): Promise<RunResult> => {
  const { warehouse, clock } = deps;
  const startedAt = clock().toISOString();
  const begun = entities.map(({ name }) =>
    toRunRow(
      command,
      deps,
      startedAt,
      { entity: name, outcome: 'running', rows: 0, message: '' },
      null,
    ),
  );
  await warehouse.recordRuns(begun);
  const result: RunResult = { outcomes: [], inserted: 0, updated: 0, deleted: 0 };
  deps.onProgress({ kind: 'planned', parts: moves.length });
  const commit = createCommitter(commitGroup(deps, result), deps.batchBytesMax);
  const moved = await runStreams(moves, { ...deps, commit });
  result.outcomes = entities.map(
    ({ name }) =>
      moved.find(({ entity }) => entity === name) ?? {
        entity: name,
        outcome: 'ok',
        rows: 0,
        message: 'nothing to read',
      },
  );
  const endedAt = clock().toISOString();
  const ended = result.outcomes.map((outcome) =>
    toRunRow(command, deps, startedAt, outcome, endedAt),
  );
  await recordEnd(warehouse, ended, result);
  return result;
};
