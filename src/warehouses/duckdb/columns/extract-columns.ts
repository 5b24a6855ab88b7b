import { closeSync, openSync, rmSync } from 'node:fs';
import type { Batch, Entity } from '../../../model.ts';
import type { ColumnReader, OpenReader } from './column-reader.ts';
import { numberTwins, type Twin } from './number-twins.ts';
import { createPageRuns, runColumns, type PageRuns } from './page-runs.ts';
import { encodeColumn, type FileColumn } from './parquet.ts';
import { readWholeLines } from './whole-lines.ts';
import { beginColumnsFile, type ColumnsFile } from './write-columns.ts';

/** What a file of columns holds. */
export type Extracted = {
  rows: number;
  /** By line (from 0): which ordinals in `_key` are to be mended. */
  twins: Twin[];
};

/**
 * The columns that are read out of the records: the entity's, `payload`, and its `_key` if it has one, in which a hash
 * of fields has the ordinal 1.
 */
const valueColumns = (entity: Entity): FileColumn[] => [
  ...entity.columns.map(({ name, type }): FileColumn => ({ name, type })),
  { name: 'payload', type: 'string' },
  ...(entity.key.kind === 'id' ? [] : [{ name: '_key', type: 'string' } as const]),
];

/** The records on their way from the spools to the file. */
type Passage = {
  reader: ColumnReader;
  pages: PageRuns;
  columns: readonly FileColumn[];
  file: ColumnsFile;
};

const writeRows = ({ reader, pages, columns, file }: Passage): void => {
  const rows = reader.rows();
  if (rows === 0) return;
  const chunks = columns.map(({ type }, place) =>
    encodeColumn(type, reader.column(place, type), rows),
  );
  file.writeGroup(rows, [...chunks, ...pages.encode()]);
  reader.clear();
};

/** Takes the lines that stand in the reader's input; false where a record is not plain, or the batch's pages are over. */
const takeLines = (passage: Passage, lines: { at: number; end: number }): boolean => {
  const { reader, pages } = passage;
  for (let from = 0; from < lines.end;) {
    const before = reader.lines();
    from = reader.take(from, lines.end, lines.at);
    if (from < 0 || !pages.take(reader.lines() - before)) return false;
    if (reader.isFull()) writeRows(passage);
  }
  return true;
};

/** Does something with an open file, and closes it. */
const withFile = <T>(path: string, flags: 'r' | 'w', work: (file: number) => T): T => {
  const file = openSync(path, flags, 0o600);
  try {
    return work(file);
  } finally {
    // A disk may say only now that it did not take what was written.
    closeSync(file);
  }
};

/** Takes the records of a batch; null where one is not plain, or they are not those of its manifest. */
const takeBatch = (passage: Passage, batch: Batch): Twin[] | null =>
  withFile(batch.file, 'r', (spool) => {
    const { reader, pages } = passage;
    const before = reader.lines();
    pages.enter(batch);
    reader.enter();
    for (const lines of readWholeLines(spool, reader.input)) {
      if (lines === null || !takeLines(passage, lines)) return null;
    }
    const isWhole = pages.isOver() && reader.lines() - before === batch.rows;
    return isWhole ? numberTwins(spool, reader.alike()) : null;
  });

const writeFile = (
  openReader: OpenReader,
  entity: Entity,
  batches: readonly Batch[],
  path: string,
): Extracted | null =>
  withFile(path, 'w', (handle) => {
    const reader = openReader(entity);
    const columns = valueColumns(entity);
    const file = beginColumnsFile(handle, [...columns, ...runColumns]);
    const passage = { reader, pages: createPageRuns(), columns, file };
    const twins: Twin[] = [];
    for (const batch of batches) {
      const found = takeBatch(passage, batch);
      if (found === null) return null;
      twins.push(...found);
    }
    writeRows(passage);
    if (reader.lines() === 0) return null;
    file.finish();
    return { rows: reader.lines(), twins };
  });

/** A spool file that is not there, a full disk: the SQL meets the same fault, or needs no file, and says what to do. */
const isOfFiles = (error: unknown): boolean =>
  typeof (Object(error) as NodeJS.ErrnoException).syscall === 'string';

/**
 * Reads the records of batches into a Parquet file of typed columns, in one pass over their bytes. Only plain records:
 * each value of a column is of its type, in the form in which the source usually writes it, and each key is there once.
 * Whatever else there is (a value that does not fit, a number that 64 bits do not hold, a key twice, bytes that are not
 * JSON) is left to the SQL of `stageSql`, which decides about it; for plain records both come to the same.
 *
 * The file's columns are those of the raw table but `_modified_on` and `_deleted`. It waits for the disk, since it is
 * meant for a thread that does nothing else meanwhile.
 * @param path Of the file, which is replaced.
 * @returns null, and no file, where not all records are plain, or a file cannot be read or written.
 */
export const extractColumns = (
  openReader: OpenReader,
  entity: Entity,
  batches: readonly Batch[],
  path: string,
): Extracted | null => {
  try {
    const extracted = writeFile(openReader, entity, batches, path);
    if (extracted !== null) return extracted;
  } catch (error) {
    if (!isOfFiles(error)) throw error;
  }
  rmSync(path, { force: true });
  return null;
};
