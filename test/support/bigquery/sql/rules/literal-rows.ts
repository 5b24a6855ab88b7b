import { quote } from '../../values/duckdb-types.ts';
import type { Rewriters } from '../context.ts';
import { afterFrom } from '../keywords.ts';
import { isName, isSign, isWord, splitAtCommas, type Node } from '../tree.ts';

/** Fewer are as quick one by one. */
const rowsMin = 3;

/** The selects between UNION ALL; undefined where something else than selects of plain values is among them. */
const splitSelects = (nodes: readonly Node[]): Node[][] | undefined => {
  const selects: Node[][] = [];
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at];
    const opens =
      selects.length === 0 || (isWord(nodes[at - 2], 'union') && isWord(nodes[at - 1], 'all'));
    if (isWord(node, 'select') && opens) selects.push([]);
    else if (isWord(node, 'union') && isWord(nodes[at + 1], 'all')) at += 1;
    else if (node === undefined || isWord(node, 'from', 'with', 'distinct', ...afterFrom))
      return undefined;
    else if (isSign(node, '*') || selects.length === 0) return undefined;
    else selects.at(-1)?.push(node);
  }
  return selects;
};

const nameOf = (item: readonly Node[]): string | undefined => {
  const name = item.at(-1);
  return isWord(item.at(-2), 'as') && isName(name) ? name.value : undefined;
};

/**
 * `select 1 as a union all select 2 …` as one list of values: DuckDB plans each select for itself, which takes it a
 * second for a thousand.
 */
export const writeLiteralRows = (
  nodes: readonly Node[],
  { rewrite }: Pick<Rewriters, 'rewrite'>,
): string | undefined => {
  if (!isWord(nodes[0], 'select')) return undefined;
  const rows = splitSelects(nodes)?.map(splitAtCommas);
  const [first] = rows ?? [];
  if (rows === undefined || first === undefined || rows.length < rowsMin) return undefined;
  const names = first.map(nameOf);
  const isEven = rows.every((row) => row.length === first.length);
  if (!isEven || names.some((name) => name === undefined)) return undefined;
  const written = rows.map((row) => {
    const values = row.map((item) =>
      rewrite(nameOf(item) === undefined ? item : item.slice(0, -2)),
    );
    return `(${values.join(', ')})`;
  });
  const columns = names.map((name) => quote(name ?? ''));
  return `select * from (values ${written.join(', ')}) as literal_rows(${columns.join(', ')})`;
};
