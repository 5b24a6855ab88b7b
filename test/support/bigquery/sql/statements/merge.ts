import { refuseAt } from '../context.ts';
import type { Changed, Plan } from '../plan.ts';
import { rewrite, rewriteTables } from '../rewrite.ts';
import { findWord, isGroup, isWord, startsWithWords, type Node } from '../tree.ts';
import { writeAssignments } from './assignments.ts';
import { aliased, changeRows, readTarget, rewritten, type Target } from './change-rows.ts';
import { readColumns } from './insert.ts';
import type { Given } from './query.ts';
import { checkMatches } from './update.ts';

type When = { kind: string; condition: string | undefined; action: string };

const kinds = [
  [['not', 'matched', 'by', 'source'], 'not matched by source'],
  [['not', 'matched', 'by', 'target'], 'not matched'],
  [['not', 'matched'], 'not matched'],
  [['matched'], 'matched'],
] as const;

const writeInsert = (given: Given, target: Target, nodes: readonly Node[]): string => {
  const { context } = given.resolver;
  const hasColumns = isGroup(nodes[1]);
  const values = nodes[hasColumns ? 3 : 2];
  if (!isWord(nodes[hasColumns ? 2 : 1], 'values') || !isGroup(values)) {
    throw refuseAt(
      context,
      nodes[0],
      'The stand-in for BigQuery does not know this INSERT of MERGE',
    );
  }
  const list = nodes[1];
  const columns = isGroup(list) ? ` (${readColumns(given, target, list).join(', ')})` : '';
  return `insert${columns} values (${rewrite(values.nodes, context)})`;
};

const writeAction = (given: Given, target: Target, nodes: readonly Node[]): string => {
  const { context } = given.resolver;
  if (isWord(nodes[0], 'delete') && nodes.length === 1) return 'delete';
  if (isWord(nodes[0], 'insert')) return writeInsert(given, target, nodes);
  if (startsWithWords(nodes, 0, 'update', 'set')) {
    return `update set ${writeAssignments(nodes.slice(2), target.alias, context)}`;
  }
  throw refuseAt(context, nodes[0], 'Syntax error: Expected UPDATE SET, INSERT or DELETE');
};

/** What stands between one WHEN and the next. */
const readWhen = (given: Given, target: Target, nodes: readonly Node[]): When => {
  const { context } = given.resolver;
  const [words, kind] = kinds.find(([all]) => startsWithWords(nodes, 0, ...all)) ?? [[], ''];
  const then = findWord(nodes, words.length, 'then');
  if (kind === '' || then < 0) {
    throw refuseAt(context, nodes[0], 'Syntax error: Expected [NOT] MATCHED … THEN');
  }
  const condition = nodes.slice(words.length, then);
  if (condition.length > 0 && !isWord(condition[0], 'and')) {
    throw refuseAt(context, condition[0], 'Syntax error: Expected AND or THEN');
  }
  return {
    kind,
    condition: condition.length === 0 ? undefined : rewrite(condition.slice(1), context),
    action: writeAction(given, target, nodes.slice(then + 1)),
  };
};

const readWhens = (given: Given, target: Target, from: number): When[] => {
  const { nodes } = given;
  const whens: When[] = [];
  for (let at = from; at >= 0;) {
    const next = findWord(nodes, at + 1, 'when');
    whens.push(readWhen(given, target, nodes.slice(at + 1, next < 0 ? undefined : next)));
    at = next;
  }
  return whens;
};

const writeWhen = ({ kind, condition, action }: When): string =>
  `when ${kind}${condition === undefined ? '' : ` and (${condition})`} then ${action}`;

const countActions = (rows: readonly unknown[][]): Changed => {
  const count = (action: string): number => rows.filter(([one]) => one === action).length;
  return { inserted: count('INSERT'), updated: count('UPDATE'), deleted: count('DELETE') };
};

/** MERGE. */
export const planMerge = (given: Given): Plan => {
  const { run, resolver, nodes } = given;
  const { context } = resolver;
  const target = readTarget(run, resolver, nodes, isWord(nodes[1], 'into') ? 2 : 1);
  const on = findWord(nodes, target.next, 'on');
  const when = findWord(nodes, on, 'when');
  if (!isWord(nodes[target.next], 'using') || on < 0 || when < 0) {
    throw refuseAt(context, nodes[target.next], 'Syntax error: Expected USING … ON … WHEN');
  }
  const source = rewriteTables(nodes.slice(target.next + 1, on), context);
  const condition = rewrite(nodes.slice(on + 1, when), context);
  const whens = readWhens(given, target, when);
  const sql =
    `merge into ${aliased(target)} using ${source} on (${condition}) ` +
    whens.map(writeWhen).join(' ');
  const changes = whens.filter(({ kind }) => kind === 'matched');
  const chosen = changes.map((one) => `(${one.condition ?? 'true'})`).join(' or ');
  return {
    statementType: 'MERGE',
    reads: sql,
    ...rewritten(target),
    execute: () =>
      changeRows(run, target, 'mutates', async () => {
        if (changes.length > 0) {
          const matches = `${aliased(target)} join ${source} on (${condition}) where ${chosen}`;
          await checkMatches(run.session, target.alias, matches);
        }
        const { rows } = await run.session.read(`${sql} returning merge_action`);
        return { changed: countActions(rows) };
      }),
  };
};
