import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WarehouseError } from '../../errors.ts';
import type { Batch } from '../../model.ts';
import { splitLines } from '../split-lines.ts';
import { quoteText } from '../sql-text.ts';
import { explainUnreadable } from '../staging.ts';
import type { Session } from './open-session.ts';

/** Records above this go the slow way. */
const lineBytesMax = 2 * 1024 * 1024;

/** What DuckDB's reader reads at once; by itself it would take sixteen times the longest record. */
const bufferBytes = 2 * lineBytesMax;

/** A path in which nothing is a wildcard. */
const literalPath = (file: string): string =>
  quoteText(resolve(file).replace(/[*?[]/g, (character) => `[${character}]`));

/**
 * One column, no quotes, no escapes: lines come verbatim. The delimiter is a control character, which JSON does not
 * allow unescaped.
 */
const linesSql = (files: readonly string[]): string =>
  `read_csv([${files.map(literalPath).join(', ')}], columns = {'payload': 'VARCHAR'}, header = false, ` +
  `auto_detect = false, delim = chr(1), quote = '', escape = '', new_line = '\\n', compression = 'none', ` +
  `hive_partitioning = false, max_line_size = ${lineBytesMax}, ` +
  `buffer_size = ${bufferBytes})`;

/** Bytes of the files that hold these payloads and nothing else, a line each. */
export const fileBytesSql = 'coalesce(sum(strlen(payload) + 1), 0)';

async function* toRows(lines: AsyncIterable<string>, index: number) {
  for await (const line of lines) yield [index, line];
}

/**
 * Line by line, for what DuckDB's reader refuses, or passes over without a word: very long records, carriage returns,
 * bytes that are no UTF-8.
 */
const appendLines = (session: Session, table: string, batch: Batch, index: number): Promise<void> =>
  session.append(table, toRows(splitLines(batch.file), index));

const sizeOf = async (batch: Batch): Promise<number> => {
  try {
    return (await stat(batch.file)).size;
  } catch (error) {
    throw explainUnreadable(batch, error);
  }
};

/** A batch, its place among those that are staged together, and its file's size. */
type Spool = { batch: Batch; index: number; bytes: number };

const sizeAll = (batches: readonly Batch[]): Promise<Spool[]> =>
  Promise.all(batches.map(async (batch, index) => ({ batch, index, bytes: await sizeOf(batch) })));

/** Whether DuckDB's reader could read the file, each byte of it: some records that are too long it leaves out. */
const readAtOnce = async (
  session: Session,
  table: string,
  { batch, index, bytes }: Spool,
): Promise<boolean> => {
  try {
    const [read] = await session.readRows(
      `insert into ${table} select ${index}, coalesce(payload, '') from ${linesSql([batch.file])};
      select ${fileBytesSql} as bytes from ${table} where batch = ${index}`,
    );
    return Number(read?.bytes) === bytes;
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    return false;
  }
};

const readOne = async (session: Session, table: string, spool: Spool): Promise<void> => {
  const { batch, index } = spool;
  if (await readAtOnce(session, table, spool)) return;
  await session.run(`delete from ${table} where batch = ${index}`);
  await appendLines(session, table, batch, index);
};

const sizeFilled = async (batches: readonly Batch[]): Promise<Spool[]> =>
  (await sizeAll(batches)).filter(({ bytes }) => bytes > 0);

/**
 * Files to read at once.
 * - `sql`: a relation (file, payload) of their records, in order, each byte as it stands; `file` counts the batches
 *   from 0.
 * - `lines`: the same as a plain scan (payload), in which an empty line is NULL.
 * - `bytes`: of all files together.
 */
export type Spools = { sql: string; lines: string; bytes: number };

/**
 * The batches' files. One reader for all: opening it takes longer than reading a small one. Null where no file holds
 * anything.
 * @throws WarehouseError when a file is not there.
 */
export const findSpools = async (batches: readonly Batch[]): Promise<Spools | null> => {
  const spools = await sizeFilled(batches);
  if (spools.length === 0) return null;
  const files = spools.map(({ batch }) => batch.file);
  const indexes = `[${spools.map(({ index }) => index).join(', ')}]`;
  const lines = linesSql(files);
  const sql = `(
    select ${indexes}[file_index::bigint + 1] as file, coalesce(payload, '') as payload from ${lines}
  )`;
  return { sql, lines, bytes: spools.reduce((sum, { bytes }) => sum + bytes, 0) };
};

/**
 * Makes the temporary table `table` (batch, payload) of the same records, file by file, also of those that DuckDB's
 * reader refuses.
 * @throws WarehouseError when a file cannot be read.
 */
export const readSpools = async (
  session: Session,
  table: string,
  batches: readonly Batch[],
): Promise<void> => {
  await session.run(`create or replace temp table ${table} (batch integer, payload varchar)`);
  for (const spool of await sizeFilled(batches)) await readOne(session, table, spool);
};
