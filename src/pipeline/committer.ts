import type { Batch, Entity } from '../model.ts';

/** What the committer asks of a warehouse: stages the batches, and answers what commits them. */
export type StageGroup = (entity: Entity, batches: Batch[]) => Promise<() => Promise<void>>;

type Waiting = {
  entity: Entity;
  batch: Batch;
  awaited: boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/** `awaited`: something of the entity begins only when all of its batches are committed. */
export type CommitBatch = (
  entity: Entity,
  batch: Batch,
  options: { awaited: boolean },
) => Promise<void>;

export type Committer = {
  /** Resolves once the batch is committed; rejects as its group does. */
  commit: CommitBatch;
  /** Says that a batch may come soon, worth waiting for; returns what says that it is no longer expected. */
  expect: (entity: Entity) => () => void;
};

/** Runs something after a while; returns what calls it off. */
export type After = (ms: number, run: () => void) => () => void;

export type CommitterOptions = {
  /** Waiting batches that are this large together are committed, whatever else is expected. */
  bytesMax: number;
  /** After this long they are committed whatever is expected, once no group is ready: a stream that stalls holds up none. */
  gatherMsMax: number;
  /** Groups of different entities that are committed side by side. */
  commitsAtOnce: number;
  /** The timer. */
  after: After;
};

/** The process's own timer. */
export const afterMs: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};

/** What waits of one entity. */
type Gathered = { entity: Entity; bytes: number; awaited: boolean };

/** By entity, those first of which a batch has waited longest. */
const gather = (waiting: readonly Waiting[]): Gathered[] => {
  const entities = [...new Set(waiting.map(({ entity }) => entity))];
  return entities.map((entity) => {
    const items = waiting.filter((item) => item.entity === entity);
    const bytes = items.reduce((sum, { batch }) => sum + batch.bytes, 0);
    return { entity, bytes, awaited: items.some(({ awaited }) => awaited) };
  });
};

/**
 * The way to the warehouse: one group at a time is staged, while those before are committed: of an entity one after the
 * other, in the order in which they were staged. Sealed batches gather until those of an entity are `bytesMax` together,
 * or until all that is awaited of it is there, or until no further one is expected (or `gatherMsMax` have passed) and a
 * commit could begin: it costs some hundredths of a second however small it is, and a spool that waits is safe. A group
 * is of one entity, up to `bytesMax`, so that many small windows cost one transaction.
 */
export const createCommitter = (
  stageGroup: StageGroup,
  { bytesMax, gatherMsMax, commitsAtOnce, after }: CommitterOptions,
): Committer => {
  let waiting: Waiting[] = [];
  let callOff: (() => void) | null = null;
  let isLate = false;
  const expected: Entity[] = [];
  let staging = false;
  const committing = new Map<Entity, Promise<void>>();

  const isReady = ({ entity, bytes, awaited }: Gathered): boolean =>
    bytes >= bytesMax || (awaited && !expected.includes(entity));

  /**
   * Of entities of which a group is ready, the one that has waited longest: a feed has one batch at a time, and many
   * windows of others must not go before it. Where none is, the one of which most waits, if it need not gather. One that is
   * being committed comes after others like it, since its next group has to wait for that.
   */
  const chooseEntity = (): Entity | undefined => {
    const gathered = gather(waiting);
    const ready = gathered.filter(isReady);
    const gathers = committing.size >= commitsAtOnce || (expected.length > 0 && !isLate);
    const bytes = gathered.reduce((sum, entity) => sum + entity.bytes, 0);
    if (gathers && ready.length === 0 && bytes < bytesMax) return undefined;
    const candidates = ready.length > 0 ? ready : gathered.sort((a, b) => b.bytes - a.bytes);
    return (candidates.find(({ entity }) => !committing.has(entity)) ?? candidates[0])?.entity;
  };

  const takeGroup = (): Waiting[] => {
    const chosen = chooseEntity();
    const group: Waiting[] = [];
    let bytes = 0;
    for (const item of waiting) {
      if (item.entity !== chosen) continue;
      bytes += item.batch.bytes;
      if (group.length > 0 && bytes > bytesMax) break;
      group.push(item);
    }
    waiting = waiting.filter((item) => !group.includes(item));
    return group;
  };

  /** Tells each batch of the group what became of it. */
  const settle = async <T>(group: Waiting[], work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      for (const item of group) item.reject(error);
      return undefined;
    }
  };

  const commitStaged = async (
    group: Waiting[],
    entity: Entity,
    commit: () => Promise<void>,
  ): Promise<void> => {
    await settle(group, async () => {
      await commit();
      for (const item of group) item.resolve();
    });
    committing.delete(entity);
    void drain();
  };

  const whenFree = async (entity: Entity): Promise<void> => {
    await committing.get(entity);
    while (committing.size >= commitsAtOnce) await Promise.race(committing.values());
  };

  const moveGroup = async (group: Waiting[], entity: Entity): Promise<void> => {
    const batches = group.map(({ batch }) => batch);
    const commit = await settle(group, () => stageGroup(entity, batches));
    await whenFree(entity);
    if (commit !== undefined) committing.set(entity, commitStaged(group, entity, commit));
  };

  const drain = async (): Promise<void> => {
    if (staging) return;
    staging = true;
    for (let group = takeGroup(); group[0] !== undefined; group = takeGroup()) {
      await moveGroup(group, group[0].entity);
    }
    staging = false;
    if (waiting.length > 0) return;
    callOff?.();
    callOff = null;
    isLate = false;
  };

  const watchTime = (): void => {
    callOff ??= after(gatherMsMax, () => {
      isLate = true;
      void drain();
    });
  };

  return {
    commit: (entity, batch, { awaited }) =>
      new Promise((resolve, reject) => {
        waiting.push({ entity, batch, awaited, resolve, reject });
        watchTime();
        void drain();
      }),
    expect: (entity) => {
      expected.push(entity);
      let over = false;
      return () => {
        if (over) return;
        over = true;
        expected.splice(expected.indexOf(entity), 1);
        void drain();
      };
    },
  };
};
