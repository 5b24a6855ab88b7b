import type { Control, Entity, Read } from '../model.ts';
import type { PlannedStream } from '../warehouses/warehouse.ts';
import { parseCursor, toJson } from './cursor.ts';
import { removeLeft, type Move } from './move-stream.ts';
import {
  planBackfill,
  plannedCursor,
  type BackfillRange,
  type PlannedRead,
} from './plan-backfill.ts';
import { completionStream, planCompletions } from './plan-completions.ts';
import { cursorAfterBackfill } from './plan-sync.ts';
import { runMoves, type PipelineDeps, type RunResult } from './run-moves.ts';
import { readPresent } from './read-present.ts';
import { findControl, getControl } from './run-streams.ts';

const toStream = (tenantId: string, planned: PlannedRead): PlannedStream => ({
  tenantId,
  entity: planned.entity.name,
  stream: planned.stream,
  cursor: plannedCursor(planned),
});

const toMove = ({ entity, stream, read }: PlannedRead, controls: readonly Control[]): Move => {
  const control = getControl(controls, entity.name, stream);
  const cursor = parseCursor(control.cursor);
  return { entity, control, read: cursor.read ?? read, position: cursor.position ?? null };
};

/**
 * The sync of an entity starts where its first backfill began. One that has a cursor keeps it, but the digest of a
 * whole read says nothing any more once a backfill reads the entity too.
 */
const planSyncs = (
  entities: readonly Entity[],
  open: readonly Move[],
  controls: readonly Control[],
  { tenantId, now }: { tenantId: string; now: string },
): PlannedStream[] =>
  entities
    .filter(({ name }) => {
      const cursor = parseCursor(findControl(controls, name, 'sync')?.cursor ?? null);
      const isRead = open.some(({ entity }) => entity.name === name);
      return Object.keys(cursor).length === 0 || (cursor.digest !== undefined && isRead);
    })
    .map(({ name: entity }) => ({
      tenantId,
      entity,
      stream: 'sync',
      cursor: toJson(cursorAfterBackfill(now)),
    }));

/** The version of an entity's sync once these are planned. */
const syncVersion = (
  { name }: Entity,
  controls: readonly Control[],
  planned: readonly PlannedStream[],
): number => {
  const version = findControl(controls, name, 'sync')?.version ?? -1;
  return planned.some(({ entity }) => entity === name) ? version + 1 : version;
};

/**
 * A window that is a complete set is void once the sync has moved: a record that has gone since leaves no trace in the
 * feed that is newer than what was fetched of the window, and would come back with it.
 */
const guardSets = (
  moves: readonly Move[],
  controls: readonly Control[],
  planned: readonly PlannedStream[],
): Move[] =>
  moves.map((move) =>
    move.entity.windows.replaces
      ? { ...move, besideVersion: syncVersion(move.entity, controls, planned) }
      : move,
  );

/** What `--force` reads again: everything finished, unless an interrupted forced run is being resumed. */
const planForced = (
  streams: readonly PlannedStream[],
  controls: readonly Control[],
): PlannedStream[] => {
  const isForced = ({ done, cursor }: Control): boolean =>
    !done && parseCursor(cursor).forced === true;
  const known = streams.map(({ entity, stream }) => getControl(controls, entity, stream));
  if (known.some(isForced)) return [];
  return streams
    .filter((_, index) => known[index]?.done === true)
    .map((stream) => ({
      ...stream,
      cursor: toJson({ ...parseCursor(stream.cursor), forced: true }),
    }));
};

/** The feeds that say more than the lists, each to be read once the lists of its entity are there. */
const completionMoves = (entities: readonly Entity[], controls: readonly Control[]): Move[] =>
  entities.flatMap((entity) => {
    const control = findControl(controls, entity.name, completionStream);
    if (control === undefined || control.done) return [];
    const read: Read = { kind: 'feed', from: null };
    const move = toMove({ entity, stream: completionStream, read }, controls);
    return [{ ...move, afterOthers: true }];
  });

/**
 * Reads history into the warehouse: windows of some months (or the whole entity, or its feed from a date), several at once.
 * What an earlier run finished is skipped, what it began is continued, so resuming is repeating the command.
 * @param options.force reads again what is finished.
 */
export const backfill = async (
  entities: readonly Entity[],
  options: BackfillRange & { force: boolean },
  deps: PipelineDeps,
): Promise<RunResult> => {
  const { warehouse, source } = deps;
  const { tenantId } = source;
  const now = await readPresent(options.now, deps);
  const before = await warehouse.readControls(tenantId);
  const planned = entities.flatMap((entity) =>
    planBackfill(
      entity,
      before.filter((control) => control.entity === entity.name),
      { ...options, now },
    ),
  );
  const streams = planned.map((read) => toStream(tenantId, read));
  await warehouse.planStreams(streams);
  if (options.force) {
    const known = await warehouse.readControls(tenantId);
    await warehouse.restartStreams(planForced(streams, known));
  }
  const controls = await warehouse.readControls(tenantId);
  const moves = planned.map((read) => toMove(read, controls));
  const open = moves.filter(({ control }) => !control.done);
  const syncs = planSyncs(entities, open, controls, { tenantId, now });
  await warehouse.restartStreams([
    ...syncs,
    ...planCompletions(entities, open, controls, tenantId),
  ]);
  const finished = moves.filter(({ control }) => control.done);
  for (const { control } of finished) await removeLeft(deps, control);
  deps.log.info('backfill planned', {
    entities: entities.length,
    windows: moves.length,
    finishedBefore: finished.length,
  });
  const completions = completionMoves(entities, await warehouse.readControls(tenantId));
  return runMoves('backfill', entities, deps, [
    ...guardSets(open, controls, syncs),
    ...completions,
  ]);
};
