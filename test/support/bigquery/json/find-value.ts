import { readName, readString, readValue, skipBlanks, type JsonNode } from './read-json.ts';

/** Where the value that begins at `at` ends, its inside unchecked; undefined when it never does. */
const skipValue = (text: string, at: number): number | undefined => {
  const start = skipBlanks(text, at);
  if (text[start] !== '{' && text[start] !== '[') return readValue(text, start)?.end;
  let depth = 0;
  for (let i = start; i < text.length; i += 1) {
    const letter = text[i];
    if (letter === '"' || letter === "'") {
      const end = readString(text, i)?.end;
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
};

/** Where the next member or item begins; undefined when there is none. */
const goOn = (text: string, at: number): number | undefined => {
  const end = skipValue(text, at);
  const comma = end === undefined ? undefined : skipBlanks(text, end);
  return comma !== undefined && text[comma] === ',' ? comma + 1 : undefined;
};

/** Members of an object as far as it has been read: where their values begin, and where the next member does. */
type Members = { known: Map<string, number>; next: number | undefined };

/** Reads on until the member is found: of two with one name, the first. */
const findMember = (text: string, members: Members, name: string): number | undefined => {
  const { known } = members;
  while (!known.has(name) && members.next !== undefined) {
    const found = readName(text, members.next);
    if (found !== undefined && !known.has(found.value)) known.set(found.value, found.end);
    members.next = found && goOn(text, found.end);
  }
  return known.get(name);
};

/** Texts whose outermost members are remembered: as many as DuckDB hands over at once, column after column. */
const rememberedMax = 2_048;
/** Longer ones would fill the memory. */
const rememberedLengthMax = 10_000;
const remembered = new Map<string, Members>();

const membersOf = (text: string, start: number, isOutermost: boolean): Members => {
  const isKept = isOutermost && text.length <= rememberedLengthMax;
  const old = isKept ? remembered.get(text) : undefined;
  if (old !== undefined) return old;
  const members: Members = { known: new Map(), next: start + 1 };
  if (isKept) {
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(text, members);
  }
  return members;
};

const findItem = (text: string, start: number, index: string): number | undefined => {
  if (!/^[0-9]+$/.test(index)) return undefined;
  let at: number | undefined = start + 1;
  for (let i = 0; i < Number(index) && at !== undefined; i += 1) at = goOn(text, at);
  return at;
};

const findStep = (text: string, at: number, step: string): number | undefined => {
  const start = skipBlanks(text, at);
  if (text[start] === '{') return findMember(text, membersOf(text, start, at === 0), step);
  return text[start] === '[' ? findItem(text, start, step) : undefined;
};

/**
 * The value that a path leads to. As Google's functions on JSON texts do, it reads no farther than it must: what comes
 * after the value may be broken, and of two members with one name the first counts.
 */
export const findValue = (text: string, path: readonly string[]): JsonNode | undefined => {
  let at: number | undefined = 0;
  for (const step of path) {
    if (at === undefined) return undefined;
    at = findStep(text, at, step);
  }
  return at === undefined ? undefined : readValue(text, at)?.node;
};
