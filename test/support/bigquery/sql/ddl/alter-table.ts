import { findDataset, storedName, touch } from '../../catalog/catalog.ts';
import type { Table } from '../../catalog/dataset.ts';
import { changeFields, checkFree } from '../../catalog/tables.ts';
import { refusals } from '../../refusals.ts';
import { quote } from '../../values/duckdb-types.ts';
import type { Field } from '../../values/field.ts';
import { refuseAt } from '../context.ts';
import type { Plan } from '../plan.ts';
import type { Given } from '../statements/query.ts';
import { readTablePath } from '../table-path.ts';
import { isGroup, isName, isWord, splitAtCommas, startsWithWords, type Node } from '../tree.ts';
import { instantOption, labelsOption, readOptions, textOption } from './constants.ts';
import { checkNoTransaction } from './create-table.ts';
import { readColumn } from './read-columns.ts';

type Change = (given: Given, table: Table, nodes: readonly Node[]) => Promise<void>;

const findField = (table: Table, node: Node | undefined): Field | undefined => {
  const name = isName(node) ? node.value.toLowerCase() : '';
  return table.fields.find((field) => field.name.toLowerCase() === name);
};

const addColumn: Change = async (given, table, nodes) => {
  const skips = startsWithWords(nodes, 2, 'if', 'not', 'exists');
  const field = await readColumn(given, nodes.slice(skips ? 5 : 2));
  const isThere = table.fields.some((one) => one.name.toLowerCase() === field.name.toLowerCase());
  if (isThere && skips) return;
  if (isThere) throw refusals.invalidQuery(`Column already exists: ${field.name}`);
  const { run } = given;
  await changeFields(run.world.catalog, run.session, table, [...table.fields, field]);
};

const dropColumn: Change = async ({ run }, table, nodes) => {
  const skips = startsWithWords(nodes, 2, 'if', 'exists');
  const field = findField(table, nodes[skips ? 4 : 2]);
  if (field === undefined && skips) return;
  if (field === undefined) throw refusals.invalidQuery('Column not found');
  const isKey = [table.timePartitioning?.field, ...(table.clustering ?? [])].includes(field.name);
  if (isKey)
    throw refusals.invalidQuery(`Cannot drop column ${field.name}: partitions or clusters use it`);
  await run.session.run(`alter table ${storedName(table.ref)} drop column ${quote(field.name)}`);
  table.fields = table.fields.filter((one) => one !== field);
};

const describeColumn: Change = async (given, table, nodes) => {
  const skips = startsWithWords(nodes, 2, 'if', 'exists');
  const at = skips ? 4 : 2;
  const field = findField(table, nodes[at]);
  if (field === undefined && skips) return;
  if (field === undefined) throw refusals.invalidQuery('Column not found');
  const group = nodes[at + 3];
  if (startsWithWords(nodes, at + 1, 'drop', 'not', 'null')) {
    const fields = table.fields.map((one) =>
      one === field ? { ...one, mode: 'NULLABLE' as const } : one,
    );
    await changeFields(given.run.world.catalog, given.run.session, table, fields);
    return;
  }
  if (!startsWithWords(nodes, at + 1, 'set', 'options') || !isGroup(group)) {
    throw refusals.unsupported('this form of ALTER COLUMN');
  }
  const options = readOptions(given, group, ['description']);
  const description = await textOption(given, options, 'description');
  if (description === undefined) delete field.description;
  else field.description = description;
};

const setOptions: Change = async (given, table, nodes) => {
  const group = nodes[2];
  if (!isGroup(group)) throw refuseAt(given.resolver.context, group, 'Syntax error: Expected "("');
  const known = ['description', 'friendly_name', 'labels', 'expiration_timestamp'];
  const options = readOptions(given, group, known);
  if (options.has('description'))
    table.description = await textOption(given, options, 'description');
  if (options.has('friendly_name')) {
    table.friendlyName = await textOption(given, options, 'friendly_name');
  }
  if (options.has('expiration_timestamp')) {
    table.expirationTime = await instantOption(given, options, 'expiration_timestamp');
  }
  table.labels = labelsOption(given, options) ?? table.labels;
};

const rename: Change = async ({ run }, table, nodes) => {
  const { catalog } = run.world;
  const node = nodes[2];
  const tableId = isName(node) ? node.value : '';
  const ref = { ...table.ref, tableId };
  await checkFree(catalog, ref);
  await run.session.run(`alter table ${storedName(table.ref)} rename to ${quote(tableId)}`);
  const { tables } = findDataset(catalog, ref.datasetId);
  tables.delete(table.ref.tableId);
  table.ref = ref;
  tables.set(tableId, table);
};

const changes: readonly [string[], Change][] = [
  [['add', 'column'], addColumn],
  [['drop', 'column'], dropColumn],
  [['alter', 'column'], describeColumn],
  [['set', 'options'], setOptions],
  [['rename', 'to'], rename],
];

/** ALTER TABLE and ALTER VIEW. */
export const planAlterTable = (given: Given): Plan => {
  const { run, resolver, nodes } = given;
  const { catalog, access, locks } = run.world;
  const type = isWord(nodes[1], 'view') ? 'VIEW' : 'TABLE';
  checkNoTransaction(run, `ALTER ${type}`);
  const skips = startsWithWords(nodes, 2, 'if', 'exists');
  const at = skips ? 4 : 2;
  const path = readTablePath(nodes, at);
  const node = nodes[at];
  if (path === undefined || node === undefined) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a table');
  }
  const target = resolver.target(path.path, node);
  const found = catalog.datasets.get(target.datasetId)?.tables.has(target.tableId) === true;
  const statementType = `ALTER_${type}`;
  if (!found && skips) {
    const execute = () => Promise.resolve({ operation: 'SKIP' });
    return { statementType, reads: undefined, target, execute };
  }
  const resolved = resolver.resolve(path.path, node, false);
  if (resolved.kind !== 'stored' || resolved.table.type !== type) {
    throw refuseAt(resolver.context, node, `ALTER ${type} on what is none`);
  }
  const items = splitAtCommas(nodes.slice(path.next));
  return {
    statementType,
    reads: undefined,
    target,
    execute: () =>
      locks.exclusive(target, async () => {
        access.check('bigquery.tables.update', { kind: 'table', ref: target });
        for (const item of items) {
          const change = changes.find(([words]) => startsWithWords(item, 0, ...words))?.[1];
          if (change === undefined) throw refusals.unsupported(`this form of ALTER ${type}`);
          await change(given, resolved.table, item);
        }
        touch(catalog, resolved.table);
        return { operation: 'ALTER' };
      }),
  };
};
