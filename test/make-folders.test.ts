import { existsSync } from 'node:fs';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeFolders } from '../src/make-folders.ts';
import { openClaims } from '../src/extract/claims.ts';
import { openSpool } from '../src/extract/spool.ts';
import { openLogFile } from '../src/cli/open-log-file.ts';
import { openDuckdb } from '../src/warehouses/duckdb/open-duckdb.ts';
import { makeTempDir } from './support/temp-dir.ts';

test('makes what is missing, with the mode, and leaves what is there', async () => {
  const dir = await makeTempDir();
  await mkdir(join(dir, 'open'));
  // The mask of this process may have been another test's.
  await chmod(join(dir, 'open'), 0o755);
  makeFolders(join(dir, 'open', 'a', 'b'), 0o700);
  makeFolders(join(dir, 'open', 'a', 'b'), 0o755);
  const modes = ['open', 'open/a', 'open/a/b'].map(
    async (name) => (await stat(join(dir, name))).mode & 0o777,
  );
  expect(await Promise.all(modes)).toEqual([0o755, 0o700, 0o700]);
});

test('follows a link to a folder', async () => {
  const dir = await makeTempDir();
  await mkdir(join(dir, 'there'));
  await symlink(join(dir, 'there'), join(dir, 'link'));
  makeFolders(join(dir, 'link', 'a'), 0o700);
  expect(existsSync(join(dir, 'there', 'a'))).toBe(true);
});

test('says where a part of the path is a file', async () => {
  const file = join(await makeTempDir(), 'file');
  await writeFile(file, '');
  expect(() => {
    makeFolders(join(file, 'a', 'b'), 0o700);
  }).toThrow('ENOTDIR');
});

/** Where Linux refuses folders with ENOENT, upon which Node's own recursive `mkdir` tries for ever. */
const nowhere = '/proc/fieldmart/folder';

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a place that takes no folder is refused, by everything that makes one', async () => {
  expect(() => {
    makeFolders(nowhere, 0o700);
  }).toThrow('ENOENT');
  const faults: unknown[] = [];
  const log = openLogFile({ path: `${nowhere}/app.log`, bytesMax: 1_000, olderMax: 1 }, (error) =>
    faults.push(error),
  );
  log('a line');
  expect(faults).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
  const refused = /Cannot write the spool .*: the system takes no folder there; set SPOOL_DIR/;
  await expect(openClaims()(nowhere, 'jobs')).rejects.toThrow(refused);
  const header = {
    ...{ tenantId: '1', entity: 'jobs', stream: 'sync', streamId: 'x', version: 1 },
    ...{ cursorFrom: null, read: { kind: 'whole' as const } },
  };
  await expect(openSpool(nowhere, header)).rejects.toThrow(refused);
  const path = `${nowhere}/x.duckdb`;
  await expect(openDuckdb({ path, datasetPrefix: '', now: () => new Date() })).rejects.toThrow(
    /Cannot open .*: the file system refused; check that its directory exists/,
  );
});
