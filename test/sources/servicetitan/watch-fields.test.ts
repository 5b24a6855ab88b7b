import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { driftNamesMax, vanishedRecordsMin } from '../../../src/limits.ts';
import type { Drift } from '../../../src/model.ts';
import { cutRecords } from '../../../src/sources/servicetitan/cut-records.ts';
import { watchFields } from '../../../src/sources/servicetitan/watch-fields.ts';
import { hostileBody, stringText, valueText, objectOf } from '../../support/hostile-json.ts';

const expectations = {
  fields: {
    id: 'int64',
    name: 'string',
    total: 'decimal',
    owed: 'decimalText',
    active: 'bool',
    createdOn: 'timestamp',
    'customer.id': 'int64',
    items: 'json',
  },
  drop: ['rate'],
  required: ['createdOn'],
} as const;

const record = {
  id: 1,
  name: 'A',
  total: 1.5,
  owed: '2.50',
  active: true,
  createdOn: '2024-03-01T00:00:00Z',
  customer: { id: 5 },
  items: [],
};

const openWatch = () => {
  const watch = watchFields(expectations);
  return (records: readonly unknown[]): Drift[] => {
    cutRecords(Buffer.from(JSON.stringify({ data: records })), watch.tally);
    return watch.drift();
  };
};

const many = (more: object): object[] => Array.from({ length: 30 }, () => ({ ...record, ...more }));

describe('of records as documented nothing is said', () => {
  test.each([
    ['as they are', [record, record]],
    [
      'with their fields in another order',
      [record, Object.fromEntries(Object.entries(record).reverse())],
    ],
    ['with null wherever it may be', [{ ...record, name: null, total: null, customer: null }]],
    ['with a decimal text that is a number', [{ ...record, owed: 2.5 }]],
    ['with a field that is dropped', [{ ...record, rate: 'x' }, record]],
    ['with any nested fields', [{ ...record, customer: { more: 1 }, items: { more: [1] } }]],
    ['none at all', []],
    ['that are no objects', [1, null, 'a', []]],
  ])('%s', (_name, records) => {
    expect(openWatch()(records)).toEqual([]);
  });
});

describe('drift is said with its field, kind and the records it concerns', () => {
  test.each([
    ['a field appears', { extra: 1 }, 'extra', 'appeared'],
    ['an enum is its integer', { name: 3 }, 'name', 'is a number'],
    ['a number is a text', { total: '1.5' }, 'total', 'is a string'],
    ['a flag is a number', { active: 1 }, 'active', 'is a number'],
    ['a text is an object', { name: { text: 'A' } }, 'name', 'is an object'],
    ['a text is an array', { name: ['A'] }, 'name', 'is an array'],
    ['an array is a text', { items: 'none' }, 'items', 'is a string'],
    ['a stamp is a number', { createdOn: 1709251200 }, 'createdOn', 'is a number'],
    ['null where a value is required', { createdOn: null }, 'createdOn', 'is null'],
    ['nothing where a value is required', { createdOn: undefined }, 'createdOn', 'is missing'],
  ])('%s', (_name, change, field, kind) => {
    const see = openWatch();
    expect(see([...many({}), { ...record, ...change }, record])).toEqual([
      { field, kind, count: 1 },
    ]);
    expect(see([...many({}), ...many(change)])).toEqual([{ field, kind, count: 30 }]);
    // And nothing of it in the next page.
    expect(see(many({}))).toEqual([]);
  });

  test('a field vanishes: it is in no record of a page that is large enough to say so', () => {
    const see = openWatch();
    const gone = { ...record, name: undefined };
    const page = Array.from({ length: vanishedRecordsMin }, () => gone);
    expect(see(page)).toEqual([{ field: 'name', kind: 'vanished', count: vanishedRecordsMin }]);
    expect(see(page.slice(1))).toEqual([]);
    expect(see([...page, record])).toEqual([]);
    expect(see([...page, { ...record, name: null }])).toEqual([]);
  });

  test('names that may be values, and very many names, are counted but not kept', () => {
    const see = openWatch();
    const odd = Object.fromEntries(['Ann Example', '12 Main St', ''].map((key) => [key, 1]));
    expect(see([{ ...record, ...odd }])).toEqual([
      { field: '(other fields)', kind: 'appeared', count: 3 },
    ]);
    const names = Array.from({ length: 200 }, (_, index) => [`field${index}`, 1] as const);
    const drift = see([{ ...record, ...Object.fromEntries(names) }]);
    expect(drift.length).toBeLessThanOrEqual(driftNamesMax + 1);
    expect(drift.reduce((sum, { count }) => sum + count, 0)).toBe(200);
  });
});

test('records are cut the same whether they are watched or not', () => {
  const watch = watchFields(expectations);
  fc.assert(
    fc.property(hostileBody, ({ text }) => {
      expect(cutRecords(Buffer.from(text), watch.tally)).toEqual(cutRecords(Buffer.from(text)));
    }),
    { numRuns: 500 },
  );
});

test('a watched body that ends early is refused as any other', () => {
  const watch = watchFields(expectations);
  fc.assert(
    fc.property(hostileBody, ({ text }) => {
      const body = Buffer.from(text);
      for (let end = 0; end < body.length; end += 1) {
        expect(() => cutRecords(Buffer.from(body.subarray(0, end)), watch.tally)).toThrow();
      }
    }),
    { numRuns: 10 },
  );
});

const kindOf = (value: unknown): string => {
  if (value === null) return 'is null';
  if (Array.isArray(value)) return 'is an array';
  return typeof value === 'object' ? 'is an object' : `is a ${typeof value}`;
};

test('what is counted is what JSON.parse finds, whatever came before', () => {
  const see = openWatch();
  const key = fc.oneof(fc.constantFrom('"name"', '"n\\u0061me"', '"id"', '"extra"'), stringText);
  const page = fc.array(fc.array(fc.tuple(key, valueText), { maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(page, (records) => {
      // A key that comes twice is counted twice, which JSON.parse cannot see.
      const once = records.map((members) => [
        ...new Map(
          members.map(([name, value]) => [JSON.parse(name) as string, [name, value] as const]),
        ).values(),
      ]);
      const parsed = once.map(
        (members) => JSON.parse(objectOf(members)) as Record<string, unknown>,
      );
      const expected = parsed
        .filter((one) => Object.hasOwn(one, 'name'))
        .map(({ name }) => kindOf(name))
        .filter((kind) => kind !== 'is a string' && kind !== 'is null');
      const body = Buffer.from(`{"data":[${once.map((members) => objectOf(members)).join(',')}]}`);
      const watch = watchFields(expectations);
      cutRecords(body, watch.tally);
      const found = watch.drift().filter(({ field }) => field === 'name');
      const counted = found.flatMap(({ kind, count }) => Array.from({ length: count }, () => kind));
      expect(counted.sort()).toEqual(expected.sort());
      const extras = parsed.filter((one) => Object.hasOwn(one, 'extra')).length;
      const extra = watch.drift().find(({ field }) => field === 'extra');
      expect(extra?.count ?? 0).toBe(extras);
    }),
    { numRuns: 300 },
  );
  expect(see([record])).toEqual([]);
});
