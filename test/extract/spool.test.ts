import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WarehouseError } from '../../src/errors.ts';
import { diskFiles } from '../../src/extract/files.ts';
import type { SpoolHeader } from '../../src/extract/journal.ts';
import { openSpool, removeSpool } from '../../src/extract/spool.ts';
import type { Json, Page, Scope } from '../../src/model.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const header: SpoolHeader = {
  tenantId: '1',
  entity: 'jobs',
  stream: 'backfill 2024-01-01..2024-02-01',
  streamId: 'a',
  version: 3,
  cursorFrom: null,
  read: { kind: 'whole' },
};

const page = (text: string, position: Json, more: Partial<Page> = {}): Page => ({
  lines: Buffer.from(text),
  rows: text.split('\n').length - 1,
  extractedAt: '2024-03-01T00:00:00.000Z',
  position,
  done: false,
  scope: null,
  ...more,
});

const end = { cursorTo: null, done: true };
const all: Scope = { kind: 'all' };

const spooled = async (dir: string): Promise<string> =>
  readFile(join(dir, 'records.ndjson'), 'utf8');

describe('a spool that is opened again', () => {
  test('goes on after the last page that was journaled', async () => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(page('{"id":1}\n', { page: 2 }));
    await first.append(page('{"id":2}\n{"id":3}\n', { page: 3 }));
    await first.close();
    const second = await openSpool(dir, header);
    expect(second.state()).toMatchObject({ rows: 3, position: { page: 3 }, done: false });
    await second.append(page('{"id":4}\n', null, { done: true }));
    const batch = second.seal(end);
    expect(batch).toMatchObject({
      rows: 4,
      version: 3,
      pages: [{ rows: 1 }, { rows: 2 }, { rows: 1 }],
    });
    expect(await spooled(dir)).toBe('{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n');
    await second.close();
  });

  test('keeps the bounds it began with, not those of the command that resumes it', async () => {
    const dir = await makeTempDir();
    await (await openSpool(dir, header)).close();
    const later = { ...header, read: { kind: 'feed', from: '2024-09-09' } as const };
    const spool = await openSpool(dir, later);
    expect(spool.header.read).toEqual({ kind: 'whole' });
    await spool.close();
  });

  test.each([
    ['another control version', { version: 4 }],
    ['the same stream of another database', { streamId: 'b' }],
    ['another cursor', { cursorFrom: { position: 1 } }],
    ['another tenant', { tenantId: '2' }],
  ])('is thrown away for %s', async (_, change) => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(page('{"id":1}\n', 1));
    await first.close();
    const second = await openSpool(dir, { ...header, ...change });
    expect(second.state()).toMatchObject({ rows: 0, bytes: 0, position: undefined });
    expect(await spooled(dir)).toBe('');
    await second.close();
  });

  test.each<[string, (dir: string) => Promise<void>]>([
    [
      'a torn last line in the journal',
      (dir) => appendFile(join(dir, 'journal.ndjson'), '{"kind":"pa'),
    ],
    [
      'a whole line of nonsense in the journal',
      (dir) => appendFile(join(dir, 'journal.ndjson'), '7\n'),
    ],
    [
      'records that were written but not journaled',
      (dir) => appendFile(join(dir, 'records.ndjson'), '{"id":'),
    ],
  ])('survives %s', async (_, damage) => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(page('{"id":1}\n', 'here'));
    await first.close();
    await damage(dir);
    const second = await openSpool(dir, header);
    expect(second.state()).toMatchObject({ rows: 1, position: 'here' });
    expect(await spooled(dir)).toBe('{"id":1}\n');
    await second.close();
  });

  test('drops journaled pages whose records are missing or changed', async () => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(page('{"id":1}\n', 'one'));
    await first.append(page('{"id":2}\n', 'two'));
    await first.close();
    await writeFile(join(dir, 'records.ndjson'), '{"id":1}\n{"id":9}\n');
    const second = await openSpool(dir, header);
    expect(second.state()).toMatchObject({ rows: 1, position: 'one' });
    await second.close();
    await truncate(join(dir, 'records.ndjson'), 0);
    const third = await openSpool(dir, header);
    expect(third.state()).toMatchObject({ rows: 0, position: undefined });
    await third.close();
  });

  test('starts over when the journal is unreadable', async () => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(page('{"id":1}\n', 'one'));
    await first.close();
    await writeFile(join(dir, 'journal.ndjson'), Buffer.from([0xff, 0x00, 0x0a]));
    const second = await openSpool(dir, header);
    expect(second.state()).toMatchObject({ rows: 0, bytes: 0 });
    await second.close();
  });
});

