import { quote } from '../../values/duckdb-types.ts';
import { refuseAt, type Cursor, type Rule } from '../context.ts';
import { reserved, strange } from '../keywords.ts';
import { isName, isSign, isWord, startsWithWords } from '../tree.ts';

/** Words that are keywords only where they follow others. */
const isContextual = ({ nodes, at, afterLimit }: Cursor): boolean => {
  const [node, before] = [nodes[at], nodes[at - 1]];
  return (
    (isWord(node, 'first', 'last') && isWord(before, 'nulls')) ||
    (isWord(node, 'row') && isWord(before, 'current')) ||
    (isWord(node, 'time') && isWord(before, 'at')) ||
    (isWord(node, 'zone') && startsWithWords(nodes, at - 2, 'at', 'time')) ||
    (isWord(node, 'offset') && afterLimit)
  );
};

/** Keywords, which are the same in both. */
export const writeKeyword: Rule = (cursor) => {
  const { nodes, at, context } = cursor;
  const node = nodes[at];
  if (node?.kind !== 'word' || isSign(nodes[at - 1], '.')) return undefined;
  const word = node.text.toLowerCase();
  if (isContextual(cursor)) return { sql: word, next: at + 1 };
  if (!reserved.has(word)) return undefined;
  if (isWord(nodes[at - 1], 'as') || strange.has(word)) {
    throw refuseAt(context, node, `Syntax error: Unexpected keyword ${word.toUpperCase()}`);
  }
  return { sql: word, next: at + 1 };
};

/** A variable of the script, or the name of a column, a table's alias or a window. */
export const writeName: Rule = ({ nodes, at, context }) => {
  const node = nodes[at];
  if (!isName(node)) return undefined;
  const isPart = isSign(nodes[at - 1], '.');
  const isAlias = isWord(nodes[at - 1], 'as') || isSign(nodes[at + 1], '.');
  const variable = context.variables.get(node.value.toLowerCase());
  if (variable !== undefined && !isPart && !isAlias && node.kind === 'word') {
    return { sql: variable.literal, next: at + 1 };
  }
  return { sql: quote(node.value), next: at + 1 };
};
