import { writevSync } from 'node:fs';
import { encodeFooter, magic, type Chunk, type FileColumn, type RowGroup } from './parquet.ts';

/** A Parquet file in the making. */
export type ColumnsFile = {
  /** Writes the chunks of a row group, one for each column in their order. */
  writeGroup: (rows: number, chunks: readonly Chunk[]) => void;
  /** Writes the end. */
  finish: () => void;
};

/** A write may take only part of the bytes, as on a disk that is nearly full. */
const writeAll = (file: number, parts: readonly Buffer[]): void => {
  let left = parts.filter((part) => part.length > 0);
  while (left.length > 0) {
    let bytesWritten = writevSync(file, left.slice(0, 512));
    left = left.flatMap((part) => {
      const done = Math.min(bytesWritten, part.length);
      bytesWritten -= done;
      return done === part.length ? [] : [part.subarray(done)];
    });
  }
};

/** @param file Open for writing. */
export const beginColumnsFile = (file: number, columns: readonly FileColumn[]): ColumnsFile => {
  const groups: RowGroup[] = [];
  let at = magic.length;
  writeAll(file, [magic]);
  return {
    writeGroup: (rows, chunks) => {
      const placed = chunks.map(({ dictionaryBytes, bytes }) => {
        at += bytes;
        return { at: at - bytes, dictionaryBytes, bytes };
      });
      writeAll(
        file,
        chunks.flatMap(({ parts }) => parts),
      );
      groups.push({ rows, chunks: placed });
    },
    finish: () => {
      writeAll(file, [encodeFooter(columns, groups)]);
    },
  };
};
