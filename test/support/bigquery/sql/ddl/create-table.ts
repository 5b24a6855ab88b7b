import type { NewTable } from '../../catalog/catalog.ts';
import { columnsSql, findDataset, lookUpTable, storedName } from '../../catalog/catalog.ts';
import { nameTable, type Table, type TableRef } from '../../catalog/dataset.ts';
import { enterTable } from '../../catalog/tables.ts';
import { refusals } from '../../refusals.ts';
import { quote } from '../../values/duckdb-types.ts';
import { toField, type Field } from '../../values/field.ts';
import { refuseAt } from '../context.ts';
import { fitColumns } from '../fit-columns.ts';
import type { Outcome, Plan } from '../plan.ts';
import { rewrite } from '../rewrite.ts';
import type { Run } from '../run.ts';
import type { Given } from '../statements/query.ts';
import { readTablePath } from '../table-path.ts';
import { isGroup, isWord, startsWithWords, type Node } from '../tree.ts';
import { instantOption, labelsOption, readOptions, textOption } from './constants.ts';
import { readColumns, type Columns } from './read-columns.ts';
import { findClauses, readClustering, readPartitioning, type Partitioning } from './read-layout.ts';

/** CREATE [OR REPLACE] [TEMP] TABLE|VIEW [IF NOT EXISTS], and where the name begins. */
export type Opening = {
  replaces: boolean;
  isTemporary: boolean;
  skips: boolean;
  next: number;
};

export const readOpening = (nodes: readonly Node[]): Opening => {
  let next = 1;
  const replaces = startsWithWords(nodes, next, 'or', 'replace');
  if (replaces) next += 2;
  const isTemporary = isWord(nodes[next], 'temp', 'temporary');
  if (isTemporary) next += 1;
  next += 1;
  const skips = startsWithWords(nodes, next, 'if', 'not', 'exists');
  return { replaces, isTemporary, skips, next: skips ? next + 3 : next };
};

type Source = { sql: string; fields: Field[]; like: Table | undefined };

type Definition = {
  opening: Opening;
  table: NewTable;
  /** DuckDB's query of the rows, if the table is made with any. */
  rows: string | undefined;
  /** Whether the query may read the table of this name; a view may read any. */
  mayRead: (name: string) => boolean;
};

const tableOptions = [
  ...['description', 'friendly_name', 'labels', 'expiration_timestamp'],
  ...['partition_expiration_days', 'require_partition_filter'],
];

const readTableOptions = async (
  given: Given,
  node: Node | undefined,
): Promise<Partial<NewTable>> => {
  if (!isGroup(node)) return {};
  const options = readOptions(given, node, tableOptions);
  const filter = options.get('require_partition_filter')?.[0];
  if (options.has('partition_expiration_days') || isWord(filter, 'true')) {
    throw refusals.unsupported('partition_expiration_days and require_partition_filter');
  }
  const expirationTime = await instantOption(given, options, 'expiration_timestamp');
  const labels = labelsOption(given, options);
  return {
    description: await textOption(given, options, 'description'),
    friendlyName: await textOption(given, options, 'friendly_name'),
    ...(labels === undefined ? {} : { labels }),
    ...(expirationTime === undefined ? {} : { expirationTime }),
  };
};

const checkPartitioning = (fields: readonly Field[], partitioning: Partitioning): void => {
  const name = partitioning.timePartitioning.field ?? '';
  const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) throw refusals.invalidQuery(`Unrecognized name: ${name}`);
  if (!partitioning.types.includes(field.type)) {
    throw refusals.invalidQuery(
      `PARTITION BY expression does not fit the column ${name}, which is of type ${field.type}`,
    );
  }
};

/** Rows of a query, or those of another table that is copied. */
const readSource = async (
  given: Given,
  clauses: Record<string, number>,
): Promise<Source | undefined> => {
  const { run, resolver, nodes, judged } = given;
  if (clauses.as !== undefined) {
    const query = rewrite(nodes.slice(clauses.as + 1), resolver.context);
    const { sql, columns, isNamed } = await fitColumns(run.session, query, judged);
    if (!isNamed) {
      throw refuseAt(resolver.context, nodes[clauses.as], 'CREATE TABLE columns must be named');
    }
    return { sql, fields: columns.map(toField), like: undefined };
  }
  const at = clauses.like ?? clauses.copy ?? clauses.clone;
  if (at === undefined) return undefined;
  const path = readTablePath(nodes, at + 1);
  const node = nodes[at + 1];
  if (path === undefined || node === undefined) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a table');
  }
  const found = resolver.resolve(path.path, node, clauses.like === undefined);
  if (found.kind !== 'stored') {
    throw refuseAt(resolver.context, node, 'Only a table can be copied');
  }
  const rows = clauses.like === undefined ? '' : ' where false';
  const { table } = found;
  return { sql: `select * from ${found.sql}${rows}`, fields: table.fields, like: table };
};

/** Columns of the list, if there is one, with the types and descriptions that it gives. */
const chooseFields = (columns: Columns | undefined, source: Source | undefined): Field[] => {
  if (columns === undefined) return source?.fields ?? [];
  if (source !== undefined && source.fields.length !== columns.fields.length) {
    throw refusals.invalidQuery(
      'CREATE TABLE AS SELECT needs as many columns in its list as in its query',
    );
  }
  return columns.fields;
};

