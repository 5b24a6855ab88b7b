import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { JsonNode } from '../json/read-json.ts';
import { parseDate, parseDatetime, parseTimestamp } from '../values/calendar.ts';
import type { Field } from '../values/field.ts';
import { parseFloat64 } from '../values/floats.ts';
import { parseInt64 } from '../values/integers.ts';
import { parseNumeric } from '../values/numeric.ts';

/** Why a value of a file does not fit its field; said as Google says it. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

type Convert = (text: string, node: JsonNode) => DuckDBValue | undefined;

const seconds = (node: JsonNode): bigint | undefined => {
  if (node.kind !== 'number') return undefined;
  const nanos = parseNumeric(node.text);
  return nanos === undefined ? undefined : nanos / 1000n;
};

const wrap = <From, To>(value: From | undefined, make: (from: From) => To): To | undefined =>
  value === undefined ? undefined : make(value);

const converters: Readonly<Record<string, Convert>> = {
  STRING: (text) => text,
  INTEGER: parseInt64,
  FLOAT: parseFloat64,
  NUMERIC: (text) => wrap(parseNumeric(text), (nanos) => new DuckDBDecimalValue(nanos, 38, 9)),
  BOOLEAN: (text) => ({ true: true, false: false })[text.toLowerCase()],
  DATE: (text) => wrap(parseDate(text), (days) => new DuckDBDateValue(days)),
  DATETIME: (text) => wrap(parseDatetime(text), (micros) => new DuckDBTimestampValue(micros)),
  TIMESTAMP: (text, node) =>
    wrap(seconds(node) ?? parseTimestamp(text), (micros) => new DuckDBTimestampTZValue(micros)),
  BYTES: (text) => new DuckDBBlobValue(Buffer.from(text, 'base64')),
};

const textOf = (node: JsonNode, field: Field): string => {
  if (node.kind === 'string') return node.value;
  if (node.kind === 'number') return node.text;
  if (node.kind === 'literal') return String(node.value);
  const what =
    node.kind === 'array'
      ? 'Array specified for non-repeated field'
      : 'JSON object specified for non-record field';
  throw new MisfitError(`${what}: ${field.name}.`);
};

const isNull = (node: JsonNode | undefined): boolean =>
  node === undefined || (node.kind === 'literal' && node.value === null);

const convertOne = (node: JsonNode, field: Field): DuckDBValue => {
  const text = textOf(node, field);
  const value = converters[field.type]?.(text, node);
  if (value !== undefined) return value;
  throw new MisfitError(
    `Could not convert value '${text.slice(0, 100)}' to ${field.type.toLowerCase()}. Field: ${field.name}; Value: ${text.slice(0, 100)}`,
  );
};

/**
 * A member of a JSON object as the value of a column.
 * @throws MisfitError when it does not fit.
 */
export const convertValue = (node: JsonNode | undefined, field: Field): DuckDBValue => {
  if (node === undefined || isNull(node)) {
    if (field.mode !== 'REQUIRED') return null;
    throw new MisfitError(`Missing required field: ${field.name}.`);
  }
  return convertOne(node, field);
};
