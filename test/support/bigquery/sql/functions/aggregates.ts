import { keep, pattern, rename, type Call, type FunctionRules } from '../call.ts';
import { findWord, isWord, type Node } from '../tree.ts';

/** `array_agg([distinct] x [ignore nulls] [order by y] [limit n])` */
const writeArrayAgg = (call: Call): string => {
  const nodes = call.group.nodes;
  const limitAt = findWord(nodes, 0, 'limit');
  const inside = limitAt < 0 ? nodes : nodes.slice(0, limitAt);
  const ignoreAt = findWord(inside, 0, 'ignore');
  const without: Node[] =
    ignoreAt < 0 ? inside : [...inside.slice(0, ignoreAt), ...inside.slice(ignoreAt + 2)];
  const orderAt = findWord(without, 0, 'order');
  const start = isWord(without[0], 'distinct') ? 1 : 0;
  const value = without.slice(start, orderAt < 0 ? undefined : orderAt);
  const filter = ignoreAt < 0 ? '' : ` filter (where ${call.rewrite(value)} is not null)`;
  const sql = `array_agg(${call.rewrite(without)})${filter}`;
  if (limitAt < 0) return sql;
  return `(${sql})[1:${call.rewrite(nodes.slice(limitAt + 1))}]`;
};

/** `any_value(x [having max|min y])` */
const writeAnyValue = (call: Call): string => {
  const nodes = call.group.nodes;
  const at = findWord(nodes, 0, 'having');
  if (at < 0) return `any_value(${call.sql.join(', ')})`;
  const name = isWord(nodes[at + 1], 'max') ? 'arg_max_null' : 'arg_min_null';
  return `${name}(${call.rewrite(nodes.slice(0, at))}, ${call.rewrite(nodes.slice(at + 2))})`;
};

const writeStringAgg = (call: Call): string => {
  if (findWord(call.group.nodes, 0, 'limit') >= 0) throw call.refuse('STRING_AGG with LIMIT');
  const [first, ...rest] = call.sql;
  if (rest.length > 0 || first === undefined) return `string_agg(${call.sql.join(', ')})`;
  const orderAt = findWord(call.group.nodes, 0, 'order');
  if (orderAt < 0) return `string_agg(${first}, ',')`;
  const nodes = call.group.nodes;
  return `string_agg(${call.rewrite(nodes.slice(0, orderAt))}, ',' ${call.rewrite(nodes.slice(orderAt))})`;
};

/** Aggregates and what only makes sense with OVER. */
export const aggregateFunctions: FunctionRules = {
  ...keep('count', 'countif', 'sum', 'avg', 'min', 'max', 'approx_count_distinct'),
  ...keep('row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile'),
  ...keep('lag', 'lead', 'first_value', 'last_value', 'nth_value', 'grouping'),
  ...keep('stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop', 'corr'),
  max_by: rename('arg_max_null'),
  min_by: rename('arg_min_null'),
  logical_and: rename('bool_and'),
  logical_or: rename('bool_or'),
  any_value: writeAnyValue,
  array_agg: writeArrayAgg,
  array_concat_agg: pattern('flatten(array_agg($1))'),
  string_agg: writeStringAgg,
};
