import type { AnalyzerOptionsProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/AnalyzerOptionsProto.js';
import { askAnalyzer } from './ask-analyzer.ts';
import { registerTables } from './register-tables.ts';
import type { GooglesqlApi } from './start-googlesql.ts';
import { nameType, type Column, type Table } from './tables.ts';

/** A running server, and how it is asked. */
export type Engine = { api: GooglesqlApi; options: AnalyzerOptionsProto };

/**
 * Has Google's analyzer judge a statement, as it stands, against the tables given and no others.
 * @returns the columns of a query; none for another kind of statement.
 * @throws Error with the analyzer's words when it refuses the statement.
 */
export const analyze = async (
  engine: Engine,
  sql: string,
  tables: readonly Table[],
): Promise<Column[]> => {
  const { api, options } = engine;
  const registeredCatalogId = await registerTables(engine, tables);
  const answer = await askAnalyzer(api, { sqlStatement: sql, options, registeredCatalogId });
  const columns = answer?.resolvedStatement?.resolvedQueryStmtNode?.outputColumnList ?? [];
  return columns.map(({ name, column }) => ({ name, type: nameType(column?.type) }));
};
