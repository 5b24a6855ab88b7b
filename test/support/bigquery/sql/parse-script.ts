import { refusals } from '../refusals.ts';
import type { SqlType } from '../values/sql-type.ts';
import { parseType } from './parse-type.ts';
import { describePlace } from './place.ts';
import { tokenize } from './tokens.ts';
import {
  findWord,
  groupTokens,
  isName,
  isSign,
  isWord,
  splitAtCommas,
  startsWithWords,
  type Node,
} from './tree.ts';

type Place = { start: number; end: number };

/** A statement of a script; `nodes` and expressions as they stand in the text. */
export type Statement = Place &
  (
    | { kind: 'sql'; nodes: Node[] }
    | { kind: 'declare'; names: string[]; type: SqlType | undefined; value: Node[] | undefined }
    | { kind: 'set'; names: string[]; value: Node[] }
    | { kind: 'if'; branches: Branch[] }
    | { kind: 'block'; body: Statement[]; handler: Statement[] | undefined }
    | { kind: 'raise'; message: Node[] | undefined }
    | { kind: 'begin' | 'commit' | 'rollback' | 'return' }
  );

/** The last branch of an IF may have no condition. */
export type Branch = { condition: Node[] | undefined; body: Statement[] };

/** Kinds of statements that BigQuery has and the stand-in refuses. */
const strange = [
  ...['while', 'loop', 'repeat', 'for', 'case', 'call', 'execute', 'break', 'leave', 'continue'],
  ...['iterate', 'export', 'load', 'grant', 'revoke', 'explain', 'define', 'analyze', 'undrop'],
];

type Reader = { text: string; nodes: Node[]; at: number };

const fail = ({ text, nodes, at }: Reader, expected: string) => {
  const node = nodes[at];
  const found = node === undefined || node.kind === 'group' ? 'end of statement' : node.text;
  const place = describePlace(text, node?.start ?? text.length);
  return refusals.invalidQuery(`Syntax error: Expected ${expected} but got ${found}${place}`);
};

/** Reads up to the semicolon, which it steps over. */
const readToSemicolon = (reader: Reader): Node[] => {
  const from = reader.at;
  while (reader.at < reader.nodes.length && !isSign(reader.nodes[reader.at], ';')) reader.at += 1;
  const nodes = reader.nodes.slice(from, reader.at);
  reader.at += 1;
  return nodes;
};

const expectWords = (reader: Reader, ...words: string[]): void => {
  for (const word of words) {
    if (!isWord(reader.nodes[reader.at], word)) throw fail(reader, `keyword ${word.toUpperCase()}`);
    reader.at += 1;
  }
};

const expectSemicolon = (reader: Reader): void => {
  if (reader.at < reader.nodes.length && !isSign(reader.nodes[reader.at], ';')) {
    throw fail(reader, '";"');
  }
  reader.at += 1;
};

const parseDeclare = (reader: Reader) => {
  expectWords(reader, 'declare');
  const names: string[] = [];
  for (;;) {
    const node = reader.nodes[reader.at];
    if (!isName(node)) throw fail(reader, 'a variable name');
    names.push(node.value.toLowerCase());
    reader.at += 1;
    if (!isSign(reader.nodes[reader.at], ',')) break;
    reader.at += 1;
  }
  const rest = readToSemicolon(reader);
  const at = findWord(rest, 0, 'default');
  const type = at === 0 ? undefined : parseType(rest, 0).type;
  return { kind: 'declare' as const, names, type, value: at < 0 ? undefined : rest.slice(at + 1) };
};

const parseSet = (reader: Reader) => {
  expectWords(reader, 'set');
  const target = reader.nodes[reader.at];
  const names = target?.kind === 'group' ? splitAtCommas(target.nodes).flat() : [target];
  const isAssignable = names.every((node) => isName(node));
  if (!isAssignable || !isSign(reader.nodes[reader.at + 1], '=')) {
    throw fail(reader, 'a variable that DECLARE made');
  }
  reader.at += 2;
  const value = readToSemicolon(reader);
  return { kind: 'set' as const, names: names.map((node) => node.value.toLowerCase()), value };
};

const parseCondition = (reader: Reader): Node[] => {
  const then = findWord(reader.nodes, reader.at, 'then');
  if (then < 0) throw fail(reader, 'keyword THEN');
  const condition = reader.nodes.slice(reader.at, then);
  reader.at = then + 1;
  return condition;
};

