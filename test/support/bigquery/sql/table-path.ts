import { reserved } from './keywords.ts';
import { isName, isSign, type Node } from './tree.ts';

export type TablePath = { path: string[]; next: number };

/** `my-project` without back-ticks is a name, where a table is named. */
const readDashed = (nodes: readonly Node[], at: number): { name: string; next: number } => {
  const first = nodes[at];
  let name = first?.kind === 'word' ? first.text : '';
  let next = at + 1;
  for (;;) {
    const [dash, part] = [nodes[next], nodes[next + 1]];
    const isTight =
      isSign(dash, '-') &&
      dash.start === nodes[next - 1]?.end &&
      (part?.kind === 'word' || part?.kind === 'number') &&
      part.start === dash.end;
    if (!isTight) return { name, next };
    name += `-${part.text}`;
    next += 2;
  }
};

/** The table's name that stands at `at`: `t`, `d.t`, `p.d.t`, any part or all of it between back-ticks. */
export const readTablePath = (nodes: readonly Node[], at: number): TablePath | undefined => {
  const path: string[] = [];
  let next = at;
  for (;;) {
    const node = nodes[next];
    if (!isName(node)) return undefined;
    const isKeyword = node.kind === 'word' && reserved.has(node.text.toLowerCase());
    if (path.length === 0 && isKeyword) return undefined;
    if (node.kind === 'quoted') {
      path.push(...node.value.split('.'));
      next += 1;
    } else {
      const dashed = readDashed(nodes, next);
      path.push(dashed.name);
      next = dashed.next;
    }
    if (!isSign(nodes[next], '.')) return { path, next };
    next += 1;
  }
};
