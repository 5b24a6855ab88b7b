import * as disk from 'node:fs/promises';
import { makeFolders } from '../make-folders.ts';

/** An open file, as far as a spool uses it; positions and lengths in bytes. */
export type OpenFile = {
  read: (
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesRead: number }>;
  /** May take only part of the bytes. */
  write: (
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesWritten: number }>;
  /** At the position reached; of a file that was opened to append, at its end. */
  writeFile: (text: string) => Promise<void>;
  truncate: (length: number) => Promise<void>;
  /** What was written before outlives a crash of the machine; `sync` too the file's length and times. */
  datasync: () => Promise<void>;
  sync: () => Promise<void>;
  close: () => Promise<void>;
};

/** The disk, as far as a spool uses it: a subset of `node:fs/promises`, with its errors. */
export type Files = {
  mkdir: (path: string, options: { recursive: true; mode: number }) => Promise<unknown>;
  open: (path: string, flags: string | number, mode?: number) => Promise<OpenFile>;
  readFile: (path: string, encoding: 'utf8' | 'latin1') => Promise<string>;
  rename: (from: string, to: string) => Promise<void>;
  rm: (path: string, options: { recursive: true; force: true }) => Promise<void>;
};

/** The machine's own disk. */
export const diskFiles: Files = {
  ...disk,
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to be a rejection
  mkdir: async (path, { mode }) => {
    makeFolders(path, mode);
  },
};
