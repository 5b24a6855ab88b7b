import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;

/** Whole lines of a file, as they stand in `bytes` up to `end`; null where a line is longer than the buffer or no UTF-8. */
export type Lines = { bytes: Buffer; end: number } | null;

/**
 * Reads a file through one buffer: each answer holds as many whole lines as fit, and is overwritten by the next. The last
 * line has to be ended.
 */
export async function* readWholeLines(file: FileHandle, buffer: Buffer): AsyncGenerator<Lines> {
  let held = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, held, buffer.length - held, null);
    const filled = held + bytesRead;
    const end = filled === 0 ? 0 : buffer.lastIndexOf(newline, filled - 1) + 1;
    const isTorn = bytesRead === 0 && filled > 0;
    if (isTorn || (end === 0 && filled === buffer.length) || !isUtf8(buffer.subarray(0, end))) {
      yield null;
      return;
    }
    if (bytesRead === 0) return;
    yield { bytes: buffer, end };
    buffer.copyWithin(0, end, filled);
    held = filled - end;
  }
}
