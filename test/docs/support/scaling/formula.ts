/** What the names in a formula stand for. */
export type Names = ReadonlyMap<string, number>;

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  ceil: Math.ceil,
  floor: Math.floor,
};

const operators: Readonly<
  Record<string, { rank: number; apply: (a: number, b: number) => number }>
> = {
  '+': { rank: 1, apply: (a, b) => a + b },
  '-': { rank: 1, apply: (a, b) => a - b },
  '*': { rank: 2, apply: (a, b) => a * b },
  '/': { rank: 2, apply: (a, b) => a / b },
};

const toTokens = (text: string): string[] => {
  const tokens = text.match(/[a-z_][a-z0-9_]*|\d+(?:\.\d+)?|\S/g) ?? [];
  const strange = tokens.find((token) => !/^(?:[a-z_]\w*|\d[\d.]*|[-+*/(),])$/.test(token));
  if (strange !== undefined) throw new Error(`${strange} means nothing in the formula ${text}`);
  return tokens;
};

/** The names that a formula uses. */
export const namesIn = (text: string): string[] =>
  toTokens(text).filter((token) => /^[a-z_]/.test(token) && !(token in functions));

/**
 * The value of a formula: numbers, names, `+ - * / ( )`, and min, max, ceil and floor.
 * @throws when it names something unknown, or is no formula.
 */
export const evaluate = (text: string, names: Names): number => {
  const tokens = toTokens(text);
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`${wanted ?? 'a value'} is missing in the formula ${text}`);
    }
    at += 1;
    return token;
  };

  const readList = (): number[] => {
    take('(');
    const values = [readSum(1)];
    while (tokens[at] === ',') {
      take(',');
      values.push(readSum(1));
    }
    take(')');
    return values;
  };

  const readValue = (): number => {
    if (tokens[at] === '(') return readList()[0] ?? Number.NaN;
    const token = take();
    if (/^\d/.test(token)) return Number(token);
    const call = functions[token];
    if (call !== undefined) return call(...readList());
    const value = names.get(token);
    if (value === undefined) throw new Error(`${token} is not known in the formula ${text}`);
    return value;
  };

  function readSum(rank: number): number {
    let value = readValue();
    for (;;) {
      const operator = operators[tokens[at] ?? ''];
      if (operator === undefined || operator.rank < rank) return value;
      at += 1;
      value = operator.apply(value, readSum(operator.rank + 1));
    }
  }

  const value = readSum(1);
  if (at < tokens.length) throw new Error(`${tokens[at] ?? ''} is too much in the formula ${text}`);
  if (!Number.isFinite(value)) throw new Error(`the formula ${text} gives no number`);
  return value;
};
