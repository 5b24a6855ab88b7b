import { refusals } from '../refusals.ts';
import { describePlace } from './place.ts';
import type { Token } from './tokens.ts';

/** What stands between parentheses or brackets. */
export type Group = { kind: 'group'; open: '(' | '['; nodes: Node[]; start: number; end: number };
export type Node = Token | Group;

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

type Open = { opening: Token | undefined; nodes: Node[] };

const close = (text: string, stack: Open[], token: Token): void => {
  const { opening, nodes } = stack.at(-1) ?? { opening: undefined, nodes: [] };
  if (opening === undefined || closing[opening.text] !== token.text) {
    const place = describePlace(text, token.start);
    throw refusals.invalidQuery(`Syntax error: Unexpected "${token.text}"${place}`);
  }
  stack.pop();
  const open = opening.text as Group['open'];
  stack.at(-1)?.nodes.push({ kind: 'group', open, nodes, start: opening.start, end: token.end });
};

/**
 * The tokens with parentheses and brackets as groups.
 * @throws Refusal when they do not match.
 */
export const groupTokens = (text: string, tokens: readonly Token[]): Node[] => {
  const stack: Open[] = [{ opening: undefined, nodes: [] }];
  for (const token of tokens) {
    if (token.kind === 'sign' && token.text in closing) stack.push({ opening: token, nodes: [] });
    else if (token.kind === 'sign' && (token.text === ')' || token.text === ']')) {
      close(text, stack, token);
    } else stack.at(-1)?.nodes.push(token);
  }
  const { opening, nodes } = stack.at(-1) ?? { opening: undefined, nodes: [] };
  if (opening === undefined) return nodes;
  const missing = closing[opening.text] ?? '';
  throw refusals.invalidQuery(
    `Syntax error: Expected "${missing}" but got end of statement${describePlace(text, text.length)}`,
  );
};

/** A word, whatever its case. */
export const isWord = (
  node: Node | undefined,
  ...words: string[]
): node is Token & { kind: 'word' } =>
  node?.kind === 'word' && words.includes(node.text.toLowerCase());

export const isSign = (
  node: Node | undefined,
  ...signs: string[]
): node is Token & { kind: 'sign' } => node?.kind === 'sign' && signs.includes(node.text);

export const isGroup = <Open extends Group['open'] = '('>(
  node: Node | undefined,
  open?: Open,
): node is Group & { open: Open } => node?.kind === 'group' && node.open === (open ?? '(');

/** A name, between back-ticks or not; also a keyword. */
export const isName = (node: Node | undefined): node is Token & { kind: 'word' | 'quoted' } =>
  node?.kind === 'word' || node?.kind === 'quoted';

/** Whether the words stand at this place, one after the other. */
export const startsWithWords = (nodes: readonly Node[], at: number, ...words: string[]): boolean =>
  words.every((word, index) => isWord(nodes[at + index], word));

/** The nodes between commas. */
export const splitAtCommas = (nodes: readonly Node[]): Node[][] => {
  if (nodes.length === 0) return [];
  const parts: Node[][] = [[]];
  for (const node of nodes) {
    if (isSign(node, ',')) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts;
};

/** Where one of the words stands, from `at` on, outside of groups and CASE expressions; -1 if nowhere. */
export const findWord = (nodes: readonly Node[], at: number, ...words: string[]): number => {
  let cases = 0;
  for (let i = at; i < nodes.length; i += 1) {
    const node = nodes[i];
    if (cases === 0 && isWord(node, ...words) && !isSign(nodes[i - 1], '.')) return i;
    if (isWord(node, 'case')) cases += 1;
    else if (isWord(node, 'end') && cases > 0) cases -= 1;
  }
  return -1;
};
