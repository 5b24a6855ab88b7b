/** A JSON value whose numbers keep their own text: `1.0` stays `1.0`, 19 decimals stay 19. */
export type JsonNode =
  | { kind: 'string'; value: string }
  | { kind: 'number'; text: string }
  | { kind: 'literal'; value: boolean | null }
  | { kind: 'array'; items: JsonNode[] }
  | { kind: 'object'; entries: [name: string, value: JsonNode][] };

/** A value and where the text goes on after it. */
export type Read = { node: JsonNode; end: number };

const blanks = /[ \t\r\n]*/y;
const numbers = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const words = /true|false|null/y;
const plainEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The first position from `at` on that holds no blank. */
export const skipBlanks = (text: string, at: number): number => {
  blanks.lastIndex = at;
  blanks.exec(text);
  return blanks.lastIndex;
};

const readEscape = (text: string, at: number): { value: string; end: number } => {
  const letter = text[at] ?? '';
  if (letter !== 'u') return { value: plainEscapes[letter] ?? letter, end: at + 1 };
  const code = Number.parseInt(text.slice(at + 1, at + 5), 16);
  return { value: String.fromCharCode(code), end: at + 5 };
};

/** Half of a surrogate pair is no character. */
const mend = (value: string): string => value.replace(/\p{Surrogate}/gu, '\ufffd');

/** The string that opens at `at`; undefined when it never ends. Raw control characters are taken, as Google does. */
export const readString = (
  text: string,
  at: number,
): { value: string; end: number } | undefined => {
  const quote = text[at];
  let value = '';
  let from = at + 1;
  for (let i = from; i < text.length; i += 1) {
    const letter = text[i];
    if (letter === quote) return { value: mend(value + text.slice(from, i)), end: i + 1 };
    if (letter !== '\\') continue;
    const escape = readEscape(text, i + 1);
    value += text.slice(from, i) + escape.value;
    from = escape.end;
    i = escape.end - 1;
  }
  return undefined;
};

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const readNumber = (text: string, at: number): Read | undefined => {
  const found = match(numbers, text, at);
  if (found === undefined) return undefined;
  const end = at + found.length;
  return /[.eE]/.test(text[end] ?? '') ? undefined : { node: { kind: 'number', text: found }, end };
};

const readArray = (text: string, at: number): Read | undefined => {
  const items: JsonNode[] = [];
  let i = skipBlanks(text, at + 1);
  if (text[i] === ']') return { node: { kind: 'array', items }, end: i + 1 };
  for (;;) {
    const item = readValue(text, i);
    if (item === undefined) return undefined;
    items.push(item.node);
    i = skipBlanks(text, item.end);
    if (text[i] === ']') return { node: { kind: 'array', items }, end: i + 1 };
    if (text[i] !== ',') return undefined;
    i += 1;
  }
};

/** A member's name, and where its value begins. */
export const readName = (text: string, at: number): { value: string; end: number } | undefined => {
  const start = skipBlanks(text, at);
  const name = text[start] === '"' || text[start] === "'" ? readString(text, start) : undefined;
  if (name === undefined) return undefined;
  const colon = skipBlanks(text, name.end);
  return text[colon] === ':' ? { value: name.value, end: colon + 1 } : undefined;
};

const readObject = (text: string, at: number): Read | undefined => {
  const entries: [string, JsonNode][] = [];
  let i = skipBlanks(text, at + 1);
  if (text[i] === '}') return { node: { kind: 'object', entries }, end: i + 1 };
  for (;;) {
    const name = readName(text, i);
    const value = name === undefined ? undefined : readValue(text, name.end);
    if (name === undefined || value === undefined) return undefined;
    entries.push([name.value, value.node]);
    i = skipBlanks(text, value.end);
    if (text[i] === '}') return { node: { kind: 'object', entries }, end: i + 1 };
    if (text[i] !== ',') return undefined;
    i += 1;
  }
};

const literals: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** The value that begins at `at`, blanks before it allowed; undefined when it is malformed or never ends. */
export const readValue = (text: string, at: number): Read | undefined => {
  const start = skipBlanks(text, at);
  const letter = text[start];
  if (letter === '{') return readObject(text, start);
  if (letter === '[') return readArray(text, start);
  if (letter === '"' || letter === "'") {
    const found = readString(text, start);
    return found && { node: { kind: 'string', value: found.value }, end: found.end };
  }
  const word = match(words, text, start);
  if (word !== undefined) {
    return { node: { kind: 'literal', value: literals[word] ?? null }, end: start + word.length };
  }
  return readNumber(text, start);
};

/** The text as one JSON value with nothing after it. */
export const readJson = (text: string): JsonNode | undefined => {
  const read = readValue(text, 0);
  return read !== undefined && skipBlanks(text, read.end) === text.length ? read.node : undefined;
};
