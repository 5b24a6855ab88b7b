import { addDataset, findDataset, removeDataset, touch } from '../../catalog/catalog.ts';
import { refuseAt } from '../context.ts';
import type { Plan } from '../plan.ts';
import type { Given } from '../statements/query.ts';
import { readTablePath } from '../table-path.ts';
import { isGroup, isWord, startsWithWords } from '../tree.ts';
import { labelsOption, readOptions, textOption } from './constants.ts';
import { checkNoTransaction } from './create-table.ts';

const known = [
  'location',
  'description',
  'friendly_name',
  'labels',
  'default_table_expiration_days',
];

const readDatasetId = (
  { resolver, nodes, run }: Given,
  at: number,
): { id: string; next: number } => {
  const found = readTablePath(nodes, at);
  const [id = '', project = run.world.projectId] = [...(found?.path ?? [])].reverse();
  if (found !== undefined && project === run.world.projectId) return { id, next: found.next };
  throw refuseAt(resolver.context, nodes[at], 'Syntax error: Expected a dataset of this project');
};

const readDatasetOptions = async (given: Given, at: number) => {
  const group = given.nodes[at + 1];
  if (!isWord(given.nodes[at], 'options') || !isGroup(group)) return {};
  const options = readOptions(given, group, known);
  const days = await textOption(given, options, 'default_table_expiration_days');
  const [location, description, friendlyName] = [
    await textOption(given, options, 'location'),
    await textOption(given, options, 'description'),
    await textOption(given, options, 'friendly_name'),
  ];
  const labels = labelsOption(given, options);
  return {
    ...(location === undefined ? {} : { location }),
    ...(description === undefined ? {} : { description }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(labels === undefined ? {} : { labels }),
    ...(days === undefined ? {} : { defaultTableExpirationMs: Number(days) * 86_400_000 }),
  };
};

/** CREATE SCHEMA. */
export const planCreateSchema = async (given: Given): Promise<Plan> => {
  const { run, nodes } = given;
  const { catalog, access, projectId } = run.world;
  checkNoTransaction(run, 'CREATE SCHEMA');
  const skips = startsWithWords(nodes, 2, 'if', 'not', 'exists');
  const { id, next } = readDatasetId(given, skips ? 5 : 2);
  const options = await readDatasetOptions(given, next);
  return {
    statementType: 'CREATE_SCHEMA',
    reads: undefined,
    execute: async () => {
      access.check('bigquery.datasets.create', { kind: 'project', projectId });
      if (skips && catalog.datasets.has(id)) return { operation: 'SKIP' };
      await addDataset(catalog, { location: run.location, ...options, datasetId: id });
      return { operation: 'CREATE' };
    },
  };
};

/** DROP SCHEMA. */
export const planDropSchema = (given: Given): Plan => {
  const { run, nodes } = given;
  const { catalog, access, projectId } = run.world;
  checkNoTransaction(run, 'DROP SCHEMA');
  const skips = startsWithWords(nodes, 2, 'if', 'exists');
  const { id, next } = readDatasetId(given, skips ? 4 : 2);
  return {
    statementType: 'DROP_SCHEMA',
    reads: undefined,
    execute: async () => {
      access.check('bigquery.datasets.delete', { kind: 'dataset', projectId, datasetId: id });
      if (skips && !catalog.datasets.has(id)) return { operation: 'SKIP' };
      await removeDataset(catalog, id, isWord(nodes[next], 'cascade'));
      return { operation: 'DROP' };
    },
  };
};

/** ALTER SCHEMA … SET OPTIONS. */
export const planAlterSchema = async (given: Given): Promise<Plan> => {
  const { run, nodes, resolver } = given;
  const { catalog, access, projectId } = run.world;
  checkNoTransaction(run, 'ALTER SCHEMA');
  const { id, next } = readDatasetId(given, 2);
  if (!startsWithWords(nodes, next, 'set', 'options')) {
    throw refuseAt(resolver.context, nodes[next], 'Syntax error: Expected SET OPTIONS');
  }
  const options = await readDatasetOptions(given, next + 1);
  return {
    statementType: 'ALTER_SCHEMA',
    reads: undefined,
    execute: async () => {
      access.check('bigquery.datasets.update', { kind: 'dataset', projectId, datasetId: id });
      const dataset = findDataset(catalog, id);
      Object.assign(dataset, options);
      touch(catalog, dataset);
      return Promise.resolve({ operation: 'ALTER' });
    },
  };
};
