import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { describeFailure, RecordError, SourceError, Stopped } from '../errors.ts';
import type { Control } from '../model.ts';
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

/** After such an outcome nothing more is begun. */
export const endsRun = ({ outcome, error }: Outcome): boolean =>
  outcome === 'stopped' || (outcome === 'failed' && !isOfEntityAlone(error));

/** A feed has no windows: all its pages are asked for one after the other. */
const isFeed = ({ read }: Move): boolean => read.kind === 'feed';

/** The longest chains first: whatever is begun late, they are not what the run waits for in the end. */
const sortFeedsFirst = (moves: readonly Move[]): Move[] => [
  ...moves.filter(isFeed),
  ...moves.filter((move) => !isFeed(move)),
];

/**
 * Moves streams, several at once: feeds first, the others in the order given. What concerns one entity alone ends that
 * entity; anything else ends the run once the pages in flight are safe.
 */
export const runStreams = async (
  moves: readonly Move[],
  deps: Omit<MoveDeps, 'reading'> &
    InFlight & {
      /** Says that a batch may come soon; returns what says that it is no longer expected. */
      expectBatch: () => () => void;
    },
): Promise<Outcome[]> => {
  const outcomes = new Map<string, Outcome>();
  for (const { entity } of moves) {
    outcomes.set(entity.name, { entity: entity.name, outcome: 'ok', rows: 0, message: '' });
  }
  const abort = new AbortController();
  const signal = AbortSignal.any([deps.signal, abort.signal]);
  // Each stream that reads listens for the stop.
  setMaxListeners(deps.streamsInFlight + 1, signal);
  const limit = pLimit(deps.streamsInFlight);
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
      const arrived = deps.expectBatch();
      try {
        return await takeTurn(work, { urgent: isFeed(next) });
      } finally {
        // Its batch is handed over once it is sealed, if there is one.
        setImmediate(arrived);
      }
    };

  const move = async (next: Move): Promise<void> => {
    const outcome = outcomes.get(next.entity.name);
    if (outcome === undefined || outcome.outcome === 'failed') return;
    try {
      if (signal.aborted) throw new Stopped('stopped');
      const rows = await moveStream(next, { ...deps, signal, reading: readingOf(next) });
      outcome.rows += rows;
    } catch (error) {
      fail(outcome, error);
    }
  };

  await Promise.all(sortFeedsFirst(moves).map((next) => limit(move, next)));
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
