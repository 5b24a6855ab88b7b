import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import {
  formatDate,
  formatTimestamp,
  formatWall,
  parseDate,
  parseDatetime,
  parseTimestamp,
} from '../values/calendar.ts';
import { formatFloat, parseFloat64 } from '../values/floats.ts';
import { isInt64, parseInt64 } from '../values/integers.ts';
import { formatNumeric, parseNumeric, toNanos } from '../values/numeric.ts';

/** A value that is not NULL, with DuckDB's name of its type. */
export type Given = { value: Exclude<DuckDBValue, null>; type: string };

/** A cast that answers undefined where GoogleSQL would fail. */
export type Cast = (given: Given) => DuckDBValue | undefined;

const dayMicros = 86_400_000_000n;

const isFloat = ({ type }: Given): boolean => type === 'DOUBLE' || type === 'FLOAT';

/** Halves away from zero. */
const roundFloat = (value: number): bigint | undefined =>
  Number.isFinite(value) ? BigInt(Math.sign(value) * Math.floor(Math.abs(value) + 0.5)) : undefined;

const toWhole = (given: Given): bigint | undefined => {
  const { value } = given;
  if (typeof value === 'string') return parseInt64(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return isFloat(given) ? roundFloat(value) : BigInt(value);
  if (!(value instanceof DuckDBDecimalValue)) return undefined;
  const nanos = toNanos(value.value, value.scale);
  const half = nanos < 0n ? -500_000_000n : 500_000_000n;
  return (nanos + half) / 1_000_000_000n;
};

const castInt64: Cast = (given) => {
  const whole = toWhole(given);
  return whole !== undefined && isInt64(whole) ? whole : undefined;
};

const toNumeric = (given: Given): bigint | undefined => {
  const { value } = given;
  if (typeof value === 'string') return parseNumeric(value);
  if (typeof value === 'bigint') return parseNumeric(String(value));
  if (typeof value === 'number')
    return parseNumeric(isFloat(given) ? value.toFixed(20) : String(value));
  return value instanceof DuckDBDecimalValue ? toNanos(value.value, value.scale) : undefined;
};

const castNumeric: Cast = (given) => {
  const nanos = toNumeric(given);
  return nanos === undefined ? undefined : new DuckDBDecimalValue(nanos, 38, 9);
};

const castFloat64: Cast = ({ value }) => {
  if (typeof value === 'string') return parseFloat64(value);
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  return value instanceof DuckDBDecimalValue ? Number(value.toString()) : undefined;
};

const castBool: Cast = ({ value }) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) !== 0;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
};

/** Days, whatever the sign: midnight before the instant. */
const floorDays = (micros: bigint): number =>
  Number((micros - (((micros % dayMicros) + dayMicros) % dayMicros)) / dayMicros);

const castDate: Cast = ({ value }) => {
  if (value instanceof DuckDBDateValue) return value;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return new DuckDBDateValue(floorDays(value.micros));
  }
  const days = typeof value === 'string' ? parseDate(value) : undefined;
  return days === undefined ? undefined : new DuckDBDateValue(days);
};

/** Microseconds of a date, a datetime or an instant: at midnight, and in UTC. */
export const toMicros = (value: DuckDBValue): bigint | undefined => {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return value.micros;
  }
  return value instanceof DuckDBDateValue ? BigInt(value.days) * dayMicros : undefined;
};

const castTimestamp: Cast = ({ value }) => {
  const micros = typeof value === 'string' ? parseTimestamp(value) : toMicros(value);
  return micros === undefined ? undefined : new DuckDBTimestampTZValue(micros);
};

const castDatetime: Cast = ({ value }) => {
  const micros = typeof value === 'string' ? parseDatetime(value) : toMicros(value);
  return micros === undefined ? undefined : new DuckDBTimestampValue(micros);
};

const castTime: Cast = ({ value }) => {
  if (value instanceof DuckDBTimeValue) return value;
  const isText = typeof value === 'string' && /^\d{1,2}:/.test(value);
  const micros = isText ? parseDatetime(`1970-01-01 ${value}`) : toMicros(value);
  if (micros === undefined || value instanceof DuckDBDateValue) return undefined;
  return new DuckDBTimeValue(((micros % dayMicros) + dayMicros) % dayMicros);
};

const castString: Cast = (given) => {
  const { value } = given;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return isFloat(given) ? formatFloat(value) : String(value);
  if (value instanceof DuckDBDecimalValue) return formatNumeric(toNanos(value.value, value.scale));
  if (value instanceof DuckDBDateValue) return formatDate(value.days);
  if (value instanceof DuckDBTimestampTZValue) return formatTimestamp(value.micros);
  if (value instanceof DuckDBTimestampValue) return formatWall(value.micros);
  return value instanceof DuckDBTimeValue ? formatWall(value.micros).slice(11) : undefined;
};

/** Each cast with what GoogleSQL says of a text that it does not take. */
export const casts = {
  int64: { cast: castInt64, fault: (text: string) => `Bad int64 value: ${text}` },
  numeric: { cast: castNumeric, fault: (text: string) => `Invalid NUMERIC value: ${text}` },
  float64: { cast: castFloat64, fault: (text: string) => `Bad double value: ${text}` },
  bool: { cast: castBool, fault: (text: string) => `Bad bool value: ${text}` },
  date: { cast: castDate, fault: (text: string) => `Invalid date: '${text}'` },
  timestamp: { cast: castTimestamp, fault: (text: string) => `Invalid timestamp: '${text}'` },
  datetime: { cast: castDatetime, fault: (text: string) => `Invalid datetime string "${text}"` },
  time: { cast: castTime, fault: (text: string) => `Invalid time string "${text}"` },
  string: { cast: castString, fault: (text: string) => `Invalid cast to STRING of ${text}` },
} as const;
