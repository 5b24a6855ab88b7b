import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createOpenReader } from '../../../../src/warehouses/duckdb/columns/column-reader.ts';
import { openExtraction } from '../../../../src/warehouses/duckdb/columns/open-extraction.ts';
import { compare, sealLines } from './support.ts';
import { sets } from './wild-records.ts';

const keyPlace = sets.columns.length + 1;

/** The texts that stand in a column of texts. */
const textsOf = (values: Buffer): string[] => {
  const texts: string[] = [];
  for (let at = 0; at < values.length;) {
    const from = at + 4;
    at = from + values.readUInt32LE(at);
    texts.push(values.toString('utf8', from, at));
  }
  return texts;
};

const readKeys = (lines: readonly string[]): string[] => {
  const reader = createOpenReader()(sets);
  const bytes = reader.input().write(lines.map((line) => `${line}\n`).join(''));
  expect(reader.take(0, bytes, 0)).toBe(bytes);
  return textsOf(reader.column(keyPlace, 'string').values);
};

test('a key is the MD5 of its fields, of whatever length they are', () => {
  const lengths = [...Array.from({ length: 200 }, (_, index) => index), 5_000, 70_000, 300_000];
  const names = lengths.map((length) => `"${'é'.repeat(length % 3)}${'x'.repeat(length)}"`);
  const keys = readKeys(names.map((name) => `{"name":${name},"other":1}`));
  expect(keys).toEqual(
    names.map((name) => `h:${hash('md5', `[null,null,${name},null,null,null,null]`)}:1`),
  );
});

/** Values in a key, and the text that they have there. */
const printed: readonly [string, string, string][] = [
  ['name', '"a"', '"a"'],
  ['number', '-12', '"-12"'],
  ['amount', '-12.500', '"-12.5"'],
  ['amount', '13.00', '"13.0"'],
  ['amount', '0.0010', '"0.001"'],
  ['amount', '0.000000', '"0.0"'],
  ['amount', '401.7832516900624', '"401.7832516900624"'],
  ['amount', '402.783251690062441', '"402.78325169006246"'],
  ['amount', '7.0000000000000000', '"7.0"'],
  ['amount', '1234567.12345678912345', '"1234567.12345678912345"'],
  ['active', 'true', '"true"'],
  ['total', '"5.0"', '"5.0"'],
  ['total', '5.50', '"5.5"'],
  ['share', '123456789012345678', '"123456789012345678"'],
];

test('values in a key are printed as the SQL prints them', async () => {
  const { fields } = sets.key as { fields: string[] };
  const lines = printed.map(([name, json]) => `{"${name}":${json}}`);
  const texts = printed.map(([name, , text]) =>
    fields.map((field) => (field === name ? text : 'null')).join(','),
  );
  expect(readKeys(lines)).toEqual(texts.map((text) => `h:${hash('md5', `[${text}]`)}:1`));
  await compare(sets, lines);
});

test.each([
  ['none of the fields', '{"other":1}'],
  ['only fields that are null', '{"number":null,"name":null}'],
  ['an escape in a text', '{"name":"a\\/b"}'],
  ['a zero below zero', '{"amount":-0.0}'],
  ['less than a thousandth', '{"amount":0.00049}'],
  ['less than a thousandth, long', '{"amount":0.00049123456789012}'],
  ['a long number that is printed with an exponent', '{"share":12345678901234567.8}'],
  ['an exponent', '{"share":1e2}'],
  ['a long exponent', '{"share":1.0000000000000001e2}'],
])('a key that has %s is left to the SQL', (_, line) => {
  const reader = createOpenReader()(sets);
  const bytes = reader.input().write(`${line}\n`);
  expect(reader.take(0, bytes, 0)).toBeLessThan(0);
});

test('twins far from each other, in several batches, many of one key, and equal in all', async () => {
  const rest = 'x'.repeat(150);
  const toLine = (key: number, other: string): string =>
    `{"number":${key},"other":"${other} ${rest}"}`;
  const others = ['b', 'a', 'é', '', 'aa', 'Z', 'a'];
  // More than is read at once, and than a row group or the table of hashes at first has room for.
  const lines = Array.from({ length: 9_000 }, (_, index) =>
    toLine(index % 9 === 0 ? index % 900 : index, others[index % 7] ?? ''),
  );
  const few = ['y', 'x', 'x'].map((other) => toLine(10_000, other));
  const more = ['t', 's'].map((other) => toLine(10_001, other));
  await compare(sets, few, lines, [], more);
});

test('a key that another batch has too is left to the SQL', async () => {
  const { extract } = openExtraction();
  const batch = await sealLines(sets, ['{"number":1}', '{"number":2}']);
  const other = await sealLines(sets, ['{"number":3}', '{"number":2}']);
  const path = join(dirname(batch.file), 'columns.parquet');
  expect(await extract(sets, [batch, other], path)).toBeNull();
});

test('twins that are too much to be held at once are left to the SQL', async () => {
  const { extract } = openExtraction();
  const heavy = Array.from({ length: 9 }, () => `{"number":1,"other":"${'x'.repeat(1_000_000)}"}`);
  const path = (file: string): string => join(dirname(file), 'columns.parquet');
  const few = await sealLines(sets, heavy.slice(0, 8));
  const extracted = await extract(sets, [few], path(few.file));
  expect(extracted?.twins.map(({ ordinal }) => ordinal)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  const many = await sealLines(sets, heavy);
  expect(await extract(sets, [many], path(many.file))).toBeNull();
});
