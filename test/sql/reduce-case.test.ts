import { expect, test } from '@jest/globals';
import { reduceCase } from './support/reduce-case.ts';

type Row = { id: number; name?: string; more?: number[] };

test('leaves what a failure needs', async () => {
  const rows = Array.from({ length: 30 }, (_, id) => ({ id, name: 'a row', more: [1, 2, 3] }));
  const whole: { zone?: string; rows?: Row[] } = { zone: 'UTC', rows };
  let tries = 0;
  const small = await reduceCase(whole, ({ rows: left = [] }) => {
    tries += 1;
    const has7 = left.some(({ id }) => id === 7);
    return Promise.resolve(has7 && left.some(({ id, more }) => id === 22 && more?.includes(3)));
  });
  expect(small).toEqual({ rows: [{ id: 7 }, { id: 22, more: [3] }] });
  expect(tries).toBeLessThan(60);
});

test('keeps a case of which nothing can go', async () => {
  const whole: { rows?: Row[] } = { rows: [{ id: 1 }] };
  const isWhole = ({ rows = [] }: typeof whole) => Promise.resolve(rows.length === 1);
  expect(await reduceCase(whole, isWhole)).toEqual(whole);
});
