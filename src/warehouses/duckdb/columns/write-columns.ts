import type { FileHandle } from 'node:fs/promises';
import { encodeFooter, magic, type Chunk, type FileColumn, type RowGroup } from './parquet.ts';

/** A Parquet file in the making. */
export type ColumnsFile = {
  /** Writes the chunks of a row group, one for each column in their order. */
  writeGroup: (rows: number, chunks: readonly Chunk[]) => Promise<void>;
  /** Writes the end. */
  finish: () => Promise<void>;
};

/** A write may take only part of the bytes, as on a disk that is nearly full. */
const writeAll = async (file: FileHandle, parts: readonly Buffer[]): Promise<void> => {
  let left = parts.filter((part) => part.length > 0);
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left.slice(0, 512));
    left = left.flatMap((part) => {
      const done = Math.min(bytesWritten, part.length);
      bytesWritten -= done;
      return done === part.length ? [] : [part.subarray(done)];
    });
  }
};

export const beginColumnsFile = async (
  file: FileHandle,
  columns: readonly FileColumn[],
): Promise<ColumnsFile> => {
  const groups: RowGroup[] = [];
  let at = magic.length;
  await writeAll(file, [magic]);
  return {
    writeGroup: async (rows, chunks) => {
      const placed = chunks.map(({ dictionaryBytes, bytes }) => {
        at += bytes;
        return { at: at - bytes, dictionaryBytes, bytes };
      });
      await writeAll(
        file,
        chunks.flatMap(({ parts }) => parts),
      );
      groups.push({ rows, chunks: placed });
    },
    finish: () => writeAll(file, [encodeFooter(columns, groups)]),
  };
};
