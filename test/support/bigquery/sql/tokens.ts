import { refusals } from '../refusals.ts';
import { describePlace } from './place.ts';
import { readQuoted } from './read-quoted.ts';

export type Token = {
  /**
   * `word`: a name or a keyword; `quoted`: a name between back-ticks; `string` and `bytes`: their value is without quotes
   * and escapes; `parameter`: `@name`; `system`: `@@name`.
   */
  kind: 'word' | 'quoted' | 'string' | 'bytes' | 'number' | 'parameter' | 'system' | 'sign';
  /** As it stands in the text; a word also in lower case, see {@link isWord}. */
  text: string;
  /** Of a name, text or parameter: what it says. */
  value: string;
  start: number;
  end: number;
};

const blank = /(?:\s|--[^\n]*|#[^\n]*|\/\*[^]*?\*\/)+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/y;
const parameter = /@@?[A-Za-z_][A-Za-z0-9_.]*/y;
const quoteStart = /(?:[rR]?[bB]?|[bB][rR])(?:'''|"""|'|")/y;
/** Of the signs that GoogleSQL has, those that the stand-in knows. `>>` is two, since it ends types too. */
const sign = /<=|>=|<>|!=|\|\||[-+*/<>=(),.;[\]]/y;

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const readName = (text: string, at: number): Token => {
  const { value, end } = readQuoted(text, at, '`', false);
  return { kind: 'quoted', text: text.slice(at, end), value, start: at, end };
};

const readString = (text: string, at: number, opening: string): Token => {
  const letters = opening.replace(/['"]/g, '').toLowerCase();
  const start = at + letters.length;
  const quotes = opening.slice(letters.length);
  const { value, end } = readQuoted(text, start, quotes, letters.includes('r'));
  const kind = letters.includes('b') ? 'bytes' : 'string';
  return { kind, text: text.slice(at, end), value, start: at, end };
};

const readToken = (text: string, at: number): Token => {
  if (text[at] === '`') return readName(text, at);
  const opening = match(quoteStart, text, at);
  if (opening !== undefined) return readString(text, at, opening);
  for (const [kind, pattern] of [
    ['parameter', parameter],
    ['word', word],
    ['number', number],
    ['sign', sign],
  ] as const) {
    const found = match(pattern, text, at);
    if (found === undefined) continue;
    const token = { text: found, value: found, start: at, end: at + found.length };
    if (kind !== 'parameter') return { kind, ...token };
    const isSystem = found.startsWith('@@');
    return { kind: isSystem ? 'system' : kind, ...token, value: found.replace(/^@@?/, '') };
  }
  throw refusals.invalidQuery(
    `Syntax error: Illegal input character "${text[at] ?? ''}"${describePlace(text, at)}`,
  );
};

/**
 * The text's tokens, without blanks and comments.
 * @throws Refusal for what is no GoogleSQL, and for signs that the stand-in does not know.
 */
export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    at += match(blank, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
};
