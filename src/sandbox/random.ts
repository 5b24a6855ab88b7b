// Looked up once: globals are slow to reach where modules run in a context of their own, as under test.
const { imul } = Math;

/** Mixes two integers into one 32-bit integer: the deterministic source of everything invented. */
export function mix(a: number, b: number): number {
  let hash = imul(a ^ ((b + 0x9e3779b9) | 0), 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = imul(hash ^ b, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}

/** An integer in `[0, bound)` for trait `k` of a record with this salt. */
export function below(salt: number, k: number, bound: number): number {
  return (mix(salt, k) >>> 0) % bound;
}

/** A number in `[0, 1)` for trait `k` of a record with this salt. */
export function roll(salt: number, k: number): number {
  return (mix(salt, k) >>> 0) / 0x1_0000_0000;
}

/** One element of a list that is not empty. */
export function pick<T>(salt: number, k: number, list: readonly T[]): T {
  return at(list, below(salt, k, list.length));
}

/** An element that must be there. */
export function at<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new Error(`No element ${index} in a list of ${list.length}`);
  return element;
}
