import {
  DuckDBDecimalType,
  DuckDBListType,
  DuckDBStructType,
  type DuckDBType,
} from '@duckdb/node-api';
import { refusals } from '../refusals.ts';
import { scalar, type ScalarName, type SqlType } from './sql-type.ts';

const duckdbNames: Readonly<Record<ScalarName, string>> = {
  INT64: 'bigint',
  FLOAT64: 'double',
  NUMERIC: 'decimal(38, 9)',
  BOOL: 'boolean',
  STRING: 'varchar',
  BYTES: 'blob',
  DATE: 'date',
  DATETIME: 'timestamp',
  TIME: 'time',
  TIMESTAMP: 'timestamptz',
};

const sqlNames: Readonly<Record<string, ScalarName>> = {
  BIGINT: 'INT64',
  INTEGER: 'INT64',
  SMALLINT: 'INT64',
  TINYINT: 'INT64',
  UBIGINT: 'INT64',
  UINTEGER: 'INT64',
  USMALLINT: 'INT64',
  UTINYINT: 'INT64',
  HUGEINT: 'INT64',
  UHUGEINT: 'INT64',
  DOUBLE: 'FLOAT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  VARCHAR: 'STRING',
  UUID: 'STRING',
  BLOB: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP: 'DATETIME',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
};

/** A name between double quotes, as DuckDB wants it. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The type in DuckDB's SQL. */
export const toDuckdb = (type: SqlType): string => {
  if (type.kind === 'scalar') return duckdbNames[type.name];
  if (type.kind === 'array') return `${toDuckdb(type.element)}[]`;
  const fields = type.fields.map((field) => `${quote(field.name)} ${toDuckdb(field.type)}`);
  return `struct(${fields.join(', ')})`;
};

/**
 * What a type of DuckDB's stands for.
 * @throws Refusal for one that stands for none of BigQuery's.
 */
export const fromDuckdb = (type: DuckDBType): SqlType => {
  if (type instanceof DuckDBDecimalType) return scalar('NUMERIC');
  if (type instanceof DuckDBListType) {
    return { kind: 'array', element: fromDuckdb(type.valueType) };
  }
  if (type instanceof DuckDBStructType) {
    return {
      kind: 'struct',
      fields: type.entryTypes.map((entry, index) => ({
        name: type.entryNames[index] ?? '',
        type: fromDuckdb(entry),
      })),
    };
  }
  const name = sqlNames[String(type)];
  if (name === undefined) throw refusals.unsupported(`the type ${String(type)} of DuckDB`);
  return scalar(name);
};
