import type { EvaluateQueryRequest } from '@fivetrandevelopers/zetasql/lib/types/zetasql/local_service/EvaluateQueryRequest.js';
import type { EvaluateQueryResponse__Output } from '@fivetrandevelopers/zetasql/lib/types/zetasql/local_service/EvaluateQueryResponse.js';
import type { ValueProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/ValueProto.js';
import type { Row } from '../../../src/warehouses/warehouse.ts';
import type { Engine } from './analyze.ts';
import { methodsOf } from './methods-of.ts';
import type { GooglesqlApi } from './start-googlesql.ts';
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

/** What each table's rows are on their way to the server. */
const written = new WeakMap<FilledTable, Buffer>();

/** The part of a request that holds a table's rows: parts one after the other are one request. */
const writeContent = (api: GooglesqlApi, table: FilledTable): Buffer => {
  const row = table.rows.map((cell) => ({ cell }));
  const tableContent = { [table.name]: { tableData: { row } } };
  const bytes =
    written.get(table) ?? methodsOf(api).EvaluateQuery.requestSerialize({ tableContent });
  written.set(table, bytes);
  return bytes;
};

const ask = (
  api: GooglesqlApi,
  request: EvaluateQueryRequest,
  contents: readonly Buffer[],
): Promise<EvaluateQueryResponse__Output | undefined> => {
  const { path, requestSerialize, responseDeserialize } = methodsOf(api).EvaluateQuery;
  const write = (rest: EvaluateQueryRequest): Buffer =>
    Buffer.concat([requestSerialize(rest), ...contents]);
  return new Promise((resolve, reject) => {
    api.makeUnaryRequest(path, write, responseDeserialize, request, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
};

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
  const request: EvaluateQueryRequest = {
    sql: joinNames(sql),
    options,
    simpleCatalog: {
      ...flattenTables(tables),
      builtinFunctionOptions: { languageOptions: options.languageOptions ?? null },
    },
  };
  const contents = tables.map((table) => writeContent(api, table));
  const answer = await ask(api, request, contents);
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
