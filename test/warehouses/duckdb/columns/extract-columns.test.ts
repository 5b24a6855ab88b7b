import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entity } from '../../../../src/model.ts';
import { createOpenReader } from '../../../../src/warehouses/duckdb/columns/column-reader.ts';
import { compare } from './support.ts';
import { sets, things, wildMembers, withId } from './wild-records.ts';

/** Whether the record, alone, is read without the SQL. */
const createJudge = (entity: Entity) => {
  const openReader = createOpenReader();
  return (record: string): boolean => {
    const { input, take } = openReader(entity);
    const bytes = input().write(`${record}\n`);
    return take(0, bytes, 0) === bytes;
  };
};

const sample = (count: number): string[] => fc.sample(wildMembers, count);

test('whatever is read without the SQL is what the SQL reads', async () => {
  const isPlain = createJudge(things);
  const lines = sample(4000).map((members, index) => withId(String(index + 1), members));
  const plain = lines.filter(isPlain);
  // Where most were odd, or none, nothing would have been compared, or nothing odd been tried.
  expect(plain.length).toBeGreaterThan(600);
  expect(lines.length - plain.length).toBeGreaterThan(600);
  await compare(things, plain.slice(0, 100), plain.slice(100));
});

test('keys without an id are those of the SQL, twins numbered', async () => {
  const isPlain = createJudge(sets);
  const lines = sample(3000)
    .map((members, index) => (index % 4 === 0 ? withId(String(index + 1), members) : members))
    .filter(isPlain);
  const twins = lines.filter((line) => !line.startsWith('{"id"')).slice(0, 60);
  const identified = lines.filter((line) => line.startsWith('{"id"'));
  const hashed = lines.filter((line) => !line.startsWith('{"id"'));
  await compare(sets, identified, [...hashed, ...twins, ...twins.slice(0, 20)]);
});

test('half a surrogate pair anywhere leaves records without an id to the SQL, which then reads numbers otherwise', () => {
  expect(createJudge(sets)('{"number":1,"other":"\\ud83c\\udfa8"}')).toBe(true);
  expect(createJudge(sets)('{"number":1,"other":"\\ud83c"}')).toBe(false);
  expect(createJudge(things)('{"id":1,"other":"\\ud83c"}')).toBe(true);
});

/** Values at the edges of what is read without the SQL, by the member they stand in. */
const edges: Readonly<Record<string, readonly string[]>> = {
  number: ['0', '-1', '999999999999999', '-999999999999999', '4294967296', '-4294967296', 'null'],
  amount: [
    ...[
      '0',
      '0.0',
      '-0.5',
      '12.50',
      '0.0000000004',
      '0.0000000005',
      '-0.0000000005',
      '0.000000001',
    ],
    ...['999999999.999999999', '-999999999.999999999', '4.2949672960', '123456789.1234567894'],
  ],
  total: ['"0"', '"-0"', '"12.50"', '"0.0000000005"', '"999999999.9999999994"', '12.5', '7'],
  share: ['0', '0.1', '-0.0', '-1.5e-7', '1.7976931348623157e308', '5e-324', '123456789012345680'],
  active: ['true', 'false', 'null'],
  name: [
    ...[
      '""',
      '"a"',
      '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
      '"\\u00e9\\u20AC\\ud83c\\udfa8"',
      '"é€🎨\u2028"',
    ],
    ...['7', `"${'x'.repeat(47)}"`, `"${'x'.repeat(48)}"`, `"${'é'.repeat(500)}"`],
  ],
  modifiedOn: [
    ...['"2024-02-29T23:59:59Z"', '"2000-02-29T00:00:00.1Z"', '"1969-12-31T23:59:59.999999Z"'],
    ...['"1900-03-01T00:00:00Z"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.9999999Z"'],
    ...['"2026-06-30T18:00:00.1234567Z"', '"2026-06-30T18:00:00.999999999Z"'],
  ],
  unit: ['null', '{}', '{"id":7,"name":"x","owner":{"name":"y"}}', '{"owner":null,"more":[1,{}]}'],
  other: ['[[],{"a":[null,true,1e5]}]', '"\\ud83c"', '-0.0'],
};

test('values at the edges are read without the SQL, and as the SQL reads them', async () => {
  const isPlain = createJudge(things);
  const members = Object.entries(edges).flatMap(([name, values]) =>
    values.map((value) => `{"${name}":${value}}`),
  );
  const lines = members.map((line, index) => withId(String(index + 1), line));
  expect(lines.filter((line) => !isPlain(line))).toEqual([]);
  await compare(things, lines);
});

test.each([
  ['no id', '{"number":1}'],
  ['an id that is null', '{"id":null}'],
  ['an id above 2^53', '{"id":9007199254740993}'],
  ['an id as a text', '{"id":"1"}'],
  ['a field twice', '{"id":1,"name":"a","name":"b"}'],
  ['a field twice, null first', '{"id":1,"name":null,"name":"b"}'],
  ['an object twice', '{"id":1,"unit":{"id":1},"unit":{"name":"x"}}'],
  ['an escape in a key', '{"id":1,"nam\\u0065":"a"}'],
  ['another value in place of an object', '{"id":1,"unit":7}'],
  ['a point in a whole number', '{"id":1,"number":1.0}'],
  ['zeros before a number', '{"id":01}'],
  ['an exponent in a decimal', '{"id":1,"amount":1e2}'],
  ['a decimal of ten digits before the point', '{"id":1,"amount":1000000000.5}'],
  ['a decimal that is rounded up to ten digits', '{"id":1,"amount":999999999.9999999995}'],
  ['a day that is none', '{"id":1,"modifiedOn":"2023-02-29T00:00:00Z"}'],
  ['a leap second', '{"id":1,"modifiedOn":"2016-12-31T23:59:60Z"}'],
  ['an instant of another zone', '{"id":1,"modifiedOn":"2024-01-01T00:00:00+01:00"}'],
  ['a zero with a sign', '{"id":1,"share":-0}'],
  ['half a surrogate pair', '{"id":1,"name":"\\ud83c"}'],
  ['a NUL', '{"id":1,"name":"\\u0000"}'],
  ['a control character', '{"id":1,"name":"a\u0001"}'],
  ['an unfinished literal', '{"id":1,"active":tru}'],
  ['a comma too many', '{"id":1,}'],
  ['something after it', '{"id":1} x'],
  ['something before it', ' {"id":1}'],
  ['no object', '[1]'],
  ['no end', '{"id":1,"other":[1'],
  ['nothing', ''],
])('a record with %s is left to the SQL', (_, line) => {
  expect(createJudge(things)(line)).toBe(false);
});
