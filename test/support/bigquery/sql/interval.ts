import { refusals } from '../refusals.ts';
import { isWord, type Node } from './tree.ts';

const units = [
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
];

/**
 * `interval n unit`, which begins at `at`, in DuckDB's SQL.
 * @throws Refusal for the other forms of INTERVAL.
 */
export const writeInterval = (
  nodes: readonly Node[],
  at: number,
  rewrite: (nodes: readonly Node[]) => string,
): { sql: string; unit: string; next: number } => {
  const end = nodes.findIndex((node, index) => index > at + 1 && isWord(node, ...units));
  const unit = nodes[end];
  if (unit === undefined || unit.kind === 'group' || nodes[at + 1]?.kind === 'string') {
    throw refusals.unsupported('this form of INTERVAL; it takes INTERVAL n DAY and the like');
  }
  const name = unit.text.toLowerCase();
  return {
    sql: `interval (${rewrite(nodes.slice(at + 1, end))}) ${name}`,
    unit: name,
    next: end + 1,
  };
};