describe('a set that moved while it was paged', () => {
  test('is cut back to the last complete set, also across a crash', async () => {
    const dir = await makeTempDir();
    const first = await openSpool(dir, header);
    await first.append(
      page('{"set":1}\n', 1, { scope: { kind: 'values', column: 'c', values: ['1'] } }),
    );
    await first.append(page('{"set":2,"void":true}\n', 2));
    await first.append(page('', 1, { again: true }));
    expect(first.state()).toMatchObject({ rows: 1, position: 1 });
    await first.append(
      page('{"set":2}\n', 3, { scope: { kind: 'values', column: 'c', values: ['2'] } }),
    );
    await first.close();
    const second = await openSpool(dir, header);
    expect(second.state()).toMatchObject({
      rows: 2,
      position: 3,
      scope: { kind: 'values', values: ['1', '2'] },
    });
    await second.append(page('{"set":3,"void":true}\n', 4));
    await second.append(page('', 3, { again: true }));
    await second.close();
    const third = await openSpool(dir, header);
    expect(third.state()).toMatchObject({ rows: 2, position: 3 });
    expect(await spooled(dir)).toBe('{"set":1}\n{"set":2}\n');
    await third.close();
  });
});

describe('seal', () => {
  const load = async (work: SpoolHeader, texts: string[], scope: Scope = null): Promise<string> => {
    const spool = await openSpool(await makeTempDir(), work);
    for (const text of texts) await spool.append(page(text, 0, { scope }));
    const { loadId } = spool.seal(end);
    await spool.close();
    return loadId;
  };

  test('gives the same content under the same control version the same load id', async () => {
    const id = await load(header, ['{"id":1}\n']);
    expect(await load(header, ['{"id":1}\n'], all)).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await load({ ...header, version: 4 }, ['{"id":1}\n'])).not.toBe(id);
    expect(await load(header, ['{"id":2}\n'])).not.toBe(id);
  });
});

test('what is read back is what was journaled, wherever the records file was cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 4 }), { maxLength: 6 }),
      fc.nat(),
      async (pages, cut) => {
        const dir = await makeTempDir();
        const texts = pages.map((ids) => ids.map((id) => `{"id":${id}}\n`).join(''));
        const first = await openSpool(dir, header);
        for (const [index, text] of texts.entries()) await first.append(page(text, index));
        await first.close();
        const { size } = await stat(join(dir, 'records.ndjson'));
        const left = size === 0 ? 0 : cut % (size + 1);
        await truncate(join(dir, 'records.ndjson'), left);
        const second = await openSpool(dir, header);
        const { bytes, position } = second.state();
        expect(bytes).toBeLessThanOrEqual(left);
        const kept = position === undefined ? 0 : Number(position) + 1;
        expect(await spooled(dir)).toBe(texts.slice(0, kept).join(''));
        await second.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('only the owner can read the spool', async () => {
  const dir = join(await makeTempDir(), 'deep', 'down');
  const spool = await openSpool(dir, header);
  expect((await stat(join(dir, 'records.ndjson'))).mode & 0o077).toBe(0);
  expect((await stat(join(dir, 'journal.ndjson'))).mode & 0o077).toBe(0);
  expect((await stat(dir)).mode & 0o077).toBe(0);
  await spool.remove();
  await expect(stat(dir)).rejects.toThrow('ENOENT');
});

test('a folder that cannot be made is a warehouse error that says what to do', async () => {
  const file = join(await makeTempDir(), 'file');
  await writeFile(file, '');
  const failure = openSpool(join(file, 'spool'), header);
  await expect(failure).rejects.toBeInstanceOf(WarehouseError);
  await expect(failure).rejects.toThrow(/SPOOL_DIR/);
});

test.each([
  ['EIO', /the disk cannot be read or written/],
  ['EACCES', /permission denied/],
])('a spool that cannot be deleted (%s) is a warehouse error, not a bug', async (code, says) => {
  const rm = () => Promise.reject(Object.assign(new Error(code), { code }));
  const files = { ...diskFiles, rm };
  const dir = await makeTempDir();
  const spool = await openSpool(dir, header, files);
  await expect(spool.remove()).rejects.toThrow(WarehouseError);
  await expect(removeSpool(dir, files)).rejects.toThrow(says);
});
