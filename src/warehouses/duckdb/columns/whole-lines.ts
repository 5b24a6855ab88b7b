import { isUtf8 } from 'node:buffer';
import { readSync } from 'node:fs';

const newline = 0x0a;

/**
 * Whole lines of a file, as they stand in the input up to `end`, which begins at `at` in the file; null where a line is
 * longer than it or no UTF-8.
 */
type Lines = { at: number; end: number } | null;

/**
 * Reads an open file through one buffer: each answer holds as many whole lines as fit, and is overwritten by the next.
 * The last line has to be ended.
 * @param input The buffer; asked for again each time, since its memory may have moved.
 */
export function* readWholeLines(file: number, input: () => Buffer): Generator<Lines> {
  let [at, held] = [0, 0];
  for (;;) {
    const bytes = input();
    const bytesRead = readSync(file, bytes, held, bytes.length - held, null);
    const filled = held + bytesRead;
    const end = filled === 0 ? 0 : bytes.lastIndexOf(newline, filled - 1) + 1;
    const isTorn = bytesRead === 0 && filled > 0;
    if (isTorn || (end === 0 && filled === bytes.length) || !isUtf8(bytes.subarray(0, end))) {
      yield null;
      return;
    }
    if (bytesRead === 0) return;
    yield { at, end };
    input().copyWithin(0, end, filled);
    at += end;
    held = filled - end;
  }
}
