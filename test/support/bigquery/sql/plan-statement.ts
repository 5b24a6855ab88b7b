import { refusals } from '../refusals.ts';
import { planAlterTable } from './ddl/alter-table.ts';
import { planCreateTable } from './ddl/create-table.ts';
import { planCreateView } from './ddl/create-view.ts';
import { planAlterSchema, planCreateSchema, planDropSchema } from './ddl/datasets.ts';
import { planDrop } from './ddl/drop.ts';
import { describePlace } from './place.ts';
import type { Plan } from './plan.ts';
import { planAssert } from './statements/assert.ts';
import { planDelete, planTruncate } from './statements/delete.ts';
import { planInsert } from './statements/insert.ts';
import { planMerge } from './statements/merge.ts';
import { planQuery, type Given } from './statements/query.ts';
import { planUpdate } from './statements/update.ts';
import { isGroup, isWord, type Node } from './tree.ts';

type Planner = (given: Given) => Plan | Promise<Plan>;

const planners: Readonly<Record<string, Planner>> = {
  select: planQuery,
  with: planQuery,
  insert: planInsert,
  update: planUpdate,
  delete: planDelete,
  merge: planMerge,
  truncate: planTruncate,
  assert: planAssert,
  'create table': planCreateTable,
  'create view': planCreateView,
  'create schema': planCreateSchema,
  'drop table': planDrop,
  'drop view': planDrop,
  'drop schema': planDropSchema,
  'alter table': planAlterTable,
  'alter view': planAlterTable,
  'alter schema': planAlterSchema,
};

const objects = ['table', 'view', 'schema'];

/** `merge`, `create table`: the words that tell what a statement does. */
export const nameStatement = (nodes: readonly Node[]): string => {
  const [first] = nodes;
  if (isGroup(first)) return 'select';
  if (first?.kind !== 'word') return '';
  const verb = first.text.toLowerCase();
  if (!isWord(first, 'create', 'drop', 'alter')) return verb;
  // CREATE OR REPLACE TEMP TABLE: the object is among the next four words, and all before it are such words.
  const words = nodes.slice(1, 5);
  const at = words.findIndex((node) => isWord(node, ...objects));
  const between = words.slice(0, Math.max(at, 0));
  const isPlain = between.every((node) => isWord(node, 'or', 'replace', 'temp', 'temporary'));
  const object = words[at];
  return object?.kind === 'word' && isPlain ? `${verb} ${object.text.toLowerCase()}` : verb;
};

/**
 * Understands a statement without carrying it out.
 * @throws Refusal for whatever BigQuery refuses or the stand-in does not know.
 */
export const planStatement = async (given: Given): Promise<Plan> => {
  const name = nameStatement(given.nodes);
  const planner = planners[name];
  if (planner !== undefined) return planner(given);
  const [first] = given.nodes;
  const place = describePlace(given.run.text, first?.start ?? 0);
  const isDefinition = ['create', 'drop', 'alter'].includes(name);
  throw isDefinition
    ? refusals.unsupported(`this kind of ${name.toUpperCase()}${place}`)
    : refusals.invalidQuery(`Syntax error: Unexpected statement${place}`);
};
