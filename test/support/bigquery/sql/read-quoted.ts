import { refusals } from '../refusals.ts';
import { describePlace } from './place.ts';

const plain: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

const coded = /x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y;

const readEscape = (text: string, at: number): { value: string; end: number } | undefined => {
  const simple = plain[text[at] ?? ''];
  if (simple !== undefined) return { value: simple, end: at + 1 };
  coded.lastIndex = at;
  const found = coded.exec(text);
  if (found === null) return undefined;
  const [, x, upperX, u, upperU, octal] = found;
  const code = Number.parseInt(
    x ?? upperX ?? u ?? upperU ?? octal ?? '',
    octal === undefined ? 16 : 8,
  );
  return { value: String.fromCodePoint(code), end: coded.lastIndex };
};

/**
 * What stands between quotes, escapes resolved unless the text is raw.
 * @param at Where the opening quotes stand.
 * @throws Refusal when the closing ones are missing or an escape is unknown.
 */
export const readQuoted = (
  text: string,
  at: number,
  quotes: string,
  isRaw: boolean,
): { value: string; end: number } => {
  let value = '';
  for (let i = at + quotes.length; i < text.length;) {
    if (text.startsWith(quotes, i)) return { value, end: i + quotes.length };
    if (text[i] === '\n' && quotes.length === 1) break;
    if (text[i] !== '\\') {
      value += text.charAt(i);
      i += 1;
    } else if (isRaw) {
      value += text.slice(i, i + 2);
      i += 2;
    } else {
      const escape = readEscape(text, i + 1);
      if (escape === undefined) {
        const place = describePlace(text, i);
        throw refusals.invalidQuery(
          `Syntax error: Illegal escape sequence: \\${text[i + 1] ?? ''}${place}`,
        );
      }
      value += escape.value;
      i = escape.end;
    }
  }
  const what = quotes === '`' ? 'identifier' : 'string literal';
  throw refusals.invalidQuery(`Syntax error: Unclosed ${what}${describePlace(text, at)}`);
};
