/** A part of an upload: where it begins, its bytes, and whether it is the last. */
export type Chunk = { from: number; bytes: Buffer; last: boolean };

/** Cuts texts into chunks of `chunkBytes`, as UTF-8; the last one holds the rest, and at least one byte. */
export async function* toChunks(
  texts: AsyncIterable<string>,
  chunkBytes: number,
): AsyncGenerator<Chunk> {
  let parts: Buffer[] = [];
  let size = 0;
  let from = 0;
  for await (const text of texts) {
    const bytes = Buffer.from(text);
    parts.push(bytes);
    size += bytes.length;
    if (size <= chunkBytes) continue;
    let rest = Buffer.concat(parts);
    while (rest.length > chunkBytes) {
      yield { from, bytes: rest.subarray(0, chunkBytes), last: false };
      from += chunkBytes;
      rest = rest.subarray(chunkBytes);
    }
    parts = [rest];
    size = rest.length;
  }
  if (size > 0) yield { from, bytes: Buffer.concat(parts), last: true };
}
