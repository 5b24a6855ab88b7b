/**
 * Lets so many work at once; who waits gets the next turn in the order of asking, the urgent before the others. Work that
 * fails gives its turn back too.
 */
export type TakeTurn = <T>(work: () => Promise<T>, options: { urgent: boolean }) => Promise<T>;

/** @param turnsMax How many work at once. */
export const createTurns = (turnsMax: number): TakeTurn => {
  const urgents: (() => void)[] = [];
  const others: (() => void)[] = [];
  let free = turnsMax;

  return async (work, { urgent }) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => (urgent ? urgents : others).push(resolve));
    try {
      return await work();
    } finally {
      const next = urgents.shift() ?? others.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
