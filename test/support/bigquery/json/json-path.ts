const steps = /\.([^.[\]"\s]+)|\."([^"]*)"|\[(-?[0-9]+)\]/y;

const fault = (path: string, at: number): string =>
  path.startsWith('..', at)
    ? 'Unsupported operator in JSONPath: ..'
    : `Invalid token in JSONPath at: ${path.slice(at)}`;

/**
 * The names and positions that a JSONPath leads through: `$.a."b c"[0]` is `a`, `b c`, `0`.
 * @throws Error in Google's words.
 */
export const parseJsonPath = (path: string): string[] => {
  if (!path.startsWith('$')) throw new Error("JSONPath must start with '$'");
  const found: string[] = [];
  let at = 1;
  while (at < path.length) {
    steps.lastIndex = at;
    const step = steps.exec(path);
    if (step === null) throw new Error(fault(path, at));
    found.push(step[1] ?? step[2] ?? step[3] ?? '');
    at = steps.lastIndex;
  }
  return found;
};
