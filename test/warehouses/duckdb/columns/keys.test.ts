import { expect, test } from '@jest/globals';
import type { Column, Entity } from '../../../../src/model.ts';
import { createOpenReader } from '../../../../src/warehouses/duckdb/columns/column-reader.ts';
import { compare } from './support.ts';
import { sets, things, withId } from './wild-records.ts';

/** Names that are alike in their first sixteen bytes, or thirty-two, or one of which begins as another. */
const names = [
  ...['customerLocation', 'customerLocationId', 'customerLocationIdOfService'],
  ...['customerLocationIdOfServiceAgree', 'customerLocationIdOfServiceAgreement', 'c'],
];

const alike: Entity = {
  ...things,
  columns: [
    ...things.columns,
    ...names.map((name): Column => ({ name, path: [name], type: 'string' })),
  ],
};

/** The members in another order for each record, and every now and then one of them is missing. */
const shuffle = (record: number): string => {
  const turned = [...names.slice(record % names.length), ...names.slice(0, record % names.length)];
  const there = turned.filter((_, place) => (record + place) % 5 !== 0);
  const ordered = record % 3 === 0 ? there.reverse() : there;
  const members = ordered.map((name) => `"${name}":"${name} of ${record}"`);
  return `{${[...members, `"${names[record % 6] ?? ''}s":"another"`].join(',')}}`;
};

test('keys that are alike, in any order, missing now and then', async () => {
  const lines = Array.from({ length: 300 }, (_, index) =>
    withId(String(index + 1), shuffle(index)),
  );
  await compare(alike, lines);
});

test('more keys than are remembered', async () => {
  const lines = Array.from({ length: 60 }, (_, index) => {
    const strange = Array.from({ length: 40 }, (__, key) => `"key ${index} ${key}":${key}`);
    return withId(String(index + 1), `{${strange.join(',')},"number":${index},"name":"n"}`);
  });
  await compare(things, lines);
});

test('more keys than are remembered, in an object inside too, which has a member of the same name', async () => {
  const lines = Array.from({ length: 60 }, (_, index) => {
    const strange = Array.from(
      { length: index < 40 ? 40 : 1 },
      (__, key) => `"key ${index} ${key}":${key}`,
    ).join(',');
    const unit = `"unit":{${strange},"name":"inner ${index}"}`;
    const name = index % 2 === 0 ? `${strange},"name":"outer ${index}"` : strange;
    return withId(String(index + 1), `{${unit},${name}}`);
  });
  await compare(things, lines);
});

test('ids of every length, below zero too, as keys', async () => {
  const ids = ['0', '7', '-7', '10', '-10', '999', '999999999999999', '-999999999999999'];
  const lines = ids.map((id) => `{"id":${id},"number":1}`);
  await compare(sets, lines);
  await compare(things, lines);
});

test('an id twice, however many there are between', () => {
  const reader = createOpenReader()(things);
  const write = (from: number, to: number): number => {
    const ids = Array.from({ length: to - from }, (_, index) => `{"id":${from + index}}\n`);
    return reader.input().write(ids.join(''));
  };
  for (let from = 1; from < 16_001; from += 4000) {
    const bytes = write(from, from + 4000);
    expect(reader.take(0, bytes, 0)).toBe(bytes);
    reader.clear();
  }
  expect(reader.take(0, write(4000, 4001), 0)).toBeLessThan(0);
});
