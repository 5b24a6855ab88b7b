import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Batch } from '../../../../src/model.ts';
import type { openExtraction as Open } from '../../../../src/warehouses/duckdb/columns/open-extraction.ts';
import { openExtraction } from '../../../../src/warehouses/duckdb/columns/open-extraction.ts';
import { viewColumns } from '../../../../src/warehouses/duckdb/columns/view-columns.ts';
import { openMemory, sealLines } from './support.ts';
import { things } from './wild-records.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const toLine = (id: number, name = 'Elena Kestrel'): string =>
  JSON.stringify({ id, name, amount: id / 4, modifiedOn: '2026-06-30T18:00:00Z' });

const numbered = (count: number, name?: string): string[] =>
  Array.from({ length: count }, (_, index) => toLine(index + 1, name));

const placeOf = (batch: Batch): string => join(dirname(batch.file), 'columns.parquet');

const readFacts = async (path: string) => {
  const session = await openMemory();
  const [facts] = await session.readRows(
    `select count(*) as n, sum(id) as ids, sum(amount)::varchar as amount, count(distinct payload) as payloads,
      count(distinct _extracted_at) as pages, max(file_row_number) as last
    from read_parquet('${path}', file_row_number = true)`,
  );
  session.close();
  return facts;
};

const factsOf = (count: number) => {
  const ids = (count * (count + 1)) / 2;
  const amount = (ids / 4).toFixed(9);
  return { n: count, ids, amount, payloads: count, pages: 2, last: count - 1 };
};

test('more records than a row group holds, by number and by weight', async () => {
  const { extract } = openExtraction();
  for (const lines of [numbered(20_000), numbered(3_000, 'x'.repeat(1_500))]) {
    const batch = await sealLines(things, lines);
    const extracted = await extract(things, [batch], placeOf(batch));
    expect(extracted).toEqual({ rows: lines.length, twins: [] });
    expect(await readFacts(placeOf(batch))).toEqual(factsOf(lines.length));
  }
});

test.each([
  [
    'fewer records than its manifest says',
    (batch: Batch) => writeFile(batch.file, `${toLine(1)}\n`),
  ],
  ['more', (batch: Batch) => appendFile(batch.file, `${toLine(3)}\n`)],
  ['a torn line', (batch: Batch) => writeFile(batch.file, `${toLine(1)}\n${toLine(2)}`)],
  [
    'two lines that are one record',
    (batch: Batch) => writeFile(batch.file, `${toLine(1)}\n{"id":2,\n"other":1}\n`),
  ],
  ['one id twice', (batch: Batch) => writeFile(batch.file, `${toLine(1)}\n${toLine(1)}\n`)],
  [
    'bytes that are no UTF-8',
    (batch: Batch) =>
      writeFile(batch.file, Buffer.from(`${toLine(1)}\n{"id":2,"name":"\xff"}\n`, 'latin1')),
  ],
  [
    'a record longer than what is read at once',
    (batch: Batch) => writeFile(batch.file, `${toLine(1)}\n${toLine(2, 'x'.repeat(2 ** 21))}\n`),
  ],
])('a file with %s leaves nothing behind', async (_, damage) => {
  const batch = await sealLines(things, numbered(2));
  await damage(batch);
  expect(await openExtraction().extract(things, [batch], placeOf(batch))).toBeNull();
  expect(await readdir(dirname(batch.file))).toEqual(['records.ndjson']);
});

test('so does a file that is not there, and one that cannot be written', async () => {
  const { extract } = openExtraction();
  const batch = await sealLines(things, numbered(2));
  const nowhere = { ...batch, file: join(dirname(batch.file), 'other.ndjson') };
  expect(await extract(things, [batch, nowhere], placeOf(batch))).toBeNull();
  expect(await extract(things, [batch], join(await makeTempDir(), 'none', 'file'))).toBeNull();
  expect(existsSync(placeOf(batch))).toBe(false);
});

test('a large batch is extracted in a thread, one after the other, and again after it was closed', async () => {
  const compiled = '../../../../dist/warehouses/duckdb/columns/open-extraction.js';
  const { openExtraction: openCompiled } = (await import(compiled)) as {
    openExtraction: typeof Open;
  };
  const { extract, close } = openCompiled();
  const batch = await sealLines(things, numbered(50_000));
  expect(batch.bytes).toBeGreaterThan(4 * 1024 * 1024);
  for (let time = 0; time < 2; time += 1) {
    expect(await extract(things, [batch], placeOf(batch))).toMatchObject({ rows: 50_000 });
    await appendFile(batch.file, '{"id":0,"number":"odd"}\n');
    expect(await extract(things, [{ ...batch, rows: 50_001 }], placeOf(batch))).toBeNull();
    await writeFile(
      batch.file,
      numbered(50_000)
        .map((line) => `${line}\n`)
        .join(''),
    );
    await close();
  }
});

test('folders that look like columns, or hold wildcards, leave the columns as they are', async () => {
  const { extract, close } = openExtraction();
  const session = await openMemory();
  const batch = await sealLines(things, numbered(2));
  const folder = join(
    dirname(batch.file),
    'id=5',
    'tenant_id=9',
    'file_row_number=7',
    "[a\\b]*?{c}'",
  );
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'columns.parquet');
  const extracted = await extract(things, [batch], path);
  expect(extracted?.rows).toBe(2);
  const tables = { view: 'staged', keys: 'keys', twins: 'twins' };
  await viewColumns(session, things, [batch], { path, numbered: [] }, tables);
  const rows = 'select id, tenant_id, _line from staged_records order by id';
  expect(await session.readRows(rows)).toEqual([
    { id: 1, tenant_id: '77', _line: 0 },
    { id: 2, tenant_id: '77', _line: 1 },
  ]);
  expect(await session.readRows('select id, tenant_id from staged order by id')).toEqual([
    { id: 1, tenant_id: '77' },
    { id: 2, tenant_id: '77' },
  ]);
  session.close();
  await close();
});
