import { quote } from '../../values/duckdb-types.ts';
import { refuseAt, type Cursor, type Rewriters, type Step } from '../context.ts';
import { reserved } from '../keywords.ts';
import { writeLiteralRows } from './literal-rows.ts';
import { readTablePath } from '../table-path.ts';
import { isGroup, isName, isWord, startsWithWords, type Group, type Node } from '../tree.ts';

type Alias = { name: string | undefined; next: number };

const readAlias = (nodes: readonly Node[], at: number): Alias => {
  const next = isWord(nodes[at], 'as') ? at + 1 : at;
  const node = nodes[next];
  const isAlias =
    isName(node) && (node.kind === 'quoted' || !reserved.has(node.text.toLowerCase()));
  return isAlias ? { name: node.value, next: next + 1 } : { name: undefined, next: at };
};

/** The list's elements are structs, whose fields become columns. */
const holdsStructs = ({ context }: Cursor, { nodes }: Group): boolean => {
  const [first] = nodes;
  if (nodes.length === 1 && first?.kind === 'parameter') {
    const type = context.parameters.get(first.value.toLowerCase())?.type;
    return type?.kind === 'array' && type.element.kind === 'struct';
  }
  if (nodes.length === 1 && first?.kind === 'word') {
    const type = context.variables.get(first.text.toLowerCase())?.type;
    return type?.kind === 'array' && type.element.kind === 'struct';
  }
  const inside = isGroup(first, '[') ? first.nodes : [];
  return isWord(inside[0], 'struct');
};

const isJoined = (nodes: readonly Node[], at: number): boolean =>
  isWord(nodes[at - 1], 'join') && !isWord(nodes[at - 2], 'cross');

/** `unnest(list) [as x] [with offset [as n]]` as a subquery. */
const writeUnnest = (cursor: Cursor, group: Group, { rewrite }: Rewriters): Step => {
  const { nodes, at } = cursor;
  const alias = readAlias(nodes, at + 2);
  const name = alias.name ?? 'unnested';
  let next = alias.next;
  const list = rewrite(group.nodes);
  let offset = '';
  if (startsWithWords(nodes, next, 'with', 'offset')) {
    const offsetAlias = readAlias(nodes, next + 2);
    offset = `, generate_subscripts(${list}, 1) - 1 as ${quote(offsetAlias.name ?? 'offset')}`;
    next = offsetAlias.next;
  }
  const inner = `select unnest(${list}) as ${quote(name)}${offset}`;
  const structs = `select * exclude (${quote(name)}), ${quote(name)}.* from (${inner})`;
  const query = holdsStructs(cursor, group) ? structs : inner;
  const condition = isJoined(nodes, at) && !isWord(nodes[next], 'on', 'using') ? ' on true' : '';
  return { sql: `(${query}) as ${quote(name)}${condition}`, next };
};

const isQuery = ({ nodes }: Group): boolean => {
  const [first] = nodes;
  return isWord(first, 'select', 'with') || (isGroup(first) && isQuery(first));
};

/** A table, a subquery, joins between parentheses or UNNEST. */
export const writeTable = (cursor: Cursor, rewriters: Rewriters): Step => {
  const { nodes, at, context } = cursor;
  const node = nodes[at];
  if (isGroup(node)) {
    const inner = isQuery(node)
      ? (writeLiteralRows(node.nodes, rewriters) ?? rewriters.rewrite(node.nodes))
      : rewriters.rewriteTables(node.nodes);
    return { sql: `(${inner})`, next: at + 1 };
  }
  const next = nodes[at + 1];
  if (isWord(node, 'unnest') && isGroup(next)) return writeUnnest(cursor, next, rewriters);
  const found = readTablePath(nodes, at);
  if (found === undefined || node === undefined) {
    throw refuseAt(context, node, 'Syntax error: Expected a table');
  }
  if (isGroup(nodes[found.next])) {
    throw refuseAt(context, node, `Table-valued function not found: ${found.path.join('.')}`);
  }
  return { sql: context.table(found.path, node), next: found.next };
};
