import type { Row } from '../../../src/warehouses/warehouse.ts';
import { roundToNine } from '../exact-json.ts';
import type { Column, TypeName } from './tables.ts';

const duckdbTypes: Readonly<Record<string, TypeName>> = {
  BIGINT: 'INT64',
  INTEGER: 'INT64',
  DOUBLE: 'FLOAT64',
  BOOLEAN: 'BOOL',
  VARCHAR: 'STRING',
  DATE: 'DATE',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
};

/** A column as DuckDB's `describe` tells it, with the name that its type has in GoogleSQL, if any of ours. */
export const readColumn = ({ column_name: name, column_type: type }: Row) => {
  const text = String(type);
  return {
    name: String(name),
    type: /^DECIMAL\(\d+,\d\)$/.test(text) ? 'NUMERIC' : (duckdbTypes[text] ?? `${text} of DuckDB`),
  };
};

/** A row as JSON, in the order of the columns; the same whichever engine gave it. */
export const writeRow = (row: Row, columns: readonly Column[]): string =>
  JSON.stringify(
    columns.map(({ name, type }) => {
      const value = row[name] ?? null;
      return type === 'NUMERIC' && value !== null ? roundToNine(String(value)) : value;
    }),
  );

/**
 * The rows that only one of two lists has, each as JSON in the order of the columns. The order of rows does not count,
 * how often a row occurs does.
 */
export const findDifferent = (
  columns: readonly Column[],
  duckdb: readonly Row[],
  googlesql: readonly Row[],
): { duckdbOnly: string[]; googlesqlOnly: string[] } => {
  const open = new Map<string, number>();
  for (const row of duckdb) {
    const text = writeRow(row, columns);
    open.set(text, (open.get(text) ?? 0) + 1);
  }
  const googlesqlOnly: string[] = [];
  for (const row of googlesql) {
    const text = writeRow(row, columns);
    const count = open.get(text) ?? 0;
    if (count === 0) googlesqlOnly.push(text);
    else open.set(text, count - 1);
  }
  const duckdbOnly = [...open].flatMap(([text, count]) => Array<string>(count).fill(text));
  return { duckdbOnly: duckdbOnly.sort(), googlesqlOnly: googlesqlOnly.sort() };
};
