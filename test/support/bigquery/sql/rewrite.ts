import { refuseAt, type Context, type Cursor, type Rewriters, type Step } from './context.ts';
import { afterFrom } from './keywords.ts';
import { expressionRules } from './rules/expressions.ts';
import { writeTable } from './rules/tables.ts';
import { isSign, isWord, type Node } from './tree.ts';

const isDistinctFrom = (nodes: readonly Node[], at: number): boolean =>
  isWord(nodes[at - 1], 'distinct') && isWord(nodes[at - 2], 'is', 'not');

/** Follows the clauses, so that tables are told from columns. */
const followClause = (cursor: Cursor): void => {
  const { nodes, at } = cursor;
  const node = nodes[at];
  if (isSign(node, ',')) cursor.expectsTable = cursor.inFrom;
  if (node?.kind !== 'word' || isSign(nodes[at - 1], '.')) return;
  const word = node.text.toLowerCase();
  if (word === 'join' || (word === 'from' && !isDistinctFrom(nodes, at))) {
    cursor.inFrom = true;
    cursor.expectsTable = true;
  } else if (afterFrom.has(word)) {
    cursor.inFrom = false;
    cursor.afterLimit = word === 'limit';
  }
};

const readExpression = (cursor: Cursor, rewriters: Rewriters): Step => {
  for (const rule of expressionRules) {
    const step = rule(cursor, rewriters);
    if (step !== undefined) return step;
  }
  throw refuseAt(cursor.context, cursor.nodes[cursor.at], 'Syntax error: Unexpected input');
};

const rewriteFrom = (nodes: readonly Node[], context: Context, inFrom: boolean): string => {
  const cursor: Cursor = { nodes, at: 0, context, inFrom, expectsTable: inFrom, afterLimit: false };
  const rewriters: Rewriters = {
    rewrite: (inner) => rewriteFrom(inner, context, false),
    rewriteTables: (inner) => rewriteFrom(inner, context, true),
  };
  const out: string[] = [];
  while (cursor.at < nodes.length) {
    const isTable = cursor.expectsTable;
    cursor.expectsTable = false;
    const step = isTable ? writeTable(cursor, rewriters) : readExpression(cursor, rewriters);
    if (!isTable) followClause(cursor);
    out.push(step.sql);
    cursor.at = step.next;
  }
  return out.join(' ');
};

/**
 * GoogleSQL in DuckDB's words.
 * @throws Refusal for what the stand-in does not know.
 */
export const rewrite = (nodes: readonly Node[], context: Context): string =>
  rewriteFrom(nodes, context, false);

/** The same for what stands after FROM, JOIN or USING: tables. */
export const rewriteTables = (nodes: readonly Node[], context: Context): string =>
  rewriteFrom(nodes, context, true);
