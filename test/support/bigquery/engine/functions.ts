import {
  ANY,
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBScalarFunction,
  DuckDBTimestampTZValue,
  LIST,
  listValue,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
  type DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { findValue } from '../json/find-value.ts';
import { parseJsonPath } from '../json/json-path.ts';
import { writeJson } from '../json/write-json.ts';
import { formatTimestamp, parseTimestamp, toInstant } from '../values/calendar.ts';
import { casts, toMicros, type Given } from './casts.ts';
import { formatInstant, parseInstant } from './time-formats.ts';
import { writeJsonValue } from './write-json-value.ts';

/** A function of GoogleSQL's that DuckDB lacks or means differently. NULL in any argument makes NULL. */
type Definition = {
  name: string;
  returns: DuckDBType;
  takes: DuckDBType[];
  run: (first: Given, second: Given, third: Given) => DuckDBValue;
};

/** What follows the mark is said in Google's words; see explain-failure.ts. */
const fail = (message: string): Error => new Error(`\x01${message}`);

const textOf = (given: Given | undefined): string => String(given?.value);

const types: Readonly<Record<keyof typeof casts, DuckDBType>> = {
  int64: BIGINT,
  numeric: DECIMAL(38, 9),
  float64: DOUBLE,
  bool: BOOLEAN,
  date: DATE,
  timestamp: TIMESTAMPTZ,
  datetime: TIMESTAMP,
  time: TIME,
  string: VARCHAR,
};

const castFunctions: Definition[] = (Object.keys(casts) as (keyof typeof casts)[]).flatMap(
  (name): Definition[] => {
    const { cast, fault } = casts[name];
    const strict = (given: Given): DuckDBValue => {
      const value = cast(given);
      if (value === undefined) throw fail(fault(textOf(given)));
      return value;
    };
    const returns = types[name];
    return [
      { name: `gs_cast_${name}`, returns, takes: [ANY], run: strict },
      { name: `gs_try_${name}`, returns, takes: [ANY], run: (given) => cast(given) ?? null },
    ];
  },
);

const readPath = (path: Given): string[] => {
  try {
    return parseJsonPath(textOf(path));
  } catch (error) {
    throw fail((error as Error).message);
  }
};

const find = (json: Given, path: Given) => findValue(textOf(json), readPath(path));

const jsonValue = (json: Given, path: Given): DuckDBValue => {
  const node = find(json, path);
  if (node?.kind === 'string') return node.value;
  if (node?.kind === 'number') return node.text;
  return node?.kind === 'literal' && node.value !== null ? String(node.value) : null;
};

const jsonQuery = (json: Given, path: Given): DuckDBValue => {
  const node = find(json, path);
  const isNull = node === undefined || (node.kind === 'literal' && node.value === null);
  return isNull ? null : writeJson(node);
};

const jsonQueryArray = (json: Given, path: Given): DuckDBValue => {
  const node = find(json, path);
  return node?.kind === 'array' ? listValue(node.items.map(writeJson)) : null;
};

const jsonValueArray = (json: Given, path: Given): DuckDBValue => {
  const node = find(json, path);
  if (node?.kind !== 'array') return null;
  const values = node.items.map((item) => {
    if (item.kind === 'string') return item.value;
    if (item.kind === 'number') return item.text;
    return item.kind === 'literal' && item.value !== null ? String(item.value) : undefined;
  });
  return values.includes(undefined) ? null : listValue(values as string[]);
};

/** From a position that counts from 1, or from the end when it is negative. */
const cut = (text: Given, from: Given, length: Given | undefined): string => {
  const letters = Array.from(textOf(text));
  const at = Number(from.value);
  const start = at > 0 ? at - 1 : at === 0 ? 0 : Math.max(letters.length + at, 0);
  const count = length === undefined ? letters.length : Number(length.value);
  if (count < 0) throw fail('Third argument in SUBSTR() cannot be negative');
  return letters.slice(start, start + count).join('');
};

const timestampIn = (value: Given, zone: Given): DuckDBValue => {
  const micros =
    typeof value.value === 'string'
      ? parseTimestamp(value.value, textOf(zone))
      : toInstant(toMicros(value.value) ?? 0n, textOf(zone));
  if (micros === undefined) throw fail(`Invalid timestamp: '${textOf(value)}'`);
  return new DuckDBTimestampTZValue(micros);
};

const stringIn = (value: Given, zone: Given): DuckDBValue => {
  const text = formatTimestamp(toMicros(value.value) ?? 0n, textOf(zone));
  if (text === undefined) throw fail(`Invalid time zone: ${textOf(zone)}`);
  return text;
};

const parse = (format: Given, text: Given): bigint => {
  const micros = parseInstant(textOf(format), textOf(text));
  if (micros === undefined) throw fail(`Failed to parse input string "${textOf(text)}"`);
  return micros;
};

const parseDateText = (format: Given, text: Given): DuckDBValue =>
  new DuckDBDateValue(Math.floor(Number(parse(format, text) / 86_400_000_000n)));

const lengthOf = ({ value }: Given): bigint =>
  BigInt(value instanceof DuckDBBlobValue ? value.bytes.length : Array.from(String(value)).length);

const textFunctions: Definition[] = [
  { name: 'gs_json_value', returns: VARCHAR, takes: [VARCHAR, VARCHAR], run: jsonValue },
  { name: 'gs_json_query', returns: VARCHAR, takes: [VARCHAR, VARCHAR], run: jsonQuery },
  {
    name: 'gs_json_query_array',
    returns: LIST(VARCHAR),
    takes: [VARCHAR, VARCHAR],
    run: jsonQueryArray,
  },
  {
    name: 'gs_json_value_array',
    returns: LIST(VARCHAR),
    takes: [VARCHAR, VARCHAR],
    run: jsonValueArray,
  },
  { name: 'gs_substr_from', returns: VARCHAR, takes: [VARCHAR, BIGINT], run: cut },
  { name: 'gs_substr', returns: VARCHAR, takes: [VARCHAR, BIGINT, BIGINT], run: cut },
  { name: 'gs_length', returns: BIGINT, takes: [ANY], run: lengthOf },
];

const timeFunctions: Definition[] = [
  { name: 'gs_string_in', returns: VARCHAR, takes: [TIMESTAMPTZ, VARCHAR], run: stringIn },
  { name: 'gs_timestamp_in', returns: TIMESTAMPTZ, takes: [ANY, VARCHAR], run: timestampIn },
  {
    name: 'gs_parse_timestamp',
    returns: TIMESTAMPTZ,
    takes: [VARCHAR, VARCHAR],
    run: (format, text) => new DuckDBTimestampTZValue(parse(format, text)),
  },
  { name: 'gs_parse_date', returns: DATE, takes: [VARCHAR, VARCHAR], run: parseDateText },
  {
    name: 'gs_format_timestamp',
    returns: VARCHAR,
    takes: [VARCHAR, TIMESTAMPTZ, VARCHAR],
    run: (format, value, zone) =>
      formatInstant(textOf(format), toMicros(value.value) ?? 0n, textOf(zone)),
  },
  {
    name: 'gs_format_date',
    returns: VARCHAR,
    takes: [VARCHAR, DATE],
    run: (format, value) => formatInstant(textOf(format), toMicros(value.value) ?? 0n, 'UTC'),
  },
];

type Column = { type: string; read: (row: number) => DuckDBValue };

/** A column of untyped NULLs cannot be read, and need not be. */
const readColumn = (chunk: DuckDBDataChunk, index: number): Column => {
  try {
    const vector = chunk.getColumnVector(index);
    return { type: String(vector.type), read: (row) => vector.getItem(row) };
  } catch {
    return { type: 'SQLNULL', read: () => null };
  }
};

const toFunction = (
  { name, returns, takes, run }: Definition,
  takesNull = false,
): DuckDBScalarFunction =>
  DuckDBScalarFunction.create({
    name,
    returnType: returns,
    parameterTypes: takes,
    specialHandling: true,
    mainFunction: (_, chunk, output) => {
      const columns = takes.map((_type, index) => readColumn(chunk, index));
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const given = columns.map(({ type, read }) => ({ type, value: read(row) }));
        const isNull = !takesNull && given.some(({ value }) => value === null);
        output.setItem(row, isNull ? null : run(...(given as [Given, Given, Given])));
      }
      output.flush();
    },
  });

/** All of them, to be registered with a connection; other connections of the same database see them too. */
export const createFunctions = (): DuckDBScalarFunction[] => [
  ...[...castFunctions, ...textFunctions, ...timeFunctions].map((one) => toFunction(one)),
  toFunction(
    {
      name: 'gs_to_json_string',
      returns: VARCHAR,
      takes: [ANY],
      run: (given) => writeJsonValue(given.value),
    },
    true,
  ),
];
