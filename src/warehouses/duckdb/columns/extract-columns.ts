import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Batch, Entity } from '../../../model.ts';
import { clearColumns, createBufferPool, groupRows, putText, type BufferPool } from './buffers.ts';
import { createPageRuns, runColumns } from './page-runs.ts';
import { encodeColumn, type FileColumn } from './parquet.ts';
import { createRecordKeys } from './record-keys.ts';
import { createRecordReader } from './read-record.ts';
import { readWholeLines } from './whole-lines.ts';
import { beginColumnsFile, type ColumnsFile } from './write-columns.ts';

/** What is read of a spool file at once; a record that is longer is left to the SQL. */
const readBytes = 1024 * 1024;

/** Payloads that are gathered before they are written: a row group of the file, which is also what DuckDB reads at once. */
const groupBytes = 4 * 1024 * 1024;

/** Buffers that serve one extraction after the other. */
export type Extractor = { input: Buffer; pool: BufferPool };

export const createExtractor = (): Extractor => ({
  input: Buffer.allocUnsafeSlow(readBytes),
  pool: createBufferPool(),
});

/** What a file of columns holds. */
export type Extracted = {
  rows: number;
  /** Lines (from 0) of records that share all fields of their key with another one of their batch: see `_key`. */
  twins: number[];
};

const newline = 0x0a;

/**
 * The columns that are read out of the records: the entity's, `payload`, and its `_key` if it has one, in which a hash
 * of fields has the ordinal 1; of twins, that is to be mended.
 */
const valueColumns = (entity: Entity): FileColumn[] => [
  ...entity.columns.map(({ name, type }): FileColumn => ({ name, type })),
  { name: 'payload', type: 'string' },
  ...(entity.key.kind === 'id' ? [] : [{ name: '_key', type: 'string' } as const]),
];

const createRows = (entity: Entity, pool: BufferPool) => {
  const columns = valueColumns(entity);
  const buffers = columns.map((_, place) => pool(place));
  clearColumns(buffers);
  const fields = buffers.slice(0, entity.columns.length);
  const payload = pool(fields.length);
  const key = pool(fields.length + 1);
  const reader = createRecordReader(entity, fields);
  const keys = createRecordKeys(entity, { fields, key }, reader.valueOf);
  const pages = createPageRuns();
  let [rows, line] = [0, 0];

  return {
    pages,
    lines: () => line,
    twins: keys.twins,
    /** Takes the record that is the line from `at` to `end`; false where it is not plain. */
    take: (bytes: Buffer, at: number, end: number, batch: number): boolean => {
      if (reader.read(bytes, at, rows) !== end) return false;
      if (!pages.take() || !keys.take(bytes, { from: at, to: end, row: rows }, { line, batch }))
        return false;
      putText(payload, rows, bytes, at, end);
      rows += 1;
      line += 1;
      return true;
    },
    isFull: () => rows === groupRows || payload.size >= groupBytes,
    write: async (file: ColumnsFile): Promise<void> => {
      if (rows === 0) return;
      const chunks = columns.map(({ type }, place) => encodeColumn(type, pool(place), rows));
      await file.writeGroup(rows, [...chunks, ...pages.encode()]);
      clearColumns(buffers);
      rows = 0;
    },
  };
};

type Rows = ReturnType<typeof createRows>;

/** Takes the records of a batch; false where one is not plain, or they are not those of its manifest. */
const takeBatch = async (
  spool: FileHandle,
  batch: Batch,
  place: number,
  input: Buffer,
  rows: Rows,
  file: ColumnsFile,
): Promise<boolean> => {
  rows.pages.enter(batch);
  for await (const lines of readWholeLines(spool, input)) {
    if (lines === null) return false;
    for (let at = 0; at < lines.end;) {
      const end = lines.bytes.indexOf(newline, at);
      if (!rows.take(lines.bytes, at, end, place)) return false;
      if (rows.isFull()) await rows.write(file);
      at = end + 1;
    }
  }
  return rows.pages.isOver();
};

const takeBatches = async (
  batches: readonly Batch[],
  input: Buffer,
  rows: Rows,
  file: ColumnsFile,
): Promise<boolean> => {
  for (const [place, batch] of batches.entries()) {
    const before = rows.lines();
    const spool = await open(batch.file, 'r');
    try {
      if (!(await takeBatch(spool, batch, place, input, rows, file))) return false;
    } finally {
      await spool.close();
    }
    if (rows.lines() - before !== batch.rows) return false;
  }
  await rows.write(file);
  return rows.lines() > 0;
};

const writeFile = async (
  { input, pool }: Extractor,
  entity: Entity,
  batches: readonly Batch[],
  handle: FileHandle,
): Promise<Extracted | null> => {
  const rows = createRows(entity, pool);
  const file = await beginColumnsFile(handle, [...valueColumns(entity), ...runColumns]);
  if (!(await takeBatches(batches, input, rows, file))) return null;
  await file.finish();
  return { rows: rows.lines(), twins: rows.twins() };
};

/** A spool file that is not there, a full disk: the SQL meets the same fault, or needs no file, and says what to do. */
const isOfFiles = (error: unknown): boolean =>
  typeof (Object(error) as NodeJS.ErrnoException).syscall === 'string';

/**
 * Reads the records of batches into a Parquet file of typed columns, in one pass over their bytes. Only plain records:
 * each value of a column is of its type, in the form in which the source usually writes it, and each key is there once.
 * Whatever else there is (a value that does not fit, a number that 64 bits do not hold, a key twice, bytes that are not
 * JSON) is left to the SQL of `stageSql`, which decides about it; for plain records both come to the same.
 *
 * The file's columns are those of the raw table but `_modified_on` and `_deleted`.
 * @param path Of the file, which is replaced.
 * @returns null, and no file, where not all records are plain, or a file cannot be read or written.
 */
export const extractColumns = async (
  extractor: Extractor,
  entity: Entity,
  batches: readonly Batch[],
  path: string,
): Promise<Extracted | null> => {
  try {
    const handle = await open(path, 'w', 0o600);
    const extracted = await writeFile(extractor, entity, batches, handle).finally(() =>
      // A disk may say only now that it did not take what was written.
      handle.close(),
    );
    if (extracted !== null) return extracted;
  } catch (error) {
    if (!isOfFiles(error)) throw error;
  }
  await rm(path, { force: true });
  return null;
};
