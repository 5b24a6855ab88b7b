import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Whether something of that name is there; what cannot be looked at shows when a folder is made in it. */
const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
};

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` never ends where the system refuses
 * with ENOENT, as it does below `/proc`.
 * @param mode Of the folders that are made.
 * @throws the system's error, with its code.
 */
export const makeFolders = (folder: string, mode: number): void => {
  if (isThere(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolders(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process made it at the same moment.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};
