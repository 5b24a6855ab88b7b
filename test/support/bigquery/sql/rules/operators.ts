import { refuseAt, type Rule, type Step } from '../context.ts';
import { writeInterval } from '../interval.ts';
import {
  isGroup,
  isName,
  isSign,
  isWord,
  splitAtCommas,
  startsWithWords,
  type Node,
} from '../tree.ts';
import { afterFrom } from '../keywords.ts';
import { writeFields } from './collections.ts';

/** `x in unnest(list)` */
export const writeInList: Rule = ({ nodes, at }, { rewrite }) => {
  const list = nodes[at + 2];
  if (!startsWithWords(nodes, at, 'in', 'unnest') || !isGroup(list)) return undefined;
  return { sql: `in (select unnest(${rewrite(list.nodes)}))`, next: at + 3 };
};

/** `* except (a, b)`, `* replace (x as a)`, and the star alone. */
export const writeStar: Rule = ({ nodes, at }, { rewrite }) => {
  const [star, word, list] = [nodes[at], nodes[at + 1], nodes[at + 2]];
  if (!isSign(star, '*')) return undefined;
  if (isWord(word, 'except') && isGroup(list)) {
    return { sql: `* exclude (${rewrite(list.nodes)})`, next: at + 3 };
  }
  if (isWord(word, 'replace') && isGroup(list)) {
    return { sql: `* replace (${rewrite(list.nodes)})`, next: at + 3 };
  }
  return { sql: '*', next: at + 1 };
};

/** Where the operand that begins at `at` ends: a name, a literal, a call, with what is called or picked of it. */
const endOfOperand = (nodes: readonly Node[], at: number): number => {
  let next = isSign(nodes[at], '-', '+') ? at + 2 : at + 1;
  while (next < nodes.length) {
    const [node, before] = [nodes[next], nodes[next - 1]];
    const isCall = isGroup(node) && before?.kind !== 'number' && before?.kind !== 'string';
    const isPicked = isGroup(node, '[');
    if (isSign(node, '.')) next += 2;
    else if (isCall || isPicked) next += 1;
    else break;
  }
  return next;
};

/** Division by zero is an error; DuckDB makes it infinite or NULL. */
export const writeDivision: Rule = ({ nodes, at, context }, { rewrite }) => {
  if (!isSign(nodes[at], '/')) return undefined;
  if (isWord(nodes[at + 1], 'case')) {
    throw refuseAt(
      context,
      nodes[at],
      'The stand-in for BigQuery does not know a division by CASE',
    );
  }
  const end = endOfOperand(nodes, at + 1);
  return { sql: `/ gs_divisor(${rewrite(nodes.slice(at + 1, end))})`, next: end };
};

/** INTERVAL as an expression. */
export const writeIntervalRule: Rule = ({ nodes, at }, { rewrite }) =>
  isWord(nodes[at], 'interval') ? writeInterval(nodes, at, rewrite) : undefined;

const endOfSelectList = (nodes: readonly Node[], at: number): number => {
  const end = nodes.findIndex(
    (node, index) =>
      index >= at &&
      node.kind === 'word' &&
      (isWord(node, 'from') || afterFrom.has(node.text.toLowerCase())) &&
      !isSign(nodes[index - 1], '.'),
  );
  return end < 0 ? nodes.length : end;
};

/** `select as struct a, b` and `select as value x`. */
export const writeSelectAs: Rule = ({ nodes, at, context }, { rewrite }): Step | undefined => {
  if (!startsWithWords(nodes, at, 'select', 'as')) return undefined;
  const end = endOfSelectList(nodes, at + 3);
  const list = nodes.slice(at + 3, end);
  if (isWord(nodes[at + 2], 'value')) return { sql: `select ${rewrite(list)}`, next: end };
  if (!isWord(nodes[at + 2], 'struct')) {
    throw refuseAt(context, nodes[at], 'The stand-in for BigQuery does not know this SELECT AS');
  }
  return { sql: `select ${writeFields(context, splitAtCommas(list), rewrite)}`, next: end };
};

/** What stands between parentheses. */
export const writeGroup: Rule = ({ nodes, at }, { rewrite }) => {
  const node = nodes[at];
  return isGroup(node) ? { sql: `(${rewrite(node.nodes)})`, next: at + 1 } : undefined;
};

/** Signs that mean the same in both. */
export const writeSign: Rule = ({ nodes, at }) => {
  const node = nodes[at];
  if (node?.kind !== 'sign' || isName(node)) return undefined;
  return { sql: node.text === '!=' ? '<>' : node.text, next: at + 1 };
};
