import {
  DuckDBListType,
  DuckDBStructType,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { ResultColumn, Session } from '../engine/open-database.ts';
import { Refusal, refusals } from '../refusals.ts';
import { fromDuckdb, quote, toDuckdb } from '../values/duckdb-types.ts';
import { describeType, isSameType, type NamedType, type SqlType } from '../values/sql-type.ts';

/** A query whose columns have the types and names that BigQuery gives them. */
export type Fitted = {
  sql: string;
  columns: NamedType[];
  isNamed: boolean;
  /** The rows of a query without side effects. */
  read: () => Promise<DuckDBValue[][]>;
};

/** DuckDB's types that turn into another one without loss, besides that of an untyped NULL. */
const turns: Readonly<Record<string, readonly string[]>> = {
  INT64: ['NUMERIC', 'FLOAT64'],
  NUMERIC: ['FLOAT64'],
};

const fitType = ({ name, type }: ResultColumn, wanted: SqlType | undefined): SqlType => {
  const found = fromDuckdb(type);
  if (wanted === undefined || isSameType(found, wanted)) return wanted ?? found;
  const mayTurn = turns[describeType(found)]?.includes(describeType(wanted)) === true;
  if (mayTurn || String(type) === 'INTEGER') return wanted;
  throw new Refusal(
    'internalError',
    `The stand-in for BigQuery gives ${describeType(found)} where BigQuery gives ${describeType(wanted)}: column ${name}`,
  );
};

const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** Columns without a name of their own are `f0_`, `f1_` … */
const nameColumns = (given: readonly string[]): string[] => {
  let unnamed = 0;
  return given.map((name) => (isName(name) ? name : `f${(unnamed += 1) - 1}_`));
};

const storedTypes: Readonly<Record<string, readonly string[]>> = {
  // Small integers are written as large ones are.
  ...{ INT64: ['BIGINT', 'INTEGER'], STRING: ['VARCHAR'], BOOL: ['BOOLEAN'] },
  ...{ FLOAT64: ['DOUBLE'], DATE: ['DATE'], NUMERIC: ['DECIMAL(38,9)'] },
  TIMESTAMP: ['TIMESTAMP WITH TIME ZONE'],
};

/** Whether DuckDB's values are as they are after a cast, or are written as if they were. */
const isStoredAs = (found: DuckDBType | undefined, wanted: SqlType): boolean => {
  if (wanted.kind === 'array') {
    return found instanceof DuckDBListType && isStoredAs(found.valueType, wanted.element);
  }
  if (wanted.kind === 'struct') {
    return (
      found instanceof DuckDBStructType &&
      wanted.fields.every(
        ({ name, type }, index) =>
          found.entryNames[index] === name && isStoredAs(found.entryTypes[index], type),
      )
    );
  }
  return storedTypes[describeType(wanted)]?.includes(String(found)) === true;
};

const checkDuplicates = (names: readonly string[]): void => {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw refusals.invalidQuery(
        `Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): ${name}`,
      );
    }
    seen.add(name.toLowerCase());
  }
};

/**
 * Describes DuckDB's query without running it, and casts what has another type than in BigQuery.
 * @param judged The columns as Google's analyzer sees them, if it was asked.
 * @throws Refusal when two columns have one name, or a type cannot be made BigQuery's.
 */
export const fitColumns = async (
  session: Session,
  sql: string,
  judged: readonly NamedType[] | undefined,
): Promise<Fitted> => {
  const { columns: described, read, drop } = await session.prepare(sql);
  const given = judged?.map(({ name }) => name) ?? described.map(({ name }) => name);
  const names = nameColumns(given);
  checkDuplicates(names);
  const columns = described.map((column, index) => ({
    name: names[index] ?? column.name,
    type: fitType(column, judged?.[index]?.type),
  }));
  const aliases = columns.map((_, index) => `c${index}`);
  const casts = columns.map(
    ({ name, type }, index) => `cast(c${index} as ${toDuckdb(type)}) as ${quote(name)}`,
  );
  const fitted = `select ${casts.join(', ')} from (${sql}) as fitted(${aliases.join(', ')})`;
  const fits = columns.every(({ type }, index) => isStoredAs(described[index]?.type, type));
  if (!fits) drop();
  return {
    sql: fitted,
    columns,
    isNamed: given.every(isName),
    read: fits ? read : async () => (await session.read(fitted)).rows,
  };
};
