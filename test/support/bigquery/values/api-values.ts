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
import { formatDate, formatTimestamp, formatWall } from './calendar.ts';
import type { ApiValue } from './literals.ts';
import { formatNumeric, toNanos } from './numeric.ts';
import type { SqlType } from './sql-type.ts';

/** A value of DuckDB's as a query parameter would carry it. */
export const toApiValue = (value: DuckDBValue, type: SqlType): ApiValue => {
  if (type.kind === 'array') {
    const items = value instanceof DuckDBListValue ? value.items : [];
    return items.map((item) => toApiValue(item, type.element));
  }
  if (value === null) return null;
  if (type.kind === 'struct') {
    const entries = value instanceof DuckDBStructValue ? Object.values(value.entries) : [];
    const fields = type.fields.map((field, i) => [
      field.name,
      toApiValue(entries[i] ?? null, field.type),
    ]);
    return Object.fromEntries(fields) as ApiValue;
  }
  if (value instanceof DuckDBDecimalValue) return formatNumeric(toNanos(value.value, value.scale));
  if (value instanceof DuckDBTimestampTZValue) return formatTimestamp(value.micros) ?? null;
  if (value instanceof DuckDBTimestampValue) return formatWall(value.micros);
  if (value instanceof DuckDBDateValue) return formatDate(value.days);
  if (value instanceof DuckDBTimeValue) return formatWall(value.micros).slice(11);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return String(value);
};