const parseIf = (reader: Reader) => {
  expectWords(reader, 'if');
  const branches: Branch[] = [];
  do {
    const condition = parseCondition(reader);
    branches.push({ condition, body: parseList(reader, 'elseif', 'else', 'end') });
    if (!isWord(reader.nodes[reader.at], 'elseif')) break;
    reader.at += 1;
  } while (reader.at < reader.nodes.length);
  if (isWord(reader.nodes[reader.at], 'else')) {
    reader.at += 1;
    branches.push({ condition: undefined, body: parseList(reader, 'end') });
  }
  expectWords(reader, 'end', 'if');
  expectSemicolon(reader);
  return { kind: 'if' as const, branches };
};

const parseBlock = (reader: Reader) => {
  expectWords(reader, 'begin');
  const body = parseList(reader, 'exception', 'end');
  let handler: Statement[] | undefined;
  if (isWord(reader.nodes[reader.at], 'exception')) {
    expectWords(reader, 'exception', 'when', 'error', 'then');
    handler = parseList(reader, 'end');
  }
  expectWords(reader, 'end');
  expectSemicolon(reader);
  return { kind: 'block' as const, body, handler };
};

const parseTransaction = (reader: Reader, kind: 'begin' | 'commit' | 'rollback') => {
  reader.at += 1;
  if (isWord(reader.nodes[reader.at], 'transaction')) reader.at += 1;
  expectSemicolon(reader);
  return { kind };
};

const parseRaise = (reader: Reader) => {
  expectWords(reader, 'raise');
  const rest = readToSemicolon(reader);
  if (rest.length === 0) return { kind: 'raise' as const, message: undefined };
  if (!startsWithWords(rest, 0, 'using', 'message') || !isSign(rest[2], '=')) {
    throw refusals.unsupported('this form of RAISE; it takes RAISE and RAISE USING MESSAGE = …');
  }
  return { kind: 'raise' as const, message: rest.slice(3) };
};

const parseBody = (reader: Reader) => {
  const { nodes, at } = reader;
  const first = nodes[at];
  if (isWord(first, 'declare')) return parseDeclare(reader);
  if (isWord(first, 'set')) return parseSet(reader);
  if (isWord(first, 'if')) return parseIf(reader);
  if (isWord(first, 'raise')) return parseRaise(reader);
  if (isWord(first, 'commit')) return parseTransaction(reader, 'commit');
  if (isWord(first, 'rollback')) return parseTransaction(reader, 'rollback');
  if (isWord(first, 'begin')) {
    const opens = isWord(nodes[at + 1], 'transaction') || isSign(nodes[at + 1], ';');
    return opens ? parseTransaction(reader, 'begin') : parseBlock(reader);
  }
  if (isWord(first, 'return')) {
    reader.at += 1;
    expectSemicolon(reader);
    return { kind: 'return' as const };
  }
  if (isWord(first, ...strange)) {
    throw refusals.unsupported(`the statement ${first.text.toUpperCase()}`);
  }
  return { kind: 'sql' as const, nodes: readToSemicolon(reader) };
};

const parseStatement = (reader: Reader): Statement => {
  const start = reader.nodes[reader.at]?.start ?? 0;
  const body = parseBody(reader);
  const last = reader.nodes[Math.min(reader.at, reader.nodes.length) - 1];
  const end = isSign(last, ';') ? last.start : (last?.end ?? start);
  return { ...body, start, end };
};

const parseList = (reader: Reader, ...ends: string[]): Statement[] => {
  const statements: Statement[] = [];
  while (reader.at < reader.nodes.length && !isWord(reader.nodes[reader.at], ...ends)) {
    if (isSign(reader.nodes[reader.at], ';')) reader.at += 1;
    else statements.push(parseStatement(reader));
  }
  return statements;
};

/**
 * The statements of a query text.
 * @throws Refusal for faulty syntax, and for statements that the stand-in does not know.
 */
export const parseScript = (text: string): Statement[] => {
  const reader = { text, nodes: groupTokens(text, tokenize(text)), at: 0 };
  const statements = parseList(reader);
  if (statements.length > 0) return statements;
  throw refusals.invalidQuery('Syntax error: Unexpected end of script at [1:1]');
};
