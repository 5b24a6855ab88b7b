import { exitCodeOf, stoppedExitCode } from '../errors.ts';
import { gatherMsMax } from '../limits.ts';
import type { Batch, Entity } from '../model.ts';
import type { Commit, RunRow, Warehouse } from '../warehouses/warehouse.ts';
import { afterMs, createCommitter, type After, type StageGroup } from './committer.ts';
import type { Move, MoveDeps } from './move-stream.ts';
import { nothingRead, runStreams, type InFlight, type Outcome } from './run-streams.ts';

export type PipelineDeps = Omit<MoveDeps, 'commit' | 'reading'> &
  InFlight & {
    warehouse: Warehouse;
    /** Names this invocation in the ledger and in the runs table. */
    runId: string;
    /** Called after each commit, before the next one of its entity. */
    onCommitted: () => Promise<void>;
    /** The clock, for the runs table. */
    clock: () => Date;
    /** The timer that ends the gathering of batches. Default: the process's own. */
    after?: After;
  };

export type RunResult = {
  outcomes: Outcome[];
  /** What was committed: records and their bytes as received; then what that changed. */
  records: number;
  bytes: number;
  inserted: number;
  updated: number;
  deleted: number;
};

const addCommit = (
  { log }: PipelineDeps,
  total: RunResult,
  { entity, batches, commit }: { entity: Entity; batches: Batch[]; commit: Commit },
): void => {
  for (const { loadId, rows, bytes } of batches) {
    if (!commit.loadIds.includes(loadId)) continue;
    total.records += rows;
    total.bytes += bytes;
  }
  const { inserted, updated, deleted, rejects } = commit;
  total.inserted += inserted;
  total.updated += updated;
  total.deleted += deleted;
  log.debug('committed', { entity: entity.name, inserted, updated, deleted, rejects });
  if (rejects > 0) log.warn('records rejected', { entity: entity.name, rejects });
};

const stageGroup =
  (deps: PipelineDeps, total: RunResult): StageGroup =>
  async (entity, batches) => {
    const { warehouse, runId } = deps;
    const staged = await warehouse.stage(entity, batches);
    return async () => {
      try {
        const commit = await warehouse.commit(staged, runId);
        addCommit(deps, total, { entity, batches, commit });
      } finally {
        await warehouse.dropStaged(staged);
      }
      await deps.onCommitted();
    };
  };

const exitCodeIn = (outcome: { outcome: RunRow['outcome']; error?: unknown }): number | null => {
  switch (outcome.outcome) {
    case 'running':
      return null;
    case 'ok':
      return 0;
    case 'stopped':
      return stoppedExitCode;
    case 'failed':
      return exitCodeOf(outcome.error);
  }
};

const toRunRow = (
  command: string,
  deps: PipelineDeps,
  startedAt: string,
  outcome: Omit<Outcome, 'outcome'> & { outcome: RunRow['outcome'] },
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
  exitCode: exitCodeIn(outcome),
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
  deps: PipelineDeps,
  moves: readonly Move[],
): Promise<RunResult> => {
  const { warehouse, clock } = deps;
  const startedAt = clock().toISOString();
  const outcomes = entities.map(({ name }) => nothingRead(name));
  const running = outcomes.map((outcome) => ({ ...outcome, outcome: 'running' as const }));
  await warehouse.recordRuns(running.map((row) => toRunRow(command, deps, startedAt, row, null)));
  const result: RunResult = {
    ...{ outcomes, records: 0, bytes: 0 },
    ...{ inserted: 0, updated: 0, deleted: 0 },
  };
  const { batchBytesMax: bytesMax, after = afterMs } = deps;
  const committer = { bytesMax, gatherMsMax, commitsAtOnce: warehouse.commitsAtOnce, after };
  const { commit, expect } = createCommitter(stageGroup(deps, result), committer);
  deps.onProgress({ kind: 'planned', parts: moves.length });
  result.outcomes = await runStreams(entities, moves, { ...deps, commit, expectBatch: expect });
  const endedAt = clock().toISOString();
  const ended = result.outcomes.map((outcome) =>
    toRunRow(command, deps, startedAt, outcome, endedAt),
  );
  await recordEnd(warehouse, ended, result);
  return result;
};
