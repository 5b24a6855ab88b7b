import type { Control, Entity } from '../model.ts';
import type { PlannedStream } from '../warehouses/warehouse.ts';
import { parseCursor, toJson } from './cursor.ts';
import { feedDate } from './local-dates.ts';
import type { Move } from './move-stream.ts';

/** The stream that reads an entity's feed after its list. */
export const completionStream = 'backfill complete';

const startOf = ({ read }: Move): string[] => (read.kind === 'window' ? [read.window.from] : []);

/** Where an earlier completion that did not finish was to start; it must still go that far back. */
const pendingFrom = (control: Control | undefined): string[] => {
  if (control === undefined || control.done) return [];
  const { read } = parseCursor(control.cursor);
  return read?.kind === 'feed' && read.from !== null ? [read.from] : [];
};

/**
 * Where the feed says more than the list, it is read after the list, as far back as the list is read now: only then is
 * its word the later one on a record that both hand out.
 */
export const planCompletions = (
  entities: readonly Entity[],
  open: readonly Move[],
  controls: readonly Control[],
  tenantId: string,
): PlannedStream[] =>
  entities
    .filter(({ feed }) => feed.completes)
    .flatMap((entity) => {
      const starts = open.filter((move) => move.entity === entity).flatMap(startOf);
      if (starts.length === 0) return [];
      const known = controls.find(
        (control) => control.entity === entity.name && control.stream === completionStream,
      );
      const from = [...starts.map(feedDate), ...pendingFrom(known)].sort()[0] ?? null;
      const cursor = toJson({ read: { kind: 'feed', from } });
      return [{ tenantId, entity: entity.name, stream: completionStream, cursor }];
    });
