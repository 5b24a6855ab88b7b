import { DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import { refuseAt } from '../context.ts';
import { rewrite } from '../rewrite.ts';
import type { Given } from '../statements/query.ts';
import { isGroup, isName, isSign, isWord, splitAtCommas, type Group, type Node } from '../tree.ts';

/** The value of an expression that reads no table. */
const evaluate = async ({ run, resolver }: Given, nodes: readonly Node[]): Promise<DuckDBValue> => {
  const { rows } = await run.session.read(`select ${rewrite(nodes, resolver.context)}`);
  return rows[0]?.[0] ?? null;
};

/** `name = expression` between the parentheses of OPTIONS. */
export type Options = ReadonlyMap<string, readonly Node[]>;

/** @throws Refusal for an option that is not among those known. */
export const readOptions = (given: Given, group: Group, known: readonly string[]): Options =>
  new Map(
    splitAtCommas(group.nodes).map((item) => {
      const [name, equals] = item;
      const word = isName(name) && isSign(equals, '=') ? name.value.toLowerCase() : '';
      if (known.includes(word)) return [word, item.slice(2)];
      throw refuseAt(
        given.resolver.context,
        name,
        `The stand-in for BigQuery does not know the option ${word || 'that stands here'}`,
      );
    }),
  );

/** A text; NULL and a missing option are undefined. */
export const textOption = async (
  given: Given,
  options: Options,
  name: string,
): Promise<string | undefined> => {
  const nodes = options.get(name);
  const value = nodes === undefined ? null : await evaluate(given, nodes);
  return value === null ? undefined : String(value);
};

/** Milliseconds since 1970. */
export const instantOption = async (
  given: Given,
  options: Options,
  name: string,
): Promise<number | undefined> => {
  const nodes = options.get(name);
  const value = nodes === undefined ? null : await evaluate(given, nodes);
  return value instanceof DuckDBTimestampTZValue ? Number(value.micros / 1000n) : undefined;
};

const readLabel = (given: Given, item: readonly Node[]): [string, string] => {
  const pair = isWord(item[0], 'struct') ? item[1] : item[0];
  const [key, value] = isGroup(pair) ? splitAtCommas(pair.nodes).map(([node]) => node) : [];
  if (key?.kind === 'string' && value?.kind === 'string') return [key.value, value.value];
  throw refuseAt(given.resolver.context, item[0], 'Labels must be pairs of string literals');
};

/** `[('key', 'value'), …]` */
export const labelsOption = (
  given: Given,
  options: Options,
): Record<string, string> | undefined => {
  const list = options.get('labels')?.[0];
  if (list === undefined) return undefined;
  const items = isGroup(list, '[') ? splitAtCommas(list.nodes) : [];
  return Object.fromEntries(items.map((item) => readLabel(given, item)));
};
