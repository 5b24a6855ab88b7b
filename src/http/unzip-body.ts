import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { freeMemory } from '../free-memory.ts';
import { bodyBytesAtOnceMax } from '../limits.ts';

const unzip = promisify(gunzip);

/** The length that a zipped body says it has unpacked, in its last four bytes; a body that was cut says anything. */
const readLength = (zipped: Buffer): number =>
  zipped.length < 4 ? 0 : zipped.readUInt32LE(zipped.length - 4);

/**
 * Unpacks a body, in one step where it says how long it is, and gives the memory of the zipped one back.
 * @throws an error with a code: not whole, no gzip, or larger than `bytesMax` (`ERR_BUFFER_TOO_LARGE`).
 */
export const unzipBody = async (zipped: Buffer, bytesMax: number): Promise<Buffer> => {
  // One byte more than it needs: else zlib makes room for another step, to see that there is none.
  const bytesWanted = Math.min(readLength(zipped) + 1, bodyBytesAtOnceMax);
  const chunkSize = Math.max(bytesWanted, constants.Z_DEFAULT_CHUNK);
  const body = await unzip(zipped, { chunkSize, maxOutputLength: bytesMax });
  freeMemory(zipped);
  return body;
};
