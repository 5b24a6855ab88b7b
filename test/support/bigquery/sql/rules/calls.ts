import { refusals } from '../../refusals.ts';
import type { Call } from '../call.ts';
import { refuseAt, type Context, type Rule } from '../context.ts';
import { aggregateFunctions } from '../functions/aggregates.ts';
import { dateFunctions } from '../functions/dates.ts';
import { numberFunctions } from '../functions/numbers.ts';
import { textFunctions } from '../functions/texts.ts';
import { callable, reserved } from '../keywords.ts';
import type { Token } from '../tokens.ts';
import { isGroup, isSign, isWord, splitAtCommas, type Group, type Node } from '../tree.ts';

const functions = new Map(
  Object.entries({
    ...aggregateFunctions,
    ...dateFunctions,
    ...numberFunctions,
    ...textFunctions,
  }),
);

/** An operator that a rule puts beside an argument must not reach into it. */
const enclose = (nodes: readonly Node[], rewrite: (nodes: readonly Node[]) => string): string =>
  nodes.length > 1 ? `(${rewrite(nodes)})` : rewrite(nodes);

const writeFunction = (
  context: Context,
  word: Token,
  group: Group,
  rewrite: (nodes: readonly Node[]) => string,
): string => {
  const name = word.value.toLowerCase();
  const rule = functions.get(name);
  if (rule === undefined) {
    const isJson = name.includes('json');
    throw isJson
      ? refusals.unsupported(`the function ${name.toUpperCase()}`)
      : refuseAt(context, word, `Function not found: ${word.text}`);
  }
  const args = splitAtCommas(group.nodes);
  const call: Call = {
    name,
    group,
    args,
    get sql() {
      return args.map(rewrite);
    },
    arg: (index) => enclose(args[index] ?? [], rewrite),
    rewrite,
    refuse: (what) => refuseAt(context, word, `The stand-in for BigQuery does not know ${what}`),
    now: context.now,
  };
  return rule(call);
};

/** `name(…)` */
export const writeCall: Rule = ({ nodes, at, context }, { rewrite }) => {
  const [word, group] = [nodes[at], nodes[at + 1]];
  if (word?.kind !== 'word' || !isGroup(group) || isSign(nodes[at - 1], '.')) return undefined;
  const name = word.text.toLowerCase();
  if (reserved.has(name) && !callable.has(name)) return undefined;
  return { sql: writeFunction(context, word, group, rewrite), next: at + 2 };
};

/** `safe.name(…)`: NULL where the function fails. */
export const writeSafeCall: Rule = ({ nodes, at, context }, { rewrite }) => {
  const [word, group] = [nodes[at + 2], nodes[at + 3]];
  if (!isWord(nodes[at], 'safe') || !isSign(nodes[at + 1], '.')) return undefined;
  if (word?.kind !== 'word' || !isGroup(group)) return undefined;
  return { sql: `try(${writeFunction(context, word, group, rewrite)})`, next: at + 4 };
};
