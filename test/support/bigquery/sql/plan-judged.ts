import { explainFailure } from '../engine/explain-failure.ts';
import { Refusal, refusals } from '../refusals.ts';
import type { NamedType } from '../values/sql-type.ts';
import { judgeStatement } from './judge-statement.ts';
import { describePlace } from './place.ts';
import type { Plan } from './plan.ts';
import { planStatement } from './plan-statement.ts';
import { createResolver, type Resolver } from './resolve-tables.ts';
import type { Run } from './run.ts';
import { isName, isWord, type Node } from './tree.ts';

/** A statement that has been understood, and what it names. */
export type Planned = { plan: Plan; resolver: Resolver };

/** What the analyzer need not be asked about: its words would be others than BigQuery's. */
const isOwn = (error: unknown): boolean =>
  error instanceof Refusal && ['notFound', 'accessDenied', 'notImplemented'].includes(error.reason);

const plan = async (run: Run, nodes: readonly Node[], judged?: NamedType[]): Promise<Planned> => {
  const resolver = createResolver(run, nodes);
  const planned = await planStatement({ run, resolver, nodes, judged }).catch((error: unknown) => {
    throw placeName(run, nodes, explainFailure(error));
  });
  checkVariables(run, nodes, resolver);
  return { resolver, plan: planned };
};

/** A refusal of an unknown name, with the place where that stands. */
const placeName = (run: Run, nodes: readonly Node[], refusal: Refusal): Refusal => {
  const [, name] = /^Unrecognized name: (\w+)$/.exec(refusal.message) ?? [];
  const node = name === undefined ? undefined : findName(nodes, name.toLowerCase());
  if (node === undefined) return refusal;
  return refusals.invalidQuery(refusal.message + describePlace(run.text, node.start));
};

const findName = (nodes: readonly Node[], name: string): Node | undefined => {
  for (const node of nodes) {
    const found = node.kind === 'group' ? findName(node.nodes, name) : undefined;
    if (found !== undefined) return found;
    if (isName(node) && node.value.toLowerCase() === name) return node;
  }
  return undefined;
};

/** Columns hide variables of the same name, which the stand-in does not follow. */
const checkVariables = (run: Run, nodes: readonly Node[], { resolved }: Resolver): void => {
  const columns = new Set(
    resolved.flatMap((one) => {
      if (one.kind === 'other') return [];
      const fields = one.kind === 'stored' ? one.table.fields : one.fields;
      return fields.map(({ name }) => name.toLowerCase());
    }),
  );
  for (const name of run.variables.keys()) {
    if (columns.has(name) && namesWord(nodes, name)) {
      throw refusals.unsupported(`which is meant: the variable ${name} or the column ${name}`);
    }
  }
};

const namesWord = (nodes: readonly Node[], word: string): boolean =>
  nodes.some((node) => (node.kind === 'group' ? namesWord(node.nodes, word) : isWord(node, word)));

/** Plans a statement, once Google's analyzer has accepted it, where that is asked. */
export const planJudged = async (run: Run, nodes: readonly Node[]): Promise<Planned> => {
  const { judge } = run.world;
  if (judge === undefined) return plan(run, nodes);
  const first = await plan(run, nodes).catch((error: unknown) => error);
  if (isOwn(first)) throw first;
  const judged = await judgeStatement(judge, run, nodes);
  if (judged !== undefined) return plan(run, nodes, judged);
  if (first instanceof Error) throw first;
  return first as Planned;
};
