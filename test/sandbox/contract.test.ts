import { entities } from '../../src/sources/servicetitan/entities/index.ts';
import type { FieldType } from '../../src/model.ts';
import { openBench, parseAll } from './client.ts';
import type { Bench, Body, Json } from './client.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ scale: 0.01 });
  bench.sandbox.advance({ hours: 48 });
});
afterAll(() => bench.close());

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
const isNumber = (value: Json) => typeof value === 'number';
const fits: Record<FieldType, (value: Json) => boolean> = {
  int64: (value) => Number.isSafeInteger(value),
  decimal: isNumber,
  float64: isNumber,
  decimalText: (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  bool: (value) => typeof value === 'boolean',
  // An enumeration comes as its number now and then.
  string: (value) => typeof value === 'string' || Number.isInteger(value),
  timestamp: (value) => typeof value === 'string' && instant.test(value),
  json: (value) => typeof value === 'object',
};

function at(row: Body, name: string): Json | undefined {
  let value: Json | undefined = row;
  for (const part of name.split('.')) {
    if (value === null) return null;
    value = (value as Body)[part];
  }
  return value;
}

function misfits(rows: Body[], fields: Readonly<Record<string, FieldType>>): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    for (const [name, type] of Object.entries(fields)) {
      const value = at(row, name);
      if (value === undefined) found.add(`${name} is missing`);
      else if (value !== null && !fits[type](value)) found.add(`${name}: ${JSON.stringify(value)}`);
    }
  }
  return [...found];
}

test('every entity of the contract is served', () => {
  expect(bench.sandbox.entityNames).toEqual(entities.map(({ name }) => name));
});

test.each(entities.map((entity) => [entity.name, entity] as const))(
  '%s: rows have every field of the contract, of a fitting type or null',
  (name, entity) => {
    const fed = parseAll(bench.sandbox.truth(name, 'export'));
    const listed = parseAll(bench.sandbox.truth(name, 'list'));
    expect(listed.length).toBeGreaterThan(0);
    expect(misfits(listed, entity.fields)).toEqual([]);
    expect(misfits(fed, entity.fields)).toEqual([]);
    if (entity.export !== undefined) expect(misfits(fed, entity.exportFields ?? {})).toEqual([]);
    for (const field of Object.keys(entity.exportFields ?? {})) {
      expect(listed.some((row) => field in row)).toBe(false);
    }
    // A password is in the contract's list of what to drop, in case the API ever sends one.
    const dropped = (entity.drop ?? []).filter((field) => field !== 'password');
    for (const field of dropped) expect(listed.some((row) => field in row)).toBe(true);
  },
);

test('the texts hold what makes readers stumble', () => {
  const all = entities.flatMap(({ name }) => [...bench.sandbox.truth(name, 'list')]).join('\n');
  expect(all).toMatch(/"0001-01-01T00:00:00Z"/);
  expect(all).toMatch(/\.\d{7}Z"/);
  expect(all).toMatch(/"total":-?\d+\.\d{12,}/);
  expect(all).toMatch(/"amount":-?\d+\.\d{12,}/);
  expect(all).toMatch(/"subtotal":\d+\.\d{12,}/);
  expect(all).toMatch(/"quantity":\d+\.\d{19}/);
  expect(all).toMatch(/"cost":\d+\.\d{10}[,}]/);
  expect(all).toMatch(/"-?\d+\.\d{10}"/);
  expect(all).toMatch(/\[null,/);
  expect(all).toMatch(/"customFields":null/);
  expect(all).toMatch(/\\u00e9/);
  expect(all).toMatch(/\\"beige\\"/);
  expect(all).toMatch(/"preview":\{/);
  expect(all).toMatch(/"reviewStatus":0/);
});
