import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { readCodeFigures } from './support/scaling/code-figures.ts';
import { fillPage, type Given } from './support/scaling/fill-page.ts';
import { evaluate } from './support/scaling/formula.ts';
import { formatValue, parseValue } from './support/scaling/format-value.ts';
import { measure } from './support/scaling/measure/measure.ts';

const path = 'docs/scaling.md';
const writes = process.env.DOCS === 'write';

/** `SCALING_SCALE=1 npm run docs` measures anew what the page computes with; it takes half an hour. */
const scale = process.env.SCALING_SCALE;
const patienceMs = 60_000 + Number(scale ?? 0) * 3_600_000;

let page: string;
let given: Given;
beforeAll(async () => {
  page = await readFile(path, 'utf8');
  given = { value: await readCodeFigures() };
});

describe('a formula', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['12 / 2 / 3', 2],
    ['max(0, a - 5) + ceil(1.2) + min(4, a)', 5],
  ])('%s is %d', (formula, value) => {
    expect(evaluate(formula, new Map([['a', 3]]))).toBe(value);
  });

  test.each([
    ['b', 'b is not known'],
    ['1 +', 'a value is missing'],
    ['1 2', '2 is too much'],
    ['(1', ') is missing'],
    ['1 % 2', '% means nothing'],
    ['1 / 0', 'gives no number'],
  ])('%s is refused: %s', (formula, message) => {
    expect(() => evaluate(formula, new Map())).toThrow(message);
  });
});

test.each([
  ['a', 1234.5, '1,235'],
  ['a', 12.345, '12.3'],
  ['a', 0.0123, '0.012'],
  ['a_share', 0.4567, '45.7 %'],
  ['a_usd', 6.25, '$6.25'],
])('%s of %d is shown as %s, and read again', (name, value, text) => {
  expect(formatValue(name, value)).toBe(text);
  expect(parseValue(text) / value).toBeCloseTo(1, 1);
});

describe('a page', () => {
  const table = (...rows: string[]): string => rows.map((row) => `| ${row} |`).join('\n');

  test('is computed from its own inputs and formulas', () => {
    const text = [
      table('name | value', '--- | ---', '`a` | 2', '`c` | 7'),
      table(
        'name | 1 tenant | 100 tenants | formula',
        '--- | --- | --- | ---',
        '`b_usd` | | | `a * tenants`',
      ),
      'That is <!-- = a + 1 -->?<!-- . --> and <!-- 100: b_usd -->?<!-- . -->.',
    ].join('\n\n');
    const { text: filled, inputs, unused } = fillPage(text, { value: { a: 3 } });
    expect(filled).toContain('| `a` | 3 |');
    expect(filled).toContain('| `b_usd` | $3.00 | $300 | `a * tenants` |');
    expect(filled).toContain(
      'That is <!-- = a + 1 -->4<!-- . --> and <!-- 100: b_usd -->$300<!-- . -->.',
    );
    expect(inputs.get('value')).toEqual(['a', 'c']);
    expect(unused).toEqual(['c']);
  });

  test('has no name twice', () => {
    const text = table('name | value', '--- | ---', '`a` | 2', '`a` | 3');
    expect(() => fillPage(text, {})).toThrow('a has two values');
  });
});

describe('docs/scaling.md', () => {
  test('holds every figure of the program, and uses every input', () => {
    const { inputs, unused } = fillPage(page, given);
    expect(inputs.get('value')).toEqual(expect.arrayContaining(Object.keys(given.value ?? {})));
    expect(unused.filter((name) => inputs.get('value')?.includes(name))).toEqual([]);
  });

  test(
    'holds every figure that is measured',
    async () => {
      const from = scale === undefined ? '2026-03-01T07:00:00.000Z' : '2020-01-01T07:00:00.000Z';
      const span = scale === undefined ? { hours: 1, days: 1 } : { hours: 24, days: 5 };
      const figures = await measure({ scale: Number(scale ?? 0.002), from, ...span });
      const { inputs } = fillPage(page, given);
      expect(inputs.get('scale 1')).toEqual(Object.keys(figures));
      for (const [name, value] of Object.entries(figures)) {
        expect({ name, fair: Number.isFinite(value) && value > 0 }).toEqual({ name, fair: true });
      }
      if (scale !== undefined) given = { ...given, [`scale ${scale}`]: figures };
    },
    patienceMs,
  );

  // `npm run docs` writes the page; the test only compares.
  test('is what its inputs come to; npm run docs writes it anew', async () => {
    const options = await resolveConfig(path);
    const { text } = fillPage(page, given);
    const computed = await format(text, { ...options, parser: 'markdown' });
    if (writes) await writeFile(path, computed);
    else expect(page).toBe(computed);
  });
});
