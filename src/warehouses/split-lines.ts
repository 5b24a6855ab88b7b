import { open } from 'node:fs/promises';

/** Bytes that are read at once, at the most. */
const readBytesMax = 1024 * 1024;

/** The lines of a file, without their ends; bytes that are no UTF-8 become U+FFFD. */
export async function* splitLines(file: string): AsyncGenerator<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // Most batches of a sync are small: a megabyte for each costs more than to read it.
    const bytes = Buffer.allocUnsafe(Math.min(size + 1, readBytesMax));
    let parts: Buffer[] = [];
    for (;;) {
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, null);
      if (bytesRead === 0) break;
      const chunk = bytes.subarray(0, bytesRead);
      let from = 0;
      for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
        const end = chunk.subarray(from, to);
        yield (parts.length === 0 ? end : Buffer.concat([...parts, end])).toString('utf8');
        parts = [];
        from = to + 1;
      }
      if (from < chunk.length) parts.push(Buffer.from(chunk.subarray(from)));
    }
    if (parts.length > 0) yield Buffer.concat(parts).toString('utf8');
  } finally {
    await handle.close();
  }
}
