import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonError, skipSpace, skipValue } from '../../../src/json/scan-json.ts';
import { cutArray } from '../../../src/sources/servicetitan/cut-array.ts';
import {
  countRecords,
  countValues,
  createTally,
  kinds,
} from '../../../src/sources/servicetitan/tally.ts';
import type { Kind, Tally } from '../../../src/sources/servicetitan/tally.ts';
import { walkMembers } from '../../../src/sources/servicetitan/walk-members.ts';
import { applyDamage, damage } from '../../support/damage-bytes.ts';
import { objectOf, objectText, stringText, valueText } from '../../support/hostile-json.ts';

/** What is found in an array of records: where they lie, how many are objects, and what their fields hold. */
type Found = { end: number; spans: number[]; objects: number; fields: Record<string, number[]> };

const kindsByByte: Record<string, Kind> = {
  '"': 'a string',
  '{': 'an object',
  '[': 'an array',
  t: 'a boolean',
  f: 'a boolean',
  n: 'null',
};

/** The same without WebAssembly and without windows: one value after the other. */
const findSimply = (body: Buffer): Found => {
  const found: Found = { end: 0, spans: [], objects: 0, fields: {} };
  const countMember = (key: string, valueFrom: number): void => {
    const kind = kindsByByte[String.fromCharCode(body[valueFrom] ?? 0)] ?? 'a number';
    const counts = (found.fields[`.${key}`] ??= kinds.map(() => 0));
    const index = kinds.indexOf(kind);
    counts[index] = (counts[index] ?? 0) + 1;
  };
  if (body[0] !== 0x5b) throw new JsonError();
  let at = skipSpace(body, 1);
  if (body[at] === 0x5d) return { ...found, end: at + 1 };
  for (;;) {
    const end = skipValue(body, at, 2);
    found.spans.push(at, end);
    if (body[at] === 0x7b) {
      found.objects += 1;
      walkMembers(body, at, ({ key, valueFrom }) => {
        countMember(key, valueFrom);
      });
    }
    at = skipSpace(body, end);
    if (body[at] === 0x5d) return { ...found, end: at + 1 };
    if (body[at] !== 0x2c) throw new JsonError();
    at = skipSpace(body, at + 1);
  }
};

const slotsMax = 100;

/** A slot for each name, and how often one was asked for. */
const openTally = () => {
  const names: string[] = [];
  const asked: string[] = [];
  const tally = createTally(slotsMax, (name) => {
    asked.push(name);
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  });
  return { tally, names, asked };
};
type OpenTally = ReturnType<typeof openTally>;

const fieldsOf = ({ tally, names }: { tally: Tally; names: string[] }): Found['fields'] =>
  Object.fromEntries(
    names
      .map((name, slot) => [`.${name}`, countValues(tally, slot)] as const)
      .filter(([, counts]) => counts.some((count) => count > 0)),
  );

const find = (body: Buffer, windowBytes?: number, open: OpenTally = openTally()): Found => {
  const spans: number[] = [];
  const { tally } = open;
  const options = { spans, tally, ...(windowBytes === undefined ? {} : { windowBytes }) };
  const end = cutArray(body, 0, options);
  return { end, spans, objects: countRecords(tally), fields: fieldsOf(open) };
};

