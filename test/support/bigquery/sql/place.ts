/** ` at [2:5]`: line and column of a position, as Google's messages end. */
export const describePlace = (text: string, at: number): string => {
  const before = text.slice(0, at).split('\n');
  return ` at [${before.length}:${(before.at(-1) ?? '').length + 1}]`;
};
