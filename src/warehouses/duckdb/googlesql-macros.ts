import { readFile } from 'node:fs/promises';

/** The macros that let DuckDB run the models' GoogleSQL; for one session. */
export const readGooglesqlMacros = (): Promise<string> =>
  readFile(new URL('../../../sql/duckdb/googlesql.sql', import.meta.url), 'utf8');
