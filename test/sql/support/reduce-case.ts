type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const partAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], value);

/** A copy with another part at the path. */
const replaceAt = (value: unknown, path: Path, part: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  const inner = replaceAt(partAt(value, [key]), rest, part);
  return Array.isArray(value)
    ? value.map((item: unknown, index) => (index === key ? inner : item))
    : { ...(value as Record<string, unknown>), [key]: inner };
};

const without = (value: Record<string, unknown>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

const childrenOf = (value: unknown, path: Path): Path[] => {
  const part = partAt(value, path);
  if (Array.isArray(part)) return part.map((_, index) => [...path, index]);
  return isObject(part) ? Object.keys(part).map((key) => [...path, key]) : [];
};

/**
 * The case with every item of a list and every field left out that the failure does not need: runs of items before
 * single ones, whole tables before rows, rows before fields. Faster than shrinking by fast-check, which tries again what
 * it tried before after each success. Ids stay: a row without one is no row.
 * @param fails whether the smaller case fails in the same way; a case that lacks what it must have does not.
 */
export const reduceCase = async <T>(
  whole: T,
  fails: (smaller: T) => Promise<boolean>,
): Promise<T> => {
  let best: unknown = whole;
  const attempt = async (path: Path, part: unknown): Promise<boolean> => {
    const smaller = replaceAt(best, path, part);
    if (!(await fails(smaller as T))) return false;
    best = smaller;
    return true;
  };
  const listAt = (path: Path): unknown[] => partAt(best, path) as unknown[];
  const thinList = async (path: Path): Promise<void> => {
    for (let size = listAt(path).length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < listAt(path).length;) {
        const left = listAt(path).filter((_, index) => index < from || index >= from + size);
        if (!(await attempt(path, left))) from += size;
      }
    }
  };
  const thinObject = async (path: Path): Promise<void> => {
    for (const key of Object.keys(partAt(best, path) as object)) {
      if (key === 'id') continue;
      await attempt(path, without(partAt(best, path) as Record<string, unknown>, key));
    }
  };
  for (let paths: Path[] = [[]]; paths.length > 0;) {
    for (const path of paths) {
      const part = partAt(best, path);
      if (Array.isArray(part)) await thinList(path);
      else if (isObject(part)) await thinObject(path);
    }
    paths = paths.flatMap((path) => childrenOf(best, path));
  }
  return best as T;
};
