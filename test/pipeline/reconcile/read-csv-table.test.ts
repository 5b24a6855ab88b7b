import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/errors.ts';
import { readCsvTable } from '../../../src/pipeline/reconcile/read-csv-table.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

let dir: string;

beforeAll(async () => {
  dir = await makeTempDir();
});

const write = async (content: string | Buffer): Promise<string> => {
  const file = join(dir, 'report.csv');
  await writeFile(file, content);
  return file;
};

const messageOf = async (file: string): Promise<string> => {
  const error: unknown = await readCsvTable(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError');
  expect(error.message).not.toMatch(/Quill/);
  return error.message;
};

test.each([
  ['nothing', '', /Cannot read report\.csv: it is empty; export the report again/],
  ['blank lines', '\r\n\r\n', /it is empty/],
  ['a quote that never closes', 'Job #,Name\n1,"Iris Quill', /line 2: .*never closed.*; mend/],
  [
    'a row that is too wide',
    'Job #,Unit\n1,Quill, Iris\n',
    /line 2: it has 3 fields and the first/,
  ],
  ['no names of columns', '30000010,Iris Quill,Phoenix-Sales\n', /its first line holds values/],
  ['a date instead', 'Iris Quill,2024-03-18\n', /its first line holds values, not the names/],
  [
    'UTF-16',
    Buffer.from('\ufeffJob #,Unit\n', 'utf16le'),
    /it is UTF-16 text; save it as CSV UTF-8/,
  ],
  [
    'a workbook',
    Buffer.from('PK\u0003\u0004\u0000\u0000'),
    /it is no text \(a workbook, perhaps\)/,
  ],
])('%s', async (_, content, message) => {
  expect(await messageOf(await write(content))).toMatch(message);
});

test('a file that is not there, a folder, and one that is far too large', async () => {
  expect(await messageOf(join(dir, 'none.csv'))).toMatch(
    /^Cannot read none\.csv: there is no such/,
  );
  await mkdir(join(dir, 'folder.csv'));
  expect(await messageOf(join(dir, 'folder.csv'))).toMatch(/it is a folder/);
  const file = await write('Job #');
  await truncate(file, 64 * 1024 * 1024 + 1);
  expect(await messageOf(file)).toMatch(/larger than 67108864 bytes; export a shorter period/);
});

test('byte order mark, line ends, quotes and blank lines are read as spreadsheets write them', async () => {
  expect(
    await readCsvTable(await write('\ufeffJob #,Unit\r\n1,"a, ""b"""\r\n\r\n2,\u00e9\r\n')),
  ).toEqual({
    title: 'report.csv',
    place: 'line',
    columns: [['Job #'], ['Unit']],
    rows: [
      { at: 2, cells: ['1', 'a, "b"'] },
      { at: 4, cells: ['2', 'é'] },
    ],
  });
});

test('a file in the code page of Windows', async () => {
  const file = await write(Buffer.from('Job #,Unit\n1,Espa\u00f1ola\n', 'latin1'));
  expect((await readCsvTable(file)).rows[0]?.cells).toEqual(['1', 'Española']);
});
