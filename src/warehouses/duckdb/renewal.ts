import { isEndOfMemory } from './explain-failure.ts';
import type { MeansOf } from './means.ts';

type Work = <T>(work: () => Promise<T>) => Promise<T>;

export type Renewal = {
  /** Makes a commit, and opens the file anew before the one that comes after so many. */
  commit: Work;
  /**
   * Loads. Where a commit or a checkpoint ran out of memory, this one or one beside, the file is opened anew, loads are
   * given more, and it is done again: before that DuckDB refuses the file, or takes what was deleted for deleted.
   */
  load: Work;
};

/** @param renew Opens the file anew; answers whether it could be. */
export const createRenewal = (
  commitsPerOpening: number,
  means: Pick<MeansOf, 'startOver' | 'ofLoads'>,
  renew: () => Promise<boolean>,
): Renewal => {
  let commits = 0;
  const openAnew = async (): Promise<boolean> => {
    commits = 0;
    try {
      return await renew();
    } catch (error) {
      commits = commitsPerOpening;
      throw error;
    }
  };
  /** Before a commit and not after it: when the file is not to be had again, none has been made. */
  const renewInTime = async (): Promise<void> => {
    if (commits < commitsPerOpening) return;
    await openAnew();
    means.startOver();
  };
  /** @param leastMb What the attempt before was given, at the least: a renewal beside may have taken it back. */
  const loadWith = async <T>(work: () => Promise<T>, leastMb: number): Promise<T> => {
    let notEnoughMb: number;
    try {
      return await work();
    } catch (error) {
      const { memoryMb, maxMb } = means.ofLoads();
      notEnoughMb = Math.max(memoryMb, leastMb);
      if (!isEndOfMemory(error) || notEnoughMb >= maxMb || !(await openAnew())) throw error;
    }
    means.startOver(notEnoughMb);
    return loadWith(work, 2 * notEnoughMb);
  };
  const load: Work = (work) => loadWith(work, 0);
  return {
    load,
    commit: async (commit) => {
      await renewInTime();
      const done = await load(commit);
      commits += 1;
      return done;
    },
  };
};