const readDefinition = async (
  given: Given,
  opening: Opening,
  next: number,
): Promise<Definition> => {
  const { nodes } = given;
  const list = nodes[next];
  const columns = isGroup(list) ? await readColumns(given, list) : undefined;
  const clauses = findClauses(nodes, next);
  const source = await readSource(given, clauses);
  const fields = chooseFields(columns, source);
  const ends = Object.values(clauses);
  const slice = (at: number): Node[] =>
    nodes.slice(at + 2, Math.min(...ends.filter((end) => end > at), nodes.length));
  const layout: Partial<NewTable> = {};
  if (clauses.partition !== undefined) {
    const partitioning = readPartitioning(given, slice(clauses.partition));
    checkPartitioning(fields, partitioning);
    layout.timePartitioning = partitioning.timePartitioning;
  }
  if (clauses.cluster !== undefined)
    layout.clustering = readClustering(given, slice(clauses.cluster));
  const options =
    clauses.options === undefined ? {} : await readTableOptions(given, nodes[clauses.options + 1]);
  const like = source?.like;
  return {
    opening,
    table: {
      ...(like === undefined
        ? {}
        : {
            ...{ timePartitioning: like.timePartitioning, clustering: like.clustering },
            ...{ description: like.description, labels: like.labels },
          }),
      ...{ type: 'TABLE', fields, primaryKey: columns?.primaryKey, ...layout, ...options },
    },
    rows: source?.sql,
    mayRead: (name) =>
      given.resolver.resolved.some(
        (one) => one.sql === name || (one.kind === 'stored' && one.table.type === 'VIEW'),
      ),
  };
};

/** DuckDB's statements that make the table with its rows, all or nothing. */
const makeTable = async (run: Run, name: string, definition: Definition): Promise<number> => {
  const { session } = run;
  const { table, rows, mayRead } = definition;
  const aside = 'temp.main."\x01aside"';
  const isOwn = run.transaction === undefined;
  if (isOwn) await session.run('begin transaction');
  try {
    // The rows first, where the query reads the table that is replaced.
    const isAside = rows !== undefined && mayRead(name);
    if (isAside) await session.run(`create or replace temp table "\x01aside" as ${rows}`);
    const kind = name.startsWith('temp.') ? 'temp table' : 'table';
    await session.run(`create or replace ${kind} ${name} (${columnsSql(table.fields)})`);
    const source = isAside ? `select * from ${aside}` : rows;
    const count = source === undefined ? 0 : await session.run(`insert into ${name} ${source}`);
    if (isAside) await session.run(`drop table ${aside}`);
    if (isOwn) await session.run('commit');
    return count;
  } catch (error) {
    if (isOwn) await session.run('rollback');
    throw error;
  }
};

const planTemporary = (given: Given, name: string, definition: Definition): Plan['execute'] => {
  const { run } = given;
  const key = name.toLowerCase();
  return async () => {
    const isThere = run.temporary.has(key);
    const { replaces, skips } = definition.opening;
    if (isThere && skips) return { operation: 'SKIP' };
    if (isThere && !replaces) throw refusals.duplicate(`Table ${name}`);
    run.session.soil();
    await makeTable(run, `temp.main.${quote(name)}`, definition);
    run.temporary.set(key, definition.table.fields);
    return { operation: isThere ? 'REPLACE' : 'CREATE' };
  };
};

/** Refuses what a multi-statement transaction may not hold. */
export const checkNoTransaction = (run: Run, what: string): void => {
  if (run.transaction === undefined) return;
  throw refusals.invalidQuery(`${what} is not supported in a multi-statement transaction`);
};

const createStored = async (run: Run, ref: TableRef, definition: Definition): Promise<Outcome> => {
  const { catalog, locks, access } = run.world;
  const { replaces, skips } = definition.opening;
  access.check('bigquery.tables.create', { kind: 'dataset', ...ref });
  return locks.exclusive(ref, async () => {
    const old = lookUpTable(catalog, ref);
    if (old !== undefined && skips) return { operation: 'SKIP' };
    if (old !== undefined && (!replaces || old.type !== 'TABLE')) {
      throw refusals.duplicate(`Table ${nameTable(ref)}`);
    }
    const before = findDataset(catalog, ref.datasetId).tables.get(ref.tableId);
    enterTable(catalog, ref, definition.table);
    try {
      await makeTable(run, storedName(ref), definition);
    } catch (error) {
      const { tables } = findDataset(catalog, ref.datasetId);
      if (before === undefined) tables.delete(ref.tableId);
      else tables.set(ref.tableId, before);
      throw error;
    }
    return { operation: old === undefined ? 'CREATE' : 'REPLACE' };
  });
};

/** CREATE TABLE, with a list of columns, as a query's rows, or like another table. */
export const planCreateTable = async (given: Given): Promise<Plan> => {
  const { run, resolver, nodes } = given;
  const opening = readOpening(nodes);
  const path = readTablePath(nodes, opening.next);
  const node = nodes[opening.next];
  if (path === undefined || node === undefined) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a table');
  }
  const definition = await readDefinition(given, opening, path.next);
  const isQuery = definition.rows !== undefined;
  const plan = {
    statementType: isQuery ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE',
    reads: definition.rows,
  };
  if (opening.isTemporary) {
    if (!run.isScript) {
      throw refusals.invalidQuery('Use of CREATE TEMPORARY TABLE requires a script or session');
    }
    return { ...plan, execute: planTemporary(given, path.path.at(-1) ?? '', definition) };
  }
  checkNoTransaction(run, 'CREATE TABLE');
  const target = resolver.target(path.path, node);
  return { ...plan, target, execute: () => createStored(run, target, definition) };
};
