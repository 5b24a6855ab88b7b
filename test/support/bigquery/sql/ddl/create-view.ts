import { findDataset, lookUpTable, storedName } from '../../catalog/catalog.ts';
import { nameTable } from '../../catalog/dataset.ts';
import { enterTable } from '../../catalog/tables.ts';
import { refusals } from '../../refusals.ts';
import { toField, type Field } from '../../values/field.ts';
import { refuseAt } from '../context.ts';
import { fitColumns } from '../fit-columns.ts';
import type { Plan } from '../plan.ts';
import { rewrite } from '../rewrite.ts';
import type { Given } from '../statements/query.ts';
import { readTablePath } from '../table-path.ts';
import { findWord, isGroup, isName, isWord, splitAtCommas, type Node } from '../tree.ts';
import { labelsOption, readOptions, textOption } from './constants.ts';
import { checkNoTransaction, readOpening } from './create-table.ts';

/** `(a options (description = 'x'), b)` names the columns and describes them. */
const describeColumns = async (
  given: Given,
  list: Node | undefined,
  fields: readonly Field[],
): Promise<Field[]> => {
  if (!isGroup(list)) return [...fields];
  const items = splitAtCommas(list.nodes);
  return Promise.all(
    fields.map(async (field, index) => {
      const [name, word, options] = items[index] ?? [];
      const named = { ...field, name: isName(name) ? name.value : field.name };
      if (!isWord(word, 'options') || !isGroup(options)) return named;
      const read = readOptions(given, options, ['description']);
      const description = await textOption(given, read, 'description');
      return description === undefined ? named : { ...named, description };
    }),
  );
};

const readViewOptions = async (given: Given, node: Node | undefined) => {
  if (!isGroup(node)) return {};
  const options = readOptions(given, node, ['description', 'friendly_name', 'labels']);
  const labels = labelsOption(given, options);
  return {
    description: await textOption(given, options, 'description'),
    friendlyName: await textOption(given, options, 'friendly_name'),
    ...(labels === undefined ? {} : { labels }),
  };
};

/** CREATE VIEW. */
export const planCreateView = async (given: Given): Promise<Plan> => {
  const { run, resolver, nodes, judged } = given;
  const { catalog, access } = run.world;
  checkNoTransaction(run, 'CREATE VIEW');
  const opening = readOpening(nodes);
  const path = readTablePath(nodes, opening.next);
  const as = findWord(nodes, opening.next, 'as');
  const [node, first] = [nodes[opening.next], nodes[as + 1]];
  if (path === undefined || node === undefined || as < 0 || first === undefined) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a view and its query');
  }
  const target = resolver.target(path.path, node);
  const sql = rewrite(nodes.slice(as + 1), resolver.context);
  const fitted = await fitColumns(run.session, sql, judged);
  const fields = await describeColumns(given, nodes[path.next], fitted.columns.map(toField));
  const optionsAt = findWord(nodes.slice(0, as), path.next, 'options');
  const options = await readViewOptions(given, optionsAt < 0 ? undefined : nodes[optionsAt + 1]);
  const query = run.text.slice(first.start, nodes.at(-1)?.end);
  return {
    statementType: 'CREATE_VIEW',
    reads: undefined,
    target,
    execute: async () => {
      access.check('bigquery.tables.create', { kind: 'dataset', ...target });
      const old = lookUpTable(catalog, target);
      if (old !== undefined && opening.skips) return { operation: 'SKIP' };
      if (old !== undefined && (!opening.replaces || old.type !== 'VIEW')) {
        throw refusals.duplicate(`Table ${nameTable(target)}`);
      }
      enterTable(catalog, target, { type: 'VIEW', fields, query, ...options });
      try {
        await run.session.run(`create or replace view ${storedName(target)} as ${fitted.sql}`);
      } catch (error) {
        findDataset(catalog, target.datasetId).tables.delete(target.tableId);
        throw error;
      }
      return { operation: old === undefined ? 'CREATE' : 'REPLACE' };
    },
  };
};
