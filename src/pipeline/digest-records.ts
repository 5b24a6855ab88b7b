import { createHash } from 'node:crypto';
import type { Files } from '../extract/files.ts';

const chunkBytes = 1024 * 1024;

const withoutSpace = (record: string): string =>
  record.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (found) => (found.startsWith('"') ? found : ''));

/** The lines of a file as Latin-1, each byte a character; a chunk and a line are held, never the file. */
async function* readLines(files: Files, path: string): AsyncGenerator<string> {
  const file = await files.open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = '';
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const lines = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

/**
 * A digest of a file's records. Independent of white space and of the order in which an endpoint without a sort hands
 * out its records.
 */
export const digestRecords = async (files: Files, path: string): Promise<string> => {
  const digests: string[] = [];
  for await (const line of readLines(files, path)) digests.push(sha256(withoutSpace(line)));
  return sha256(digests.sort().join('\n'));
};
