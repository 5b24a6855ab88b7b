import type { TimePartitioning } from '../../catalog/dataset.ts';
import { refuseAt, requireName } from '../context.ts';
import type { Given } from '../statements/query.ts';
import { isGroup, isName, isWord, splitAtCommas, type Node } from '../tree.ts';

const units: Readonly<Record<string, string>> = {
  hour: 'HOUR',
  day: 'DAY',
  month: 'MONTH',
  year: 'YEAR',
};

/** How the column is cut, and which types of columns may be cut that way. */
export type Partitioning = { timePartitioning: TimePartitioning; types: readonly string[] };

const functions: Readonly<Record<string, readonly string[]>> = {
  date_trunc: ['DATE'],
  timestamp_trunc: ['TIMESTAMP'],
  datetime_trunc: ['DATETIME'],
};

/** `date_trunc(day, month)`, `timestamp_trunc(at, hour)`, `date(at)` or a column of dates. */
export const readPartitioning = (given: Given, nodes: readonly Node[]): Partitioning => {
  const [first, group] = nodes;
  const args = isGroup(group) ? splitAtCommas(group.nodes).map(([node]) => node) : [];
  const [column, unit] = args;
  const name = isName(first) ? first.value.toLowerCase() : '';
  if (isName(first) && nodes.length === 1) {
    return { timePartitioning: { type: 'DAY', field: first.value }, types: ['DATE'] };
  }
  if (name === 'date' && isName(column) && args.length === 1) {
    const types = ['TIMESTAMP', 'DATETIME'];
    return { timePartitioning: { type: 'DAY', field: column.value }, types };
  }
  const types = functions[name];
  const type = unit?.kind === 'word' ? units[unit.text.toLowerCase()] : undefined;
  if (types === undefined || type === undefined || !isName(column)) {
    throw refuseAt(
      given.resolver.context,
      first,
      'PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR) or a DATE column (the stand-in for BigQuery knows no others)',
    );
  }
  return { timePartitioning: { type, field: column.value }, types };
};

/** The names after CLUSTER BY. */
export const readClustering = ({ resolver }: Given, nodes: readonly Node[]): string[] =>
  splitAtCommas(nodes).map(([node]) => requireName(resolver.context, node));

/** Where each clause begins that follows the columns of CREATE TABLE, in this order. */
export const findClauses = (nodes: readonly Node[], from: number): Record<string, number> => {
  const found: Record<string, number> = {};
  for (let at = from; at < nodes.length; at += 1) {
    const node = nodes[at];
    if (node?.kind !== 'word') continue;
    const word = node.text.toLowerCase();
    if (word === 'as') {
      found.as = at;
      break;
    }
    if (isWord(node, 'partition', 'cluster', 'options', 'like', 'copy', 'clone')) found[word] = at;
  }
  return found;
};
