import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { freeMemory } from '../free-memory.ts';
import { bodyBytesAtOnceMax } from '../limits.ts';

/** Memory for a body whose length is not known. */
const bytesAtFirst = 64 * 1024;

/** Whether a chunk has its memory for itself: then it is a read of the socket, all of it body. */
const standsAlone = (chunk: Buffer): boolean => chunk.length === chunk.buffer.byteLength;

/** Puts chunks one after the other into one piece of memory, which grows where it was too small. */
const createGathering = (bytesExpected: number) => {
  let memory = Buffer.allocUnsafeSlow(Math.min(bytesExpected, bodyBytesAtOnceMax));
  let size = 0;
  let before: Buffer | undefined;

  const grow = (bytesMin: number): void => {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytesMin, 2 * memory.length));
    memory.copy(larger, 0, 0, size);
    freeMemory(memory);
    memory = larger;
  };

  return {
    take: (chunk: Buffer): void => {
      if (size + chunk.length > memory.length) grow(size + chunk.length);
      chunk.copy(memory, size);
      size += chunk.length;
      // Whoever hands over a chunk may still look at it, but no more at the one before.
      if (before !== undefined) freeMemory(before);
      before = standsAlone(chunk) ? chunk : undefined;
    },
    body: (): Buffer => memory.subarray(0, size),
  };
};

/**
 * Reads a body to its end, into memory that nothing else is in. Each byte is held once: what the socket brought is given
 * back as soon as it is copied, so the stream must be its only owner.
 * @param bytesSaid Length of the body, as far as it is known. Nothing but memory depends on it.
 * @throws the stream's error, where it does not come to its end.
 */
export const readBody = async (stream: Readable, bytesSaid?: number): Promise<Buffer> => {
  const gathering = createGathering(bytesSaid ?? bytesAtFirst);
  stream.on('data', gathering.take);
  await finished(stream);
  return gathering.body();
};
