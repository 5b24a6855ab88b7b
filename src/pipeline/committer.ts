import type { Batch, Entity } from '../model.ts';

/** What the committer asks of a warehouse. */
export type CommitGroup = (entity: Entity, batches: Batch[]) => Promise<void>;

type Waiting = {
  entity: Entity;
  batch: Batch;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * One lane to the warehouse. While it commits, sealed batches gather; the next commit takes all that wait for the same
 * entity, up to `bytesMax`, so that many small windows cost one transaction and a large batch is not held up.
 */
export const createCommitter = (
  commitGroup: CommitGroup,
  bytesMax: number,
): ((entity: Entity, batch: Batch) => Promise<void>) => {
  let waiting: Waiting[] = [];
  let busy = false;

  const takeGroup = (): Waiting[] => {
    const group: Waiting[] = [];
    let bytes = 0;
    for (const item of waiting) {
      if (item.entity !== waiting[0]?.entity) continue;
      bytes += item.batch.bytes;
      if (group.length > 0 && bytes > bytesMax) break;
      group.push(item);
    }
    waiting = waiting.filter((item) => !group.includes(item));
    return group;
  };

  const commitOne = async (group: Waiting[], entity: Entity): Promise<void> => {
    try {
      await commitGroup(
        entity,
        group.map(({ batch }) => batch),
      );
      for (const item of group) item.resolve();
    } catch (error) {
      for (const item of group) item.reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    busy = true;
    for (let group = takeGroup(); group[0] !== undefined; group = takeGroup()) {
      await commitOne(group, group[0].entity);
    }
    busy = false;
  };

  return (entity, batch) =>
    new Promise((resolve, reject) => {
      waiting.push({ entity, batch, resolve, reject });
      if (!busy) void drain();
    });
};
