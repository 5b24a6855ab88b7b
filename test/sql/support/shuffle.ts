/** The same items in an order that the seed decides; 0 leaves them as they are. */
export const shuffle = <T>(items: readonly T[], seed: number): T[] => {
  if (seed === 0) return [...items];
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return items
    .map((item) => ({ item, place: next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
};
