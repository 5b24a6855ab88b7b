import {
  duckdbBuildMemoryMb,
  duckdbHeavyRecordBytes,
  duckdbHeavyRecordTimes,
  duckdbLoadFreedMb,
  duckdbLoadMemoryMb,
} from '../../limits.ts';
import type { Batch } from '../../model.ts';
import { isOutOfMemory } from './explain-failure.ts';
import type { Means, Say, Session } from './open-session.ts';

/** Works on a connection within certain means. */
type Within = <T>(on: Session, work: () => Promise<T>) => Promise<T>;

/** What DuckDB may use of the machine for which kind of work; it is one allowance for all connections to the file. */
export type MeansOf = {
  load: Within;
  /** To be called right before `load` stages or commits these: makes room for heavy records. */
  makeRoomFor: (batches: readonly Pick<Batch, 'rows' | 'bytes'>[]) => void;
  /** A question, or a build. */
  answer: Within;
  /** The last work: all memory there is, since a checkpoint that runs out of it cannot be tried again. */
  close: Within;
  /** Gives back what a load has freed, unless the program keeps it for what comes next. */
  giveBack: (on: Session) => Promise<void>;
  /**
   * The file is opened anew: loads need no more than they did at first, or twice as much as was not enough.
   * @param notEnoughMb What a load had that ran out of it.
   */
  startOver: (notEnoughMb?: number) => void;
  /** Megabytes that loads may hold now, and at most. */
  ofLoads: () => { memoryMb: number; maxMb: number };
};

export type MeansOptions = {
  /** In memory the tables count too, and nothing can be written aside. */
  inMemory: boolean;
  memoryMbMax: number;
  threadsMax: number;
  freedMbMax: number;
  /** Told when a work is done again with more memory. */
  inform: Say;
};

export const createMeans = ({
  inMemory,
  memoryMbMax,
  threadsMax,
  freedMbMax,
  inform,
}: MeansOptions): MeansOf => {
  const limit = (memoryMb: number): number =>
    inMemory ? memoryMbMax : Math.min(memoryMb, memoryMbMax);
  /** Staging runs beside commits and the reading of pages: further threads would take their cores. */
  const loading: Means = {
    ...{ threads: 1, memoryMb: limit(duckdbLoadMemoryMb), freedMb: duckdbLoadFreedMb },
  };
  const answering: Means = {
    ...{ threads: threadsMax, memoryMb: limit(duckdbBuildMemoryMb), freedMb: freedMbMax },
  };
  const raise = (means: Means, notEnoughMb: number): void => {
    means.memoryMb = Math.min(Math.max(means.memoryMb, 2 * notEnoughMb), memoryMbMax);
    inform('memory was not enough: DuckDB is given more, and it is done again', {
      memoryMb: means.memoryMb,
    });
  };
  /**
   * A very long record among others, or a table of very many groups, needs more memory: twice as much, and twice again.
   * It stays allowed, to loads until the file is opened anew, to questions and builds for good: what runs beside could
   * not take it back while it is held.
   */
  const within = async <T>(on: Session, means: Means, work: () => Promise<T>): Promise<T> => {
    const { memoryMb } = means;
    try {
      await on.allow(means);
      return await work();
    } catch (error) {
      if (!isOutOfMemory(error) || memoryMb === memoryMbMax) throw error;
      raise(means, memoryMb);
      return within(on, means, work);
    }
  };
  return {
    load: (on, work) => within(on, loading, work),
    makeRoomFor: (batches) => {
      const heavy = batches.filter(({ rows, bytes }) => bytes > rows * duckdbHeavyRecordBytes);
      const heavyMb = heavy.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
      const needed = limit(duckdbLoadMemoryMb + Math.ceil(duckdbHeavyRecordTimes * heavyMb));
      loading.memoryMb = Math.max(loading.memoryMb, needed);
    },
    answer: (on, work) => within(on, answering, work),
    close: (on, work) => within(on, { ...loading, memoryMb: memoryMbMax }, work),
    giveBack: async (on) => {
      // What was done is done: if the database is out of order, whoever asks it next is told.
      if (freedMbMax <= 1) await on.giveBack().catch(() => undefined);
    },
    startOver: (notEnoughMb) => {
      loading.memoryMb = limit(duckdbLoadMemoryMb);
      if (notEnoughMb !== undefined) raise(loading, notEnoughMb);
    },
    ofLoads: () => ({ memoryMb: loading.memoryMb, maxMb: memoryMbMax }),
  };
};
