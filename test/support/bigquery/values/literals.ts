import { refusals } from '../refusals.ts';
import { parseDate, parseDatetime, parseTimestamp } from './calendar.ts';
import { quote, toDuckdb } from './duckdb-types.ts';
import { parseFloat64 } from './floats.ts';
import { parseInt64 } from './integers.ts';
import { formatNumeric, parseNumeric } from './numeric.ts';
import { describeType, type ScalarName, type SqlType } from './sql-type.ts';

/** A value as the API gives it: a text, NULL, a list, or the values of a struct by name. */
export type ApiValue = string | null | ApiValue[] | { [name: string]: ApiValue };

/** A text literal of DuckDB's. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const booleans: Readonly<Record<string, string>> = { true: 'true', false: 'false' };

/** Each answers DuckDB's expression, or undefined for a text that is no such value. */
const writers: Readonly<Record<ScalarName, (text: string) => string | undefined>> = {
  INT64: (text) => {
    const value = parseInt64(text);
    // -9223372036854775808 as a literal is the negation of a number that is too large.
    return value === undefined ? undefined : `cast('${value}' as bigint)`;
  },
  FLOAT64: (text) => {
    const value = parseFloat64(text);
    return value === undefined ? undefined : `cast('${value}' as double)`;
  },
  NUMERIC: (text) => {
    const nanos = parseNumeric(text);
    return nanos === undefined ? undefined : `cast('${formatNumeric(nanos)}' as decimal(38, 9))`;
  },
  BOOL: (text) => booleans[text.toLowerCase()],
  STRING: quoteText,
  BYTES: (text) => `from_base64('${Buffer.from(text, 'base64').toString('base64')}')`,
  DATE: (text) => (parseDate(text) === undefined ? undefined : `date '${text}'`),
  DATETIME: (text) => {
    const micros = parseDatetime(text);
    return micros === undefined ? undefined : `make_timestamp(${micros})`;
  },
  TIME: (text) => (/^\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(text) ? `time '${text}'` : undefined),
  TIMESTAMP: (text) => {
    const micros = parseTimestamp(text);
    return micros === undefined ? undefined : `make_timestamptz(${micros})`;
  },
};

/** DuckDB's expression for the text; undefined when it is no value of the type. */
export const writeScalarText = (text: string, name: ScalarName): string | undefined =>
  writers[name](text);

const fault = (value: ApiValue, type: SqlType) =>
  refusals.invalid(
    `Unparseable query parameter in type \`TYPE_${describeType(type)}\`, value: ${JSON.stringify(value)}`,
  );

/**
 * DuckDB's expression for a value of the API's.
 * @throws Refusal when the value does not fit the type.
 */
export const writeLiteral = (value: ApiValue, type: SqlType): string => {
  const sqlType = toDuckdb(type);
  if (value === null)
    return type.kind === 'array' ? `cast([] as ${sqlType})` : `cast(null as ${sqlType})`;
  if (type.kind === 'array') {
    if (!Array.isArray(value)) throw fault(value, type);
    const items = value.map((item) => writeLiteral(item, type.element));
    return `cast([${items.join(', ')}] as ${sqlType})`;
  }
  if (type.kind === 'struct') {
    if (typeof value === 'string' || Array.isArray(value)) throw fault(value, type);
    const fields = type.fields.map(
      (field) => `${quote(field.name)}: ${writeLiteral(value[field.name] ?? null, field.type)}`,
    );
    return `cast({${fields.join(', ')}} as ${sqlType})`;
  }
  const written = typeof value === 'string' ? writeScalarText(value, type.name) : undefined;
  if (written === undefined) throw fault(value, type);
  return written;
};
