import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { formatDate, formatWall } from './calendar.ts';
import { writeFloat } from './floats.ts';
import { formatNumeric, toNanos } from './numeric.ts';
import type { SqlType } from './sql-type.ts';

/** A value in a row of the API's. */
export type Cell = { v: string | null | Cell[] | CellRow };
export type CellRow = { f: Cell[] };

/** How timestamps are written: as whole microseconds, or as Google's old decimal seconds. */
export type CellFormat = { int64Timestamp: boolean };

const writeSeconds = (micros: bigint): string => {
  const sign = micros < 0n ? '-' : '';
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  const all = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const [, first = '0', rest = ''] = /^0*([0-9]?)([0-9.]*)$/.exec(all.replace('.', '')) ?? [];
  return micros === 0n
    ? '0.0'
    : `${sign}${first || '0'}.${rest || '0'}E${first.length + rest.length - 7}`;
};

const writeScalar = (value: DuckDBValue, type: SqlType, format: CellFormat): string => {
  if (value instanceof DuckDBDecimalValue) return formatNumeric(toNanos(value.value, value.scale));
  if (value instanceof DuckDBTimestampTZValue) {
    return format.int64Timestamp ? String(value.micros) : writeSeconds(value.micros);
  }
  if (value instanceof DuckDBTimestampValue) return formatWall(value.micros, 'T');
  if (value instanceof DuckDBDateValue) return formatDate(value.days);
  if (value instanceof DuckDBTimeValue) return formatWall(value.micros).slice(11);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (typeof value === 'number' && type.kind === 'scalar' && type.name === 'FLOAT64') {
    return writeFloat(value);
  }
  return String(value);
};

/** A value of a row of DuckDB's as the API writes it. */
export const toCell = (value: DuckDBValue, type: SqlType, format: CellFormat): Cell => {
  if (type.kind === 'array') {
    const items = value instanceof DuckDBListValue ? value.items : [];
    return { v: items.map((item) => toCell(item, type.element, format)) };
  }
  if (value === null) return { v: null };
  if (type.kind === 'struct') {
    const entries = value instanceof DuckDBStructValue ? Object.values(value.entries) : [];
    const cells = type.fields.map((field, i) => toCell(entries[i] ?? null, field.type, format));
    return { v: { f: cells } };
  }
  return { v: writeScalar(value, type, format) };
};
