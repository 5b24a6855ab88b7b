import type { Control, Entity } from '../model.ts';
import { parseCursor, toJson } from './cursor.ts';
import { shiftInstant } from './local-dates.ts';
import type { Move } from './move-stream.ts';
import { planSync } from './plan-sync.ts';
import { runMoves, type PipelineDeps, type RunResult } from './run-moves.ts';
import { controlOf } from './run-streams.ts';

const weekMs = 7 * 86_400_000;

export type SyncOptions = {
  /** The run's frozen present, UTC. */
  now: string;
  /** Read everything modified since this instant, whatever the cursors say; null: go on from the cursors. */
  since: string | null;
  /** How far before its cursor a read by modification begins again. */
  lookbackMs: number;
};

const isFresh = (control: Control): boolean =>
  Object.keys(parseCursor(control.cursor)).length === 0;

const toMove = (
  entity: Entity,
  control: Control,
  options: SyncOptions,
  deps: PipelineDeps,
): Move => {
  const since = options.since ?? shiftInstant(options.now, -weekMs);
  if (isFresh(control) && entity.sync !== 'whole') {
    deps.log.warn('no cursor yet: reading the last 7 days only; a backfill brings the rest', {
      entity: entity.name,
    });
  }
  const lookbackMs = options.since === null ? options.lookbackMs : 0;
  const planned = planSync(entity, parseCursor(control.cursor), {
    now: options.now,
    since,
    lookbackMs,
  });
  return { entity, control, ...planned };
};

/**
 * Brings each entity up to date: its export feed on from the token of the last sync, or what was modified since then,
 * or the whole of a small entity; a first sync after a backfill starts where the backfill began.
 */
export const sync = async (
  entities: readonly Entity[],
  options: SyncOptions,
  deps: PipelineDeps,
): Promise<RunResult> => {
  const { warehouse, source } = deps;
  const { tenantId } = source;
  const streams = entities.map(({ name: entity }) => ({ tenantId, entity, stream: 'sync' }));
  await warehouse.planStreams(streams.map((stream) => ({ ...stream, cursor: null })));
  const { since } = options;
  if (since !== null) {
    await warehouse.restartStreams(
      streams.map((stream) => ({ ...stream, cursor: toJson({ since }) })),
    );
  }
  const controls = await warehouse.readControls(tenantId);
  const moves = entities.map((entity) =>
    toMove(entity, controlOf(controls, entity.name, 'sync'), options, deps),
  );
  return runMoves('sync', entities, moves, deps);
};
