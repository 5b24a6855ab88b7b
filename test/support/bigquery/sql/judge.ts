import type { NamedType, SqlType } from '../values/sql-type.ts';
import type { Field } from '../values/field.ts';

/** What is to be judged: a statement, and all that it may name. */
export type Case = {
  /** A single statement of GoogleSQL, in which variables stand as parameters. */
  sql: string;
  tables: readonly { path: readonly string[]; fields: readonly Field[] }[];
  parameters: ReadonlyMap<string, SqlType>;
};

/**
 * Google's own analyzer.
 * @returns the columns of a query, or of the table that a statement creates; undefined for other statements.
 * @throws Refusal in its words when BigQuery would refuse the statement.
 */
export type Judge = (given: Case) => Promise<NamedType[] | undefined>;
