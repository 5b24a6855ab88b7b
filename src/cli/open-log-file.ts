import { appendFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../make-folders.ts';

export type LogFile = {
  path: string;
  /** The file becomes `app.log.1`, that one `app.log.2`, … before it would grow beyond this. */
  bytesMax: number;
  /** Older files that are kept. */
  olderMax: number;
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const moveOn = ({ path, olderMax }: LogFile): void => {
  for (let age = olderMax; age > 0; age -= 1) {
    const from = age === 1 ? path : `${path}.${age - 1}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${age}`);
  }
};

/**
 * Opens a log file that never grows beyond its size. A line is on its way to the disk when the call returns, so that
 * the last words of a run that is killed are there too; and since each line opens the file anew, two processes can share
 * it. Only its owner may read it.
 * @param onFault Called once, when a line cannot be written; later lines are dropped. A log must not end a run.
 * @returns what takes one line, without its newline.
 */
export const openLogFile = (file: LogFile, onFault: (error: unknown) => void) => {
  let faulty = false;
  return (line: string): void => {
    if (faulty) return;
    try {
      const text = `${line}\n`;
      makeFolders(dirname(file.path), 0o700);
      const size = sizeOf(file.path);
      if (size > 0 && size + Buffer.byteLength(text) > file.bytesMax) moveOn(file);
      appendFileSync(file.path, text, { mode: 0o600 });
    } catch (error) {
      faulty = true;
      onFault(error);
    }
  };
};
