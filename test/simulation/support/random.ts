/** Chance that a seed decides. */
export type Random = {
  /** From 0 to below 1. */
  next: () => number;
  /** An integer from 0 to below the bound. */
  below: (bound: number) => number;
  chance: (probability: number) => boolean;
  /** One element of a list that is not empty. */
  pick: <T>(list: readonly T[]) => T;
};

/** The generator sfc32, seeded with one integer. */
export const createRandom = (seed: number): Random => {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9, 0x243f6a88, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i += 1) next();
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('Nothing to pick from');
      return found;
    },
  };
};
