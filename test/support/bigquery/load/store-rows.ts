import { DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import { storedName } from '../catalog/catalog.ts';
import type { TableRef } from '../catalog/dataset.ts';
import type { Session } from '../engine/open-database.ts';
import type { Field } from '../values/field.ts';
import { quoteText } from '../values/literals.ts';

type Rows = readonly (readonly DuckDBValue[])[];

/** As many as are stored sooner by a statement than by an appender. */
const literalRowsMax = 100;
const literalBytesMax = 50_000;

/** The value in DuckDB's SQL; undefined for those that are better not written there. */
const writeValue = (value: DuckDBValue): string | undefined => {
  if (value === null) return 'null';
  if (typeof value === 'string') return value.includes('\0') ? undefined : quoteText(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return value instanceof DuckDBTimestampTZValue ? `make_timestamptz(${value.micros})` : undefined;
};

/** An INSERT of the rows, '' for none; undefined when they are many, or not all can be written. */
const writeInsert = (ref: TableRef, rows: Rows): string | undefined => {
  if (rows.length > literalRowsMax) return undefined;
  const written = rows.map((row) => row.map(writeValue));
  if (written.some((row) => row.includes(undefined))) return undefined;
  const values = written.map((row) => `(${row.join(', ')})`).join(', ');
  if (values.length > literalBytesMax) return undefined;
  return values === '' ? '' : `insert into ${storedName(ref)} values ${values}`;
};

const append = (
  appender: Awaited<ReturnType<Session['connection']['createAppender']>>,
  fields: readonly Field[],
  rows: Rows,
): void => {
  const types = fields.map((_, index) => appender.columnType(index));
  for (const row of rows) {
    row.forEach((value, index) => {
      if (value === null) appender.appendNull();
      else appender.appendValue(value, types[index]);
    });
    appender.endRow();
  }
};

/**
 * Adds rows to a table: all of them, or none.
 * @param first DuckDB's statement that comes before, in the same transaction; '' for none.
 */
export const storeRows = async (
  session: Session,
  {
    ref,
    fields,
    rows,
    first,
  }: { ref: TableRef; fields: readonly Field[]; rows: Rows; first: string },
): Promise<void> => {
  const insert = writeInsert(ref, rows);
  const before = ['begin transaction', first, insert ?? ''].filter((step) => step !== '');
  try {
    if (insert !== undefined) {
      await session.run([...before, 'commit'].join('; '));
      return;
    }
    await session.run(before.join('; '));
    const appender = await session.connection.createAppender(ref.tableId, ref.datasetId);
    try {
      append(appender, fields, rows);
    } finally {
      appender.closeSync();
    }
    await session.run('commit');
  } catch (error) {
    await session.run('rollback');
    throw error;
  }
};
