import { lookUpTable, storedName } from '../catalog/catalog.ts';
import { nameTable, type Table, type TableRef } from '../catalog/dataset.ts';
import { Refusal, refusals } from '../refusals.ts';
import { quote } from '../values/duckdb-types.ts';
import type { Field } from '../values/field.ts';
import { refuseAt, type Context } from './context.ts';
import { writeInformation, isInformation } from './information-schema.ts';
import type { Run } from './run.ts';
import { isGroup, isName, isSign, isWord, type Node } from './tree.ts';

/** What a name stands for. */
export type Resolved =
  | { kind: 'stored'; sql: string; table: Table }
  | { kind: 'temporary'; sql: string; name: string; fields: Field[] }
  | { kind: 'other'; sql: string };

/** Names that WITH gives to queries anywhere in the statement, in lower case. */
const collectNames = (nodes: readonly Node[], found = new Set<string>()): Set<string> => {
  nodes.forEach((node, index) => {
    const [before, as, query] = [nodes[index - 1], nodes[index + 1], nodes[index + 2]];
    const opens = isWord(before, 'with', 'recursive') || isSign(before, ',');
    if (isName(node) && opens && isWord(as, 'as') && isGroup(query)) {
      found.add(node.value.toLowerCase());
    }
    if (node.kind === 'group') collectNames(node.nodes, found);
  });
  return found;
};

const toRef = (run: Run, path: readonly string[], node: Node): TableRef => {
  const { projectId } = run.world;
  if (path.length === 1 && run.defaultDataset === undefined) {
    throw refuseAt(
      { text: run.text } as Context,
      node,
      `Table "${path[0] ?? ''}" must be qualified with a dataset (e.g. dataset.table).`,
    );
  }
  const [tableId = '', datasetId = run.defaultDataset ?? '', project = projectId] = [
    ...path,
  ].reverse();
  const ref = { projectId: project, datasetId, tableId };
  if (project === projectId && path.length <= 3) return ref;
  throw new Refusal(
    'accessDenied',
    `Access Denied: Table ${nameTable(ref)}: User does not have permission to query table ${nameTable(ref)}, or perhaps it does not exist.`,
  );
};

/** @throws Refusal when the dataset is not there, or in another location. */
export const checkLocation = (run: Run, datasetId: string): void => {
  const { catalog, projectId } = run.world;
  const dataset = catalog.datasets.get(datasetId);
  if (dataset?.location.toLowerCase() === run.location.toLowerCase()) return;
  throw refusals.notFound(
    `Dataset ${projectId}:${datasetId} was not found in location ${run.location}`,
  );
};

const findStored = (run: Run, ref: TableRef): Resolved => {
  checkLocation(run, ref.datasetId);
  const table = lookUpTable(run.world.catalog, ref);
  if (table !== undefined) return { kind: 'stored', sql: storedName(ref), table };
  throw refusals.notFound(`Table ${nameTable(ref)} was not found in location ${run.location}`);
};

const findTemporary = (run: Run, path: readonly string[]): Resolved | undefined => {
  const [first = '', second] = path;
  const isSession = first.toLowerCase() === '_session';
  const name = isSession ? (second ?? '') : first;
  const fields = path.length === 1 || isSession ? run.temporary.get(name.toLowerCase()) : undefined;
  return fields && { kind: 'temporary', sql: `temp.main.${quote(name)}`, name, fields };
};

export type Resolver = {
  context: Context;
  /** What the statement has named so far, tables of WITH left out. */
  resolved: Resolved[];
  /** The table that is written to: it may be missing. */
  target: (path: readonly string[], node: Node) => TableRef;
  /** Any other table; `isRead` says whether its rows are read. */
  resolve: (path: readonly string[], node: Node, isRead: boolean) => Resolved;
};

/** What the nodes of one statement may name. */
export const createResolver = (run: Run, nodes: readonly Node[]): Resolver => {
  const names = collectNames(nodes);
  const resolved: Resolved[] = [];
  const resolve: Resolver['resolve'] = (path, node, isRead) => {
    const [first = ''] = path;
    if (path.length === 1 && names.has(first.toLowerCase())) {
      return { kind: 'other', sql: quote(first) };
    }
    if (isInformation(path)) return { kind: 'other', sql: writeInformation(run, path) };
    const found = findTemporary(run, path) ?? findStored(run, toRef(run, path, node));
    if (found.kind === 'stored' && isRead) {
      run.world.access.check('bigquery.tables.getData', { kind: 'table', ref: found.table.ref });
    }
    if (found.kind !== 'other') resolved.push(found);
    return found;
  };
  const nowMicros = BigInt(run.world.now().getTime()) * 1000n;
  return {
    resolved,
    resolve,
    target: (path, node) => {
      const ref = toRef(run, path, node);
      checkLocation(run, ref.datasetId);
      return ref;
    },
    context: {
      text: run.text,
      table: (path, node) => resolve(path, node, true).sql,
      parameters: run.parameters,
      variables: run.variables,
      system: run.system,
      now: `make_timestamptz(${nowMicros})`,
    },
  };
};
