import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { writeString } from '../json/write-json.ts';
import { formatDate, formatWall } from '../values/calendar.ts';
import { formatNumeric, toNanos } from '../values/numeric.ts';

/** Integers beyond 2^53 are written as texts. */
const writeInteger = (value: bigint): string =>
  Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;

/** As TO_JSON_STRING writes it. */
export const writeJsonValue = (value: DuckDBValue): string => {
  if (value === null) return 'null';
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'bigint') return writeInteger(value);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof DuckDBDecimalValue) {
    return `"${formatNumeric(toNanos(value.value, value.scale))}"`;
  }
  if (value instanceof DuckDBDateValue) return `"${formatDate(value.days)}"`;
  if (value instanceof DuckDBTimestampTZValue) return `"${formatWall(value.micros, 'T')}Z"`;
  if (value instanceof DuckDBTimestampValue) return `"${formatWall(value.micros, 'T')}"`;
  if (value instanceof DuckDBListValue) return `[${value.items.map(writeJsonValue).join(',')}]`;
  if (value instanceof DuckDBStructValue) {
    const members = Object.entries(value.entries).map(
      ([name, item]) => `${writeString(name)}:${writeJsonValue(item)}`,
    );
    return `{${members.join(',')}}`;
  }
  throw new Error('\x01The stand-in for BigQuery does not know TO_JSON_STRING of this type');
};
