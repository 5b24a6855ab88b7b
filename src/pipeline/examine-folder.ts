import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError, WarehouseError } from '../errors.ts';
import type { Examination } from '../model.ts';

export type Folder = {
  about: string;
  path: string;
  /** The variable that names it. */
  variable: string;
  /** Less free than this is too little. */
  freeBytesMin: number;
};

const mebibytes = (bytes: number): string =>
  `${Math.floor(bytes / 1024 ** 2).toLocaleString('en-US')} MiB`;

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
};

/** The folder, or what is there of the way to it. */
const findExisting = async (path: string): Promise<string> => {
  let found = resolve(path);
  while (!(await isThere(found)) && dirname(found) !== found) found = dirname(found);
  return found;
};

/** Whether a run could write there and has room; nothing is made. */
export const examineFolder = ({ about, path, variable, freeBytesMin }: Folder): Examination => ({
  about,
  look: async () => {
    const found = await findExisting(path);
    if (!(await stat(found)).isDirectory()) {
      throw new ConfigError(
        `Cannot use ${path}: ${found} is no folder; remove it, or set ${variable} to another place`,
      );
    }
    try {
      await access(found, constants.W_OK | constants.X_OK);
    } catch {
      throw new WarehouseError(
        `Cannot write into ${path}: ${found} does not let this user; change its owner or mode, or set ${variable}`,
      );
    }
    const { bavail, bsize } = await statfs(found);
    const free = bavail * bsize;
    if (free < freeBytesMin) {
      throw new WarehouseError(
        `Cannot rely on ${path}: ${mebibytes(free)} are free there and a run may need ${mebibytes(freeBytesMin)}; ` +
          `make room, or set ${variable} to another disk`,
      );
    }
    const state = found === resolve(path) ? 'can be written' : 'can be made by the first run';
    return `${path} ${state}, ${mebibytes(free)} are free`;
  },
});