/** What is found, or null where it is refused. Anything but a refusal is a bug, and thrown. */
const orNull = (work: () => Found): Found | null => {
  try {
    return work();
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
};

/** As `toEqual` says it, which takes a millisecond where they are equal. */
const expectEqual = (found: unknown, wanted: unknown): void => {
  if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
};

const record = fc.oneof({ weight: 4, arbitrary: objectText }, valueText);
const gap = fc.constantFrom('', ' ', '\n', '\r\n\t');
const arrayText = fc
  .tuple(fc.array(record, { maxLength: 6 }), gap, gap)
  .map(([records, before, after]) => `[${before}${records.join(`${after},${before}`)}${after}]`);

test('records are found in windows of any size as they are without', () => {
  fc.assert(
    fc.property(arrayText, fc.constantFrom('', ',"hasMore":true}'), (text, rest) => {
      const body = Buffer.from(text + rest);
      const found = findSimply(body);
      const open = openTally();
      for (let size = 1; size <= body.length + 1; size += 1) {
        expectEqual(find(body, size, open), found);
      }
    }),
    { numRuns: 50 },
  );
});

test('a damaged array is refused in windows of any size, or the same is found', () => {
  const outcomes = { taken: 0, refused: 0 };
  const damages = fc.array(damage, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(arrayText, damages, fc.integer({ min: 1, max: 40 }), (text, list, size) => {
      const body = list.reduce(applyDamage, Buffer.from(text));
      const found = orNull(() => findSimply(body));
      outcomes[found === null ? 'refused' : 'taken'] += 1;
      expectEqual(
        orNull(() => find(body)),
        found,
      );
      expectEqual(
        orNull(() => find(body, size)),
        found,
      );
    }),
    { numRuns: 1000 },
  );
  expect(outcomes.taken).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
});

test('an array that ends early is refused at each of its bytes', () => {
  fc.assert(
    fc.property(arrayText, fc.integer({ min: 1, max: 40 }), (text, size) => {
      const body = Buffer.from(text);
      for (let end = 0; end < body.length; end += 1) {
        const cut = body.subarray(0, end);
        expectEqual([orNull(() => find(cut)), orNull(() => find(cut, size))], [null, null]);
      }
    }),
    { numRuns: 15 },
  );
});

describe('keys', () => {
  /** Of all lengths around those that are compared at once and kept, many of them beginning like another. */
  const key = fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom('', 'a', 'b', '\\u0061', 'é'))
      .map(([length, last]) => `"${'a'.repeat(length)}${last}"`),
    fc.constantFrom('"id"', '"i\\u0064"', '"ids"'),
    stringText,
  );
  const member = fc.tuple(key, fc.constantFrom('1', '"a"', 'null', 'true', '[]', '{}'));
  const blank = fc.constantFrom('', '', ' ', '  ', ' '.repeat(70));
  const page = fc
    .array(fc.tuple(fc.array(member, { maxLength: 6 }), fc.array(blank, { minLength: 1 })))
    .map((records) => `[${records.map(([members, gaps]) => objectOf(members, gaps)).join(',')}]`);

  test('are told from each other, whatever came before', () => {
    const open = openTally();
    fc.assert(
      fc.property(page, (text) => {
        const found = findSimply(Buffer.from(text));
        // The slots are used up one day.
        const tally = open.names.length < slotsMax / 2 ? open : openTally();
        expectEqual(find(Buffer.from(text), undefined, tally), found);
      }),
      { numRuns: 500 },
    );
  });

  const pageOf = (records: readonly object[]): Buffer => Buffer.from(JSON.stringify(records));
  const whole = { id: 1, name: 'A', 'a name of sixteen': 1, total: 2, active: true };

  test('are asked for once', () => {
    const open = openTally();
    const records = Array.from({ length: 50 }, () => whole);
    find(pageOf(records), undefined, open);
    find(pageOf(records), 100, open);
    expect(open.asked).toEqual(Object.keys(whole));
  });

  test('are asked for once, whatever stands before their values', () => {
    const open = openTally();
    find(Buffer.from('[{"id":1},{"id": 2},{"id":\n\t"3"} , {"id":4}]'), undefined, open);
    expect(open.asked).toEqual(['id']);
  });

  test('are asked for but once or twice a record where one is missing now and then', () => {
    const open = openTally();
    const { name, ...others } = whole;
    find(
      pageOf(Array.from({ length: 50 }, (_, index) => (index % 2 ? { name, ...others } : others))),
      1000,
      open,
    );
    expect(open.asked.length).toBeLessThan(5 + 50 * 2);
  });
});

const windowBytes = 128 * 1024;

describe('what is larger than a window', () => {
  const long = 'x'.repeat(windowBytes + 10);
  test.each([
    ['a string', `{"a":"${long}","b":1}`],
    ['a key', `{"a":1,"${long}":true,"b":1}`],
    ['a nested object', `{"a":{"x":[${'1,'.repeat(windowBytes)}1]},"b":1}`],
    ['a number', `{"a":${'1'.repeat(windowBytes + 10)},"b":1}`],
    ['an object of small members', `{${'"a":1,'.repeat(windowBytes)}"b":1}`],
    ['blanks', `{"a"${' '.repeat(windowBytes)}:${' '.repeat(windowBytes)}1 , "b":1}`],
    ['a record that is an array', `[${'1,'.repeat(windowBytes)}1]`],
    ['a record that is a string', `"${long}"`],
    ['many small records', `1${',{"b":2}'.repeat(windowBytes)}`],
  ])('is found as well: %s', (_name, text) => {
    for (const before of ['', '{"c":1} , ']) {
      const body = Buffer.from(`[${before}${text},{"a":null}]`);
      const found = findSimply(body);
      expectEqual(find(body), found);
      const spans: number[] = [];
      cutArray(body, 0, { spans, tally: undefined });
      expectEqual(spans, found.spans);
      expect(orNull(() => find(body.subarray(0, -1)))).toBeNull();
    }
  });
});

test('a record that begins in one window and ends in the third is counted once', () => {
  const body = Buffer.from(`[{"a":1,"b":[${'2,'.repeat(20)}2],"c":null}]`);
  for (let size = 1; size < body.length; size += 1) {
    const { objects, fields } = find(body, size);
    expect(objects).toBe(1);
    expect(Object.keys(fields)).toEqual(['.a', '.b', '.c']);
  }
});

test('a tally of more fields than there is room for is refused', () => {
  const tally = createTally(1_024, () => 0);
  expect(() => cutArray(Buffer.from('[]'), 0, { spans: [], tally })).toThrow('Cannot count fields');
});
