import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WarehouseError } from '../../errors.ts';
import type { Batch } from '../../model.ts';
import { quoteText } from '../sql-text.ts';
import type { Session } from './open-session.ts';

/** Records above this go the slow way: DuckDB's reader takes sixteen times as much memory for each thread. */
const lineBytesMax = 4 * 1024 * 1024;

/** A path in which nothing is a wildcard. */
const literalPath = (file: string): string =>
  quoteText(resolve(file).replace(/[*?[]/g, (character) => `[${character}]`));

/**
 * One column, no quotes, no escapes: lines come verbatim. The delimiter is a control character, which JSON does not
 * allow unescaped.
 */
const linesSql = (file: string): string =>
  `read_csv(${literalPath(file)}, columns = {'payload': 'VARCHAR'}, header = false, auto_detect = false, ` +
  `delim = chr(1), quote = '', escape = '', new_line = '\\n', compression = 'none', ` +
  `hive_partitioning = false, max_line_size = ${lineBytesMax})`;

async function* splitLines(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    let from = 0;
    for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
      yield Buffer.concat([...parts, bytes.subarray(from, to)]).toString('utf8');
      parts = [];
      from = to + 1;
    }
    if (from < bytes.length) parts.push(bytes.subarray(from));
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString('utf8');
}

async function* toRows(lines: AsyncIterable<string>, index: number) {
  for await (const line of lines) yield [index, line];
}

/** Line by line, for what DuckDB's reader refuses: very long records, carriage returns, bytes that are no UTF-8. */
const appendLines = (session: Session, table: string, batch: Batch, index: number): Promise<void> =>
  session.append(table, toRows(splitLines(batch.file), index));

const sizeOf = async (batch: Batch): Promise<number> => {
  try {
    return (await stat(batch.file)).size;
  } catch (error) {
    throw new WarehouseError(
      `Cannot load batch ${batch.loadId} of ${batch.entity}: its spool file cannot be read; repeat the command, ` +
        `which fetches it again`,
      { cause: error },
    );
  }
};

/** Adds the records of a batch's file to `table` (batch, payload), in order, each byte as it stands. */
export const readSpool = async (
  session: Session,
  table: string,
  batch: Batch,
  index: number,
): Promise<void> => {
  if ((await sizeOf(batch)) === 0) return;
  try {
    await session.run(
      `insert into ${table} select ${index}, coalesce(payload, '') from ${linesSql(batch.file)}`,
    );
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    await appendLines(session, table, batch, index);
  }
};
