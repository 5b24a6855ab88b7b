import type { Group, Node } from './tree.ts';

/** A function call on its way to DuckDB. */
export type Call = {
  /** In lower case. */
  name: string;
  group: Group;
  /** The arguments as they stand. */
  args: Node[][];
  /** The same in DuckDB's SQL; DISTINCT, ORDER BY and the like stay where they are. */
  readonly sql: string[];
  /** One of them, enclosed where an operator beside it could reach into it; the others may be no expressions. */
  arg: (index: number) => string;
  /** Rewrites any other part of the call. */
  rewrite: (nodes: readonly Node[]) => string;
  /** Refuses the call: `what` is what the stand-in does not know. */
  refuse: (what: string) => Error;
  /** The instant that is now, as DuckDB's expression. */
  now: string;
};

/** How a call reads in DuckDB's SQL. */
export type FunctionRule = (call: Call) => string;

export type FunctionRules = Readonly<Record<string, FunctionRule>>;

/** The same function under DuckDB's name. */
export const rename =
  (name: string): FunctionRule =>
  ({ sql }) =>
    `${name}(${sql.join(', ')})`;

/** Functions that DuckDB has under the same name and with the same meaning. */
export const keep = (...names: string[]): FunctionRules =>
  Object.fromEntries(names.map((name) => [name, rename(name)]));

/** A pattern in which `$1` is the first argument. */
export const pattern =
  (sql: string): FunctionRule =>
  (call) =>
    `(${sql.replace(/\$([1-9])/g, (_, index: string) => {
      const arg = call.sql[Number(index) - 1];
      if (arg === undefined) throw call.refuse(`${call.name} with ${call.sql.length} arguments`);
      return arg;
    })})`;

/** Another rule for each number of arguments. */
export const byCount =
  (rules: Readonly<Record<number, FunctionRule>>): FunctionRule =>
  (call) => {
    const rule = rules[call.sql.length];
    if (rule === undefined) throw call.refuse(`${call.name} with ${call.sql.length} arguments`);
    return rule(call);
  };
