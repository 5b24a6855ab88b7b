import type { Control, Entity } from '../model.ts';
import type { PlannedStream } from '../warehouses/warehouse.ts';
import { parseCursor, toJson } from './cursor.ts';
import type { Move } from './move-stream.ts';
import {
  planBackfill,
  plannedCursor,
  type BackfillRange,
  type PlannedRead,
} from './plan-backfill.ts';
import { cursorAfterBackfill } from './plan-sync.ts';
import { runMoves, type PipelineDeps, type RunResult } from './run-moves.ts';
import { controlOf } from './run-streams.ts';

const toStream = (tenantId: string, planned: PlannedRead): PlannedStream => ({
  tenantId,
  entity: planned.entity.name,
  stream: planned.stream,
  cursor: plannedCursor(planned),
});

/** The sync of an entity starts where its first backfill began; one that has a cursor keeps it. */
const syncStream = (tenantId: string, entity: Entity, now: string): PlannedStream => ({
  tenantId,
  entity: entity.name,
  stream: 'sync',
  cursor: toJson(cursorAfterBackfill(now)),
});

const toMove = (planned: PlannedRead, controls: Control[]): Move => {
  const control = controlOf(controls, planned.entity.name, planned.stream);
  const { position = null } = control.cursor as { position?: null };
  return { entity: planned.entity, control, read: planned.read, position };
};

/** Before the source's first record. */
const beginning = '1970-01-01T00:00:00.000Z';

const startOf = ({ read }: Move): string => (read.kind === 'window' ? read.window.from : beginning);

/**
 * Where the feed says more than the list, the sync goes back to the earliest record that is about to be read from the
 * list. One that has further to go already is left alone.
 */
const reopenFeed = (entity: Entity, open: Move[], controls: Control[]): PlannedStream[] => {
  const starts = open.filter((move) => move.entity === entity).map(startOf);
  const since = starts.sort()[0];
  if (!entity.feedCompletes || since === undefined) return [];
  const control = controlOf(controls, entity.name, 'sync');
  const cursor = parseCursor(control.cursor);
  const isFurther = cursor.since !== undefined && cursor.since <= since;
  if (isFurther && cursor.read === undefined) return [];
  const { tenantId } = control;
  return [{ tenantId, entity: entity.name, stream: 'sync', cursor: toJson({ since }) }];
};

/**
 * Reads history into the warehouse: windows of a month (or the whole entity, or its feed from a date), several at once.
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
  const before = await warehouse.readControls(tenantId);
  const planned = entities.flatMap((entity) =>
    planBackfill(
      entity,
      before.filter((control) => control.entity === entity.name),
      options,
    ),
  );
  const streams = planned.map((read) => toStream(tenantId, read));
  const syncs = entities.map((entity) => syncStream(tenantId, entity, options.now));
  await warehouse.planStreams([...streams, ...syncs]);
  if (options.force) await warehouse.restartStreams(streams);
  const controls = await warehouse.readControls(tenantId);
  const moves = planned.map((read) => toMove(read, controls));
  const open = moves.filter(({ control }) => !control.done);
  await warehouse.restartStreams(entities.flatMap((entity) => reopenFeed(entity, open, controls)));
  deps.log.info('backfill planned', {
    entities: entities.length,
    windows: moves.length,
    finishedBefore: moves.length - open.length,
  });
  return runMoves('backfill', entities, open, deps);
};
