import type { ValueProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/ValueProto.js';
import type { Value } from '../../../src/warehouses/warehouse.ts';
import { roundToNine } from '../exact-json.ts';
import type { TypeName } from './tables.ts';

const dayMs = 86_400_000;

/** Whole billionths as little-endian two's complement, as short as it gets. */
const packNumeric = (text: string): Buffer => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  let rest = BigInt(`${sign}${whole}${fraction.padEnd(9, '0')}`);
  const bytes: number[] = [];
  do {
    bytes.push(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (rest !== (((bytes.at(-1) ?? 0) & 0x80) === 0 ? 0n : -1n));
  return Buffer.from(bytes);
};

const unpackNumeric = (bytes: Uint8Array): string => {
  const digits = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const nanos = BigInt.asIntN(8 * bytes.length, digits);
  return roundToNine(`${nanos}e-9`);
};

const packInstant = (text: string): ValueProto => {
  const [, whole = '', fraction = ''] = /^(.*:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return {
    timestampValue: {
      seconds: Date.parse(`${whole}Z`) / 1000,
      nanos: Number(fraction.padEnd(9, '0')),
    },
  };
};

/** As the warehouse's `query` writes instants: milliseconds, and microseconds where there are any. */
const writeInstant = (seconds: number, nanos: number): string => {
  const micros = String(nanos / 1000).padStart(6, '0');
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  return `${whole}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}Z`;
};

const packers: Readonly<Record<TypeName, (value: string) => ValueProto>> = {
  INT64: (value) => ({ int64Value: value }),
  FLOAT64: (value) => ({ doubleValue: Number(value) }),
  NUMERIC: (value) => ({ numericValue: packNumeric(value) }),
  BOOL: (value) => ({ boolValue: value === 'true' }),
  STRING: (value) => ({ stringValue: value }),
  DATE: (value) => ({ dateValue: Date.parse(value) / dayMs }),
  TIMESTAMP: packInstant,
};

/** A value of the warehouse's `query` in the server's form. */
export const packValue = (type: TypeName, value: Value): ValueProto =>
  value === null ? {} : packers[type](String(value));

/** A value of the server's as the warehouse's `query` gives it; decimals without trailing zeros. */
export const unpackValue = (value: ValueProto): Value => {
  const { int64Value, numericValue, dateValue, timestampValue } = value;
  if (int64Value !== undefined) return readInteger(String(int64Value));
  if (numericValue instanceof Uint8Array) return unpackNumeric(numericValue);
  if (dateValue !== undefined) return new Date(dateValue * dayMs).toISOString().slice(0, 10);
  if (timestampValue) {
    return writeInstant(Number(timestampValue.seconds), timestampValue.nanos ?? 0);
  }
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
};

const readInteger = (text: string): number | string =>
  Number.isSafeInteger(Number(text)) ? Number(text) : text;
