import { refusals } from '../refusals.ts';
import { scalar, type NamedType, type ScalarName, type SqlType } from '../values/sql-type.ts';
import { isGroup, isName, isSign, isWord, type Node } from './tree.ts';

const names: Readonly<Record<string, ScalarName>> = {
  int64: 'INT64',
  int: 'INT64',
  smallint: 'INT64',
  integer: 'INT64',
  bigint: 'INT64',
  tinyint: 'INT64',
  byteint: 'INT64',
  float64: 'FLOAT64',
  numeric: 'NUMERIC',
  decimal: 'NUMERIC',
  bool: 'BOOL',
  boolean: 'BOOL',
  string: 'STRING',
  bytes: 'BYTES',
  date: 'DATE',
  datetime: 'DATETIME',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
};

type Parsed = { type: SqlType; next: number };

const expectSign = (nodes: readonly Node[], at: number, sign: string): number => {
  if (isSign(nodes[at], sign)) return at + 1;
  throw refusals.invalidQuery(`Syntax error: Expected "${sign}" in a type`);
};

const parseFields = (nodes: readonly Node[], at: number): { fields: NamedType[]; next: number } => {
  const fields: NamedType[] = [];
  let next = at;
  for (;;) {
    const node = nodes[next];
    const isNamed =
      isName(node) && !isSign(nodes[next + 1], ',', '>', '<') && !isGroup(nodes[next + 1]);
    const field = parseType(nodes, isNamed ? next + 1 : next);
    fields.push({ name: isNamed ? node.value : '', type: field.type });
    next = field.next;
    if (!isSign(nodes[next], ',')) return { fields, next };
    next += 1;
  }
};

const parseParameters = (node: Node | undefined): number[] =>
  isGroup(node)
    ? node.nodes.flatMap((one) => (one.kind === 'number' ? [Number(one.text)] : []))
    : [];

/**
 * The type that stands at `at`, and where the text goes on.
 * @throws Refusal for one that the stand-in lacks.
 */
export const parseType = (nodes: readonly Node[], at: number): Parsed => {
  const node = nodes[at];
  if (isWord(node, 'array')) {
    const inner = parseType(nodes, expectSign(nodes, at + 1, '<'));
    return {
      type: { kind: 'array', element: inner.type },
      next: expectSign(nodes, inner.next, '>'),
    };
  }
  if (isWord(node, 'struct')) {
    const { fields, next } = parseFields(nodes, expectSign(nodes, at + 1, '<'));
    return { type: { kind: 'struct', fields }, next: expectSign(nodes, next, '>') };
  }
  const name = node?.kind === 'word' ? names[node.text.toLowerCase()] : undefined;
  if (name === undefined) {
    const text = node === undefined || node.kind === 'group' ? 'this' : node.text;
    throw refusals.unsupported(`the type ${text}`);
  }
  const parameters = parseParameters(nodes[at + 1]);
  return { type: scalar(name, parameters), next: at + (isGroup(nodes[at + 1]) ? 2 : 1) };
};
