import { setMaxListeners } from 'node:events';
import { describeFailure, RecordError, SourceError, Stopped } from '../errors.ts';
import type { Control, Entity } from '../model.ts';
import type { CommitBatch } from './committer.ts';
import { createTurns } from './create-turns.ts';
import { moveStream, type Move, type MoveDeps } from './move-stream.ts';

/** How one entity fared in a run. */
export type Outcome = {
  entity: string;
  outcome: 'ok' | 'failed' | 'stopped';
  /** Rows read, whether they changed anything or not. */
  rows: number;
  /** Why it did not end well: one line. */
  message: string;
  error?: unknown;
};

export const nothingRead = (entity: string): Outcome => ({
  entity,
  outcome: 'ok',
  rows: 0,
  message: '',
});

export type InFlight = {
  /** Streams that are begun: those that read, and those whose sealed batches wait for the warehouse. */
  streamsInFlight: number;
  /** Streams that read at once. */
  readsInFlight: number;
};

/**
 * An error of one entity alone lets the others go on: records that cannot be stored, or what the source says of one
 * endpoint only (a scope that is missing, a list that does not hold still).
 */
const isOfEntityAlone = (error: unknown): boolean =>
  error instanceof RecordError || (error instanceof SourceError && error.ofEntity);

/** A feed has no windows: all its pages are asked for one after the other. */
const isFeed = ({ read }: Move): boolean => read.kind === 'feed';

/**
 * The longest chains first: whatever is begun late, they are not what the run waits for in the end. These are feeds, then
 * what is to be over before another stream of its entity begins.
 */
const sortByChain = (moves: readonly Move[], isFollowed: (move: Move) => boolean): Move[] => {
  const rank = (move: Move): number => {
    if (isFeed(move)) return 0;
    return isFollowed(move) ? 1 : 2;
  };
  return [...moves].sort((a, b) => rank(a) - rank(b));
};

/**
 * Moves streams, several at once: feeds first, then those of entities that have more to read after them, each in the order
 * given; a stream that comes after the others of its entity follows as soon as they have ended well. What concerns one
 * entity alone ends that entity; anything else ends the run once the pages in flight are safe.
 * @returns one outcome for each entity, in their order.
 */
export const runStreams = async (
  entities: readonly Entity[],
  moves: readonly Move[],
  deps: Omit<MoveDeps, 'reading' | 'commit'> &
    InFlight & {
      commit: CommitBatch;
      /** Says that a batch may come soon; returns what says that it is no longer expected. */
      expectBatch: (entity: Entity) => () => void;
    },
): Promise<Outcome[]> => {
  const outcomes = new Map(entities.map(({ name }) => [name, nothingRead(name)]));
  const abort = new AbortController();
  const signal = AbortSignal.any([deps.signal, abort.signal]);
  // Each stream that reads listens for the stop.
  setMaxListeners(deps.streamsInFlight + 1, signal);
  const followers = moves.filter(({ afterOthers }) => afterOthers);
  const others = moves.filter(({ afterOthers }) => !afterOthers);
  const isFollowed = (move: Move): boolean =>
    move.afterOthers !== true && followers.some(({ entity }) => entity === move.entity);
  const takeSlot = createTurns(deps.streamsInFlight);
  const takeTurn = createTurns(deps.readsInFlight);

  const fail = (outcome: Outcome, error: unknown): void => {
    if (outcome.outcome === 'failed') return;
    if (error instanceof Stopped) {
      outcome.outcome = 'stopped';
      return;
    }
    Object.assign(outcome, { outcome: 'failed', message: describeFailure(error), error });
    if (!isOfEntityAlone(error)) abort.abort();
  };

  const readingOf =
    (next: Move): MoveDeps['reading'] =>
    async (work) => {
      const arrived = deps.expectBatch(next.entity);
      try {
        return await takeTurn(work, { urgent: isFeed(next) });
      } finally {
        // Its batch is handed over once it is sealed, if there is one.
        setImmediate(arrived);
      }
    };

  const move = async (next: Move): Promise<void> => {
    const outcome = outcomes.get(next.entity.name);
    if (outcome?.outcome !== 'ok') return;
    try {
      if (signal.aborted) throw new Stopped('stopped');
      const rows = await moveStream(next, {
        ...{ ...deps, signal, reading: readingOf(next) },
        commit: (entity, batch) => deps.commit(entity, batch, { awaited: isFollowed(next) }),
      });
      outcome.rows += rows;
    } catch (error) {
      fail(outcome, error);
    }
  };

  const begin = (next: Move): Promise<void> => takeSlot(() => move(next), { urgent: isFeed(next) });

  const begun = sortByChain(others, isFollowed).map((next) => ({ ...next, ended: begin(next) }));
  const follow = async (next: Move): Promise<void> => {
    await Promise.all(begun.filter(({ entity }) => entity === next.entity).map((b) => b.ended));
    await begin(next);
  };
  await Promise.all([...begun.map(({ ended }) => ended), ...followers.map(follow)]);
  return [...outcomes.values()];
};

/** The control row of a stream among those read, if it was ever planned. */
export const findControl = (
  controls: readonly Control[],
  entity: string,
  stream: string,
): Control | undefined => controls.find((row) => row.entity === entity && row.stream === stream);

/** The control row of a stream that was planned before. */
export const getControl = (
  controls: readonly Control[],
  entity: string,
  stream: string,
): Control => {
  const control = findControl(controls, entity, stream);
  if (control === undefined) throw new Error(`no control row for ${entity} ${stream}`);
  return control;
};
