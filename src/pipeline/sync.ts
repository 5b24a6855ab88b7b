import type { Control, Entity } from '../model.ts';
import type { PlannedStream } from '../warehouses/warehouse.ts';
import { parseCursor, toJson } from './cursor.ts';
import { shiftInstant } from './local-dates.ts';
import type { Move } from './move-stream.ts';
import { planSync } from './plan-sync.ts';
import { readPresent } from './read-present.ts';
import { runMoves, type PipelineDeps, type RunResult } from './run-moves.ts';
import { findControl, getControl } from './run-streams.ts';

const weekMs = 7 * 86_400_000;

/** The stream of `--since`: it leaves the sync's own cursor alone, so that no gap opens between the two. */
const sinceStream = 'sync since';

export type SyncOptions = {
  /** The run's frozen present, UTC. */
  now: string;
  /** Also read everything modified since this instant, whatever the cursors say; null: go on from the cursors. */
  since: string | null;
  /** How far before its cursor a read by modification begins again. */
  lookbackMs: number;
};

const isFresh = (control: Control): boolean =>
  Object.keys(parseCursor(control.cursor)).length === 0;

/** On from the cursor; without one, from `--since` or the last 7 days. */
const toMove = (
  entity: Entity,
  control: Control,
  options: SyncOptions,
  { log }: PipelineDeps,
): Move => {
  const { now, since, lookbackMs } = options;
  const fresh = isFresh(control);
  if (fresh && since === null && entity.sync !== 'whole') {
    log.warn('no cursor yet: reading the last 7 days only; a backfill brings the rest', {
      entity: entity.name,
    });
  }
  const planned = planSync(entity, parseCursor(control.cursor), {
    now,
    since: since ?? shiftInstant(now, -weekMs),
    lookbackMs: fresh ? 0 : lookbackMs,
  });
  return { entity, control, ...planned };
};

/** A sync that takes up an interrupted one reads on to the present, not only to the present of that one. */
const toSync = (
  entity: Entity,
  control: Control,
  options: SyncOptions,
  deps: PipelineDeps,
): Move => ({
  ...toMove(entity, control, options, deps),
  planNext: (after) => toMove(entity, after, options, deps),
});

/** The streams of `--since`, begun anew unless the same one was interrupted. */
const planSince = (
  entities: readonly Entity[],
  controls: readonly Control[],
  options: SyncOptions & { since: string },
  tenantId: string,
): PlannedStream[] =>
  entities.flatMap((entity) => {
    const { now, since } = options;
    const { read } = planSync(entity, {}, { now, since, lookbackMs: 0 });
    const known = findControl(controls, entity.name, sinceStream);
    const before = known === undefined || known.done ? undefined : parseCursor(known.cursor).read;
    if (JSON.stringify(before) === JSON.stringify(read)) return [];
    return [{ tenantId, entity: entity.name, stream: sinceStream, cursor: toJson({ read }) }];
  });

/** A read of everything since a date, beside the sync; a first sync and a whole read need none. */
const readSince = async (
  entities: readonly Entity[],
  controls: readonly Control[],
  options: SyncOptions & { since: string },
  deps: PipelineDeps,
): Promise<Move[]> => {
  const { warehouse, source } = deps;
  const { tenantId } = source;
  const known = entities.filter(
    ({ name, sync }) => sync !== 'whole' && !isFresh(getControl(controls, name, 'sync')),
  );
  await warehouse.restartStreams(planSince(known, controls, options, tenantId));
  const planned = await warehouse.readControls(tenantId);
  return known.map((entity) =>
    toMove(entity, getControl(planned, entity.name, sinceStream), options, deps),
  );
};

/**
 * Brings each entity up to date: its export feed on from the token of the last sync, or what was modified since then,
 * or the whole of a small entity; a first sync after a backfill starts where the backfill began.
 */
export const sync = async (
  entities: readonly Entity[],
  given: SyncOptions,
  deps: PipelineDeps,
): Promise<RunResult> => {
  const options = { ...given, now: await readPresent(given.now, deps) };
  const { warehouse, source } = deps;
  const { tenantId } = source;
  await warehouse.planStreams(
    entities.map(({ name: entity }) => ({ tenantId, entity, stream: 'sync', cursor: null })),
  );
  const controls = await warehouse.readControls(tenantId);
  const moves = entities.map((entity) =>
    toSync(entity, getControl(controls, entity.name, 'sync'), options, deps),
  );
  const { since } = options;
  const more =
    since === null ? [] : await readSince(entities, controls, { ...options, since }, deps);
  return runMoves('sync', entities, deps, [...moves, ...more]);
};
