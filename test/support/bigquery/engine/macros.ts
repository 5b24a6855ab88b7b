import { readFile } from 'node:fs/promises';

/** Functions of GoogleSQL's as macros of DuckDB's, besides those of sql/duckdb/googlesql.sql. */
const own = `
create or replace macro gs_string(v) as gs_cast_string(v);

create or replace macro gs_divisor(d) as
  case when d = 0 then error('\x01division by zero: x / ' || d) else d end;

-- Toward zero.
create or replace macro gs_quotient(n, d) as
  case when n < 0 then -(abs(n) // d) else n // d end;

create or replace macro gs_array_to_string(list, separator, null_text) as
  array_to_string([coalesce(item, null_text) for item in list], separator);
`;

/** One database has them for all its connections, so they are not temporary. */
export const readMacros = async (): Promise<string> => {
  const file = new URL('../../../../sql/duckdb/googlesql.sql', import.meta.url);
  const shared = await readFile(file, 'utf8');
  return shared.replaceAll('create or replace temp macro', 'create or replace macro') + own;
};
