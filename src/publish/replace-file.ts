import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { OutputError } from '../errors.ts';
import { leftoverAgeMsMin } from '../limits.ts';
import { makeFolders } from '../make-folders.ts';

/** What is asked of the file system and may be refused in ways that only other platforms know. */
export type FileSteps = { rename: (from: string, to: string) => Promise<void> };

const codeOf = (error: unknown): string => {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** What a person can do about it, by the code of the file system's error. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'the right to write there is missing; choose another --out, or ask for the right',
  EPERM: 'the right to write there is missing; choose another --out, or ask for the right',
  EROFS: 'the disk is read-only; choose another --out',
  ENOENT: 'its folder cannot be made; choose another --out',
  ENOTDIR: 'a part of its path is a file, not a folder; choose another --out',
  EEXIST: 'a part of its path is a file, not a folder; choose another --out',
  ENAMETOOLONG: 'its name is too long; choose a shorter --out',
  ENOSPC: 'the disk is full; make room and repeat the command',
  EDQUOT: 'the disk quota is used up; make room and repeat the command',
  EFBIG: 'the file grows beyond what is allowed here; choose another --out, or raise the limit',
};

const heldCodes = ['EBUSY', 'EPERM', 'EACCES', 'ETXTBSY'];

const refuse = (path: string, state: string, cause?: unknown): OutputError =>
  new OutputError(`Cannot write ${path}: ${state}`, { cause });

/** The file system's refusals in words; anything else is somebody else's error. */
const explain = (path: string, error: unknown): unknown => {
  const reason = reasons[codeOf(error)];
  return reason === undefined ? error : refuse(path, reason, error);
};

/** The regular file that the path names, or is to name: a link is followed, so that it stays one. */
const findTarget = async (path: string): Promise<string> => {
  const found = await lstat(path).catch(() => null);
  if (found === null) return resolve(path);
  const target = await realpath(path).catch(() => {
    throw refuse(path, 'it is a link to nowhere; remove the link, or choose another --out');
  });
  if ((await stat(target)).isFile()) return target;
  throw refuse(path, 'it is there and is no file; give the name of a file to --out');
};

/** The files that spreadsheet programs leave beside a workbook while it is open: Excel's, LibreOffice's. */
const lockNames = (name: string): string[] => [`~$${name}`, `.~lock.${name}#`];

const assertNotOpen = async (path: string, target: string): Promise<void> => {
  for (const name of lockNames(basename(target))) {
    const lock = join(dirname(target), name);
    if ((await lstat(lock).catch(() => null)) === null) continue;
    throw refuse(
      path,
      `somebody has it open (${lock} is there); close it and repeat the command, or delete that file if nobody has`,
    );
  }
};

/** Writes the stream to its end and onto the disk. A stream that fails while `write` waits for it ends the wait. */
const fill = async (temp: string, write: (out: Writable) => Promise<void>, mode: number) => {
  const out = createWriteStream(temp, { flags: 'wx', mode, flush: true });
  const done = finished(out);
  try {
    await Promise.race([write(out), done.then(() => new Promise<never>(() => undefined))]);
    if (!out.writableEnded) out.end();
    await done;
  } catch (error) {
    out.destroy();
    await done.catch(() => undefined);
    throw error;
  }
};

const modeOf = async (target: string): Promise<number> =>
  (await stat(target).catch(() => null))?.mode ?? 0o666;

/** The file that is written aside is named after the one it is to be. */
const asideName = (target: string, suffix: string): string =>
  `.${basename(target).slice(0, 200)}.${suffix}.tmp`;

/** Removes what programs left aside that were killed. One that is being written is younger, by the disk's own clock. */
const removeLeftovers = async (target: string, writtenAtMs: number): Promise<void> => {
  const folder = dirname(target);
  const [start = '', end = ''] = asideName(target, '?').split('?');
  for (const name of await readdir(folder)) {
    const suffix = name.slice(start.length, -end.length);
    if (name !== start + suffix + end || !/^[0-9a-f]{8}$/.test(suffix)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (writtenAtMs - mtimeMs >= leftoverAgeMsMin) await rm(path, { force: true });
  }
};

/**
 * Writes a file aside, in the folder where it is to be, and puts it in the place of the old one in one step: whoever
 * reads sees the old one or the new one, whole. Folders that are missing are made; the rights of the old one are kept.
 * @returns its size in bytes.
 * @throws OutputError when the path cannot be written or is open in a spreadsheet program; the old file stays as it is.
 */
export const replaceFile = async (
  path: string,
  write: (out: Writable) => Promise<void>,
  steps: FileSteps = { rename },
): Promise<number> => {
  const target = await findTarget(path);
  await assertNotOpen(path, target);
  const temp = join(dirname(target), asideName(target, randomBytes(4).toString('hex')));
  try {
    makeFolders(dirname(target), 0o777);
    await fill(temp, write, await modeOf(target));
    const { size, mtimeMs } = await stat(temp);
    await assertNotOpen(path, target);
    await steps.rename(temp, target).catch((error: unknown) => {
      if (!heldCodes.includes(codeOf(error))) throw error;
      throw refuse(path, 'another program has it open; close it and repeat the command', error);
    });
    // What cannot be removed harms nothing.
    await removeLeftovers(target, mtimeMs).catch(() => undefined);
    return size;
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw explain(path, error);
  }
};
