import type { Value } from '../warehouse.ts';

const formatMicros = (micros: bigint): string => {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = micros - millis * 1000n;
  const text = new Date(Number(millis)).toISOString();
  return rest === 0n ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
};

const isInstant = (value: object): value is { micros: bigint } =>
  'micros' in value && typeof value.micros === 'bigint';

const convertInstant = (value: { micros: bigint }): string => {
  const millis = value.micros / 1000n;
  return millis > -62_200_000_000_000n && millis < 253_500_000_000_000n
    ? formatMicros(value.micros)
    : String(value.micros);
};

/**
 * A value of a result row: integers that a double holds as numbers, larger ones and decimals as exact text, instants
 * as ISO 8601 in UTC, lists as arrays, anything else as DuckDB's own text.
 * @param type DuckDB's name of the column's type.
 */
export const convertValue = (value: unknown, type: string): Value => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value !== 'object') return null;
  if (type.startsWith('TIMESTAMP') && isInstant(value)) return convertInstant(value);
  if ('items' in value && Array.isArray(value.items)) {
    const itemType = type.replace(/\[\d*\]$/, '');
    return value.items.map((item) => convertValue(item, itemType));
  }
  // Every value class of DuckDB writes itself as DuckDB would.
  return (value as { toString: () => string }).toString();
};
