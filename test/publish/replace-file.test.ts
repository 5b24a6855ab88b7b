import { chmod, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { OutputError } from '../../src/errors.ts';
import { replaceFile } from '../../src/publish/replace-file.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let dir: string;

beforeEach(async () => {
  dir = await makeTempDir();
});

const saying =
  (text: string) =>
  (out: Writable): Promise<void> => {
    out.write(text);
    return Promise.resolve();
  };

const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OutputError);
  expect((error as OutputError).exitCode).toBe(5);
  return (error as OutputError).message;
};

const failing = (code: string) => () =>
  Promise.reject(Object.assign(new Error(`${code}: not now`), { code }));

describe('replaceFile', () => {
  test('makes the folders that are missing, and leaves nothing beside the file', async () => {
    const path = join(dir, 'a', 'b', 'out.txt');
    expect(await replaceFile(path, saying('new'))).toBe(3);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(join(dir, 'a', 'b'))).toEqual(['out.txt']);
  });

  test('keeps the rights of the file that it replaces', async () => {
    const path = join(dir, 'out.txt');
    await writeFile(path, 'old');
    await chmod(path, 0o600);
    await replaceFile(path, saying('new'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('removes what a killed run left aside, and nothing else', async () => {
    const path = join(dir, 'out.txt');
    const long = new Date(Date.now() - 2 * 3_600_000);
    const old = [
      '.out.txt.0123abcd.tmp',
      '.other.txt.0123abcd.tmp',
      '.out.txt.mine.tmp',
      'out.txt.tmp',
    ];
    for (const name of old) {
      await writeFile(join(dir, name), 'half');
      await utimes(join(dir, name), long, long);
    }
    await writeFile(join(dir, '.out.txt.4567cdef.tmp'), 'being written');
    await replaceFile(path, saying('new'));
    expect((await readdir(dir)).sort()).toEqual(
      [...old.slice(1), '.out.txt.4567cdef.tmp', 'out.txt'].sort(),
    );
  });

  test('follows a link, which stays one', async () => {
    await writeFile(join(dir, 'real.txt'), 'old');
    await symlink('real.txt', join(dir, 'link.txt'));
    await replaceFile(join(dir, 'link.txt'), saying('new'));
    expect(await readFile(join(dir, 'real.txt'), 'utf8')).toBe('new');
    expect((await readdir(dir)).sort()).toEqual(['link.txt', 'real.txt']);
  });
});

describe('what cannot be written: one clear line, the old file whole, nothing half-written', () => {
  const oldFile = async (): Promise<string> => {
    const path = join(dir, 'out.xlsx');
    await writeFile(path, 'old');
    return path;
  };

  const assertUntouched = async (path: string, others: string[] = []): Promise<void> => {
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await readdir(dir)).sort()).toEqual([...others, 'out.xlsx'].sort());
  };

  test('the writing fails midway', async () => {
    const path = await oldFile();
    const work = replaceFile(path, async (out) => {
      await saying('half')(out);
      throw new Error('the warehouse is gone');
    });
    await expect(work).rejects.toThrow('the warehouse is gone');
    await assertUntouched(path);
  });

  test('the disk fails while the writer waits for it', async () => {
    const path = await oldFile();
    const work = replaceFile(path, (out) => {
      out.destroy(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
      return new Promise(() => undefined);
    });
    expect(await refusalOf(work)).toMatch(/^Cannot write .*: the disk is full; make room/);
    await assertUntouched(path);
  });

  test.each(['EBUSY', 'EPERM', 'EACCES'])(
    'another program has the file open, and the system says %s',
    async (code) => {
      const path = await oldFile();
      const work = replaceFile(path, saying('new'), { rename: failing(code) });
      expect(await refusalOf(work)).toMatch(/: another program has it open; close it and repeat/);
      await assertUntouched(path);
    },
  );

  test.each(['~$out.xlsx', '.~lock.out.xlsx#'])(
    'a spreadsheet program has it open: %s lies beside it',
    async (lock) => {
      const path = await oldFile();
      await writeFile(join(dir, lock), '');
      expect(await refusalOf(replaceFile(path, saying('new')))).toMatch(
        /: somebody has it open \(.*out\.xlsx.* is there\); close it/,
      );
      await assertUntouched(path, [lock]);
    },
  );

  test('somebody opens it meanwhile', async () => {
    const path = await oldFile();
    const work = replaceFile(path, async (out) => {
      await saying('new')(out);
      await writeFile(join(dir, '~$out.xlsx'), '');
    });
    expect(await refusalOf(work)).toMatch(/: somebody has it open/);
    await assertUntouched(path, ['~$out.xlsx']);
  });

  test.each([
    ['a folder', '', /: it is there and is no file/],
    ['a device', '/dev/null', /: it is there and is no file/],
    ['below a file', 'out.xlsx/deeper/out.xlsx', /: a part of its path is a file, not a folder/],
    ['a name that is too long', 'x'.repeat(300), /: its name is too long/],
    ['a link to nowhere', 'nowhere', /: it is a link to nowhere/],
  ])('%s', async (_, name, message) => {
    await oldFile();
    await symlink('gone', join(dir, 'nowhere'));
    const path = name.startsWith('/') ? name : join(dir, name);
    expect(await refusalOf(replaceFile(path, saying('new')))).toMatch(message);
    await assertUntouched(join(dir, 'out.xlsx'), ['nowhere']);
  });

  test('a folder that nobody may make', async () => {
    const work = replaceFile('/proc/fieldmart/deeper/out.txt', saying('new'));
    expect(await refusalOf(work)).toMatch(/^Cannot write \/proc\/fieldmart\/deeper\/out\.txt: /);
  });
});
