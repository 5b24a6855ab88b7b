import { promisify } from 'node:util';
import type { ValueProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/ValueProto.js';
import type { Row } from '../../../src/warehouses/warehouse.ts';
import type { Engine } from './analyze.ts';
import { flattenTables, nameType, type Column, type FilledTable } from './tables.ts';
import { unpackValue } from './values.ts';

/** What a query gave. */
export type Result = { columns: Column[]; rows: ValueProto[][] };

/** Texts and comments, or the name of a table with the alias that may follow it. */
const tableNames = /('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|--[^\n]*)|\bst_[a-z]+\.(\w+)(\s+as\b)?/g;

/** The server holds rows of outermost tables alone: dataset and table become one name, under the table's own as alias. */
const joinNames = (sql: string): string =>
  sql.replace(tableNames, (found, other?: string, name?: string, alias?: string) => {
    if (other !== undefined) return found;
    return alias === undefined
      ? `\`${found}\` as ${name ?? ''}`
      : `\`${found.slice(0, -alias.length)}\`${alias}`;
  });

/**
 * Has Google's reference evaluator answer a query over the rows given. But for the names of tables, the text is run as
 * it stands.
 * @throws Error with the evaluator's words.
 */
export const evaluate = async (
  { api, options }: Engine,
  sql: string,
  tables: readonly FilledTable[],
): Promise<Result> => {
  const contents = new Map(
    tables.map(({ name, rows }) => [name, { tableData: { row: rows.map((cell) => ({ cell })) } }]),
  );
  const answer = await promisify(api.evaluateQuery.bind(api))({
    sql: joinNames(sql),
    options,
    simpleCatalog: {
      ...flattenTables(tables),
      builtinFunctionOptions: { languageOptions: options.languageOptions ?? null },
    },
    tableContent: Object.fromEntries(contents),
  });
  return {
    columns: (answer?.prepared?.columns ?? []).map(({ name, type }) => ({
      name,
      type: nameType(type),
    })),
    rows: (answer?.content?.tableData?.row ?? []).map(({ cell }) => cell),
  };
};

/** The rows as the warehouse's `query` gives them; decimals without trailing zeros. */
export const readRows = ({ columns, rows }: Result): Row[] =>
  rows.map((cells) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, unpackValue(cells[index] ?? {})])),
  );
