import type { Entity, Json, Read } from '../model.ts';
import type { Cursor } from './cursor.ts';
import { feedDate, shiftInstant } from './local-dates.ts';

/** What the first sync after a backfill starts from: the backfill's beginning, so that nothing changed meanwhile is missed. */
export const cursorAfterBackfill = (startedAt: string): Cursor => ({ since: startedAt });

/**
 * What a sync of the entity reads now, and from which position.
 * @param since used where the cursor knows nothing yet.
 */
export const planSync = (
  entity: Entity,
  cursor: Cursor,
  options: { now: string; since: string; lookbackMs: number },
): { read: Read; position: Json } => {
  if (cursor.read !== undefined) return { read: cursor.read, position: cursor.position ?? null };
  const since = shiftInstant(cursor.since ?? options.since, -options.lookbackMs);
  switch (entity.sync) {
    case 'feed':
      return { read: { kind: 'feed', from: feedDate(since) }, position: cursor.position ?? null };
    case 'sets':
      return { read: { kind: 'sets', from: feedDate(since) }, position: cursor.position ?? null };
    case 'modified':
      return {
        read: { kind: 'modified', window: { from: since, to: options.now } },
        position: null,
      };
    case 'whole':
      return { read: { kind: 'whole' }, position: null };
  }
};
