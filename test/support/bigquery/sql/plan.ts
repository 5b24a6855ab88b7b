import type { DuckDBValue } from '@duckdb/node-api';
import type { TableRef } from '../catalog/dataset.ts';
import type { NamedType } from '../values/sql-type.ts';

/** Rows of a query, as DuckDB gave them. */
export type ResultSet = { columns: NamedType[]; rows: DuckDBValue[][] };

export type Changed = { inserted: number; updated: number; deleted: number };

/** What came of a statement. */
export type Outcome = {
  result?: ResultSet;
  changed?: Changed;
  /** CREATE, REPLACE, SKIP, DROP or ALTER. */
  operation?: string;
};

/** A statement that has been understood, and not carried out. */
export type Plan = {
  /** As the API calls it: MERGE, CREATE_TABLE_AS_SELECT. */
  statementType: string;
  /** DuckDB's statement, which can be explained: it tells which columns are read. */
  reads: string | undefined;
  /** The table whose partitions are written anew, so that all their columns count as read. */
  rewrites?: TableRef;
  /** What a definition is about. */
  target?: TableRef;
  /** Of a query. */
  columns?: NamedType[];
  execute: () => Promise<Outcome>;
};
