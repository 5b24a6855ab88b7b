import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { openLogFile } from '../../src/cli/open-log-file.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let dir: string;

beforeEach(async () => {
  dir = await makeTempDir();
});

const faults: unknown[] = [];

const open = () =>
  openLogFile({ path: join(dir, 'app.log'), bytesMax: 30, olderMax: 2 }, (error) => {
    faults.push(error);
  });

const readAll = async (): Promise<Record<string, string>> => {
  const names = (await readdir(dir)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
};

test('a file that is full moves on, and the oldest goes', async () => {
  const write = open();
  for (let line = 1; line <= 7; line += 1) write(`line ${line} of ten`);
  expect(await readAll()).toEqual({
    'app.log': 'line 7 of ten\n',
    'app.log.1': 'line 5 of ten\nline 6 of ten\n',
    'app.log.2': 'line 3 of ten\nline 4 of ten\n',
  });
  expect(faults).toEqual([]);
});

test('a line longer than the file is written whole', async () => {
  const write = open();
  write('x'.repeat(50));
  write('short');
  expect(await readAll()).toEqual({ 'app.log': 'short\n', 'app.log.1': `${'x'.repeat(50)}\n` });
});

test('two writers share the file: each goes on in the one that is new', async () => {
  const [one, other] = [open(), open()];
  for (let turn = 0; turn < 3; turn += 1) {
    one('one of two');
    other('two of two');
  }
  const texts = await readAll();
  expect(Object.values(texts).join('').match(/two/g)).toHaveLength(9);
  expect(texts['app.log']?.length).toBeLessThanOrEqual(30);
});

test('a folder that is gone is made again', async () => {
  const write = open();
  write('before');
  await rm(dir, { recursive: true });
  write('after');
  expect(await readAll()).toEqual({ 'app.log': 'after\n' });
});
