import { quote, toDuckdb } from '../../values/duckdb-types.ts';
import { refuseAt, type Context, type Rule } from '../context.ts';
import { parseType } from '../parse-type.ts';
import { isGroup, isName, isSign, isWord, splitAtCommas, type Group, type Node } from '../tree.ts';

/** `array<t>[…]`, `array[…]`, `array(query)`. */
export const writeArray: Rule = ({ nodes, at }, { rewrite }) => {
  if (!isWord(nodes[at], 'array')) return undefined;
  const group = nodes[at + 1];
  if (isGroup(group)) return { sql: `array(${rewrite(group.nodes)})`, next: at + 2 };
  if (isGroup(group, '[')) return { sql: `[${rewrite(group.nodes)}]`, next: at + 2 };
  const { type, next } = parseType(nodes, at);
  const list = nodes[next];
  if (!isGroup(list, '[')) return undefined;
  return { sql: `cast([${rewrite(list.nodes)}] as ${toDuckdb(type)})`, next: next + 1 };
};

/** The name that `x as name` or a plain `a.name` has. */
const fieldName = (nodes: readonly Node[]): string | undefined => {
  const last = nodes.at(-1);
  if (!isName(last)) return undefined;
  const isPath = nodes.every((node, index) => (index % 2 === 0 ? isName(node) : isSign(node, '.')));
  return isWord(nodes.at(-2), 'as') || isPath ? last.value : undefined;
};

const withoutAlias = (nodes: readonly Node[]): readonly Node[] =>
  isWord(nodes.at(-2), 'as') ? nodes.slice(0, -2) : nodes;

/** DuckDB's struct of fields that all have names. */
export const writeFields = (
  context: Context,
  fields: readonly Node[][],
  rewrite: (nodes: readonly Node[]) => string,
): string => {
  const written = fields.map((nodes) => {
    const name = fieldName(nodes);
    if (name !== undefined) return `${quote(name)}: ${rewrite(withoutAlias(nodes))}`;
    const what = 'The stand-in for BigQuery does not know structs whose fields have no names';
    throw refuseAt(context, nodes[0], what);
  });
  return `{${written.join(', ')}}`;
};

const writeTypedStruct = (
  type: ReturnType<typeof parseType>['type'],
  values: Group,
  rewrite: (nodes: readonly Node[]) => string,
): string => {
  const fields = type.kind === 'struct' ? type.fields : [];
  const written = splitAtCommas(values.nodes).map(
    (nodes, index) => `${quote(fields[index]?.name ?? '')}: ${rewrite(nodes)}`,
  );
  return `cast({${written.join(', ')}} as ${toDuckdb(type)})`;
};

/** `struct(1 as a, t.b)` and `struct<a int64>(1)`. */
export const writeStruct: Rule = ({ nodes, at, context }, { rewrite }) => {
  if (!isWord(nodes[at], 'struct')) return undefined;
  const group = nodes[at + 1];
  if (isGroup(group)) {
    return { sql: writeFields(context, splitAtCommas(group.nodes), rewrite), next: at + 2 };
  }
  const { type, next } = parseType(nodes, at);
  const values = nodes[next];
  if (!isGroup(values)) return undefined;
  return { sql: writeTypedStruct(type, values, rewrite), next: next + 1 };
};

const isPrimary = (node: Node | undefined): boolean =>
  node?.kind === 'group' ||
  node?.kind === 'quoted' ||
  node?.kind === 'parameter' ||
  node?.kind === 'word';

const accessors = ['offset', 'safe_offset', 'ordinal', 'safe_ordinal'];

/** `list[safe_offset(0)]`, or a list of its own: `[1, 2]`. */
export const writeSubscript: Rule = ({ nodes, at, context }, { rewrite }) => {
  const group = nodes[at];
  if (!isGroup(group, '[')) return undefined;
  const before = nodes[at - 1];
  const follows = isPrimary(before) && before?.end === group.start;
  if (follows && !isWord(group.nodes[0], ...accessors)) {
    throw refuseAt(
      context,
      group,
      'Array element access with array[position] is not supported. Use array[OFFSET(zero_based_offset)] or array[ORDINAL(one_based_ordinal)]',
    );
  }
  return { sql: `[${rewrite(group.nodes)}]`, next: at + 1 };
};
