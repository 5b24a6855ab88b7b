import { refusals } from '../refusals.ts';
import type { Parameter } from '../values/parameters.ts';
import { describePlace } from './place.ts';
import { reserved } from './keywords.ts';
import { isName, type Node } from './tree.ts';

/** What a statement may refer to. */
export type Context = {
  /** The text that the nodes were read from. */
  text: string;
  /**
   * DuckDB's name of a table. `path` is what the statement says: `[table]`, `[dataset, table]` or
   * `[project, dataset, table]`.
   * @throws Refusal when there is none.
   */
  table: (path: string[], node: Node) => string;
  parameters: ReadonlyMap<string, Parameter>;
  /** Variables of the script, by name in lower case. */
  variables: ReadonlyMap<string, Parameter>;
  /** Values of `@@row_count` and its kind, as DuckDB's expressions. */
  system: ReadonlyMap<string, string>;
  /** The instant that is now, as DuckDB's expression. */
  now: string;
};

/** Where the reading of one list of nodes stands. */
export type Cursor = {
  nodes: readonly Node[];
  at: number;
  context: Context;
  /** A table comes next. */
  expectsTable: boolean;
  /** A comma separates tables. */
  inFrom: boolean;
  afterLimit: boolean;
};

/** What a rule made of the nodes up to `next`. */
export type Step = { sql: string; next: number };

export type Rewriters = {
  /** An expression, a query or a part of one. */
  rewrite: (nodes: readonly Node[]) => string;
  /** What stands after FROM. */
  rewriteTables: (nodes: readonly Node[]) => string;
};

/** A rule for what stands at the cursor; undefined when that is something else. */
export type Rule = (cursor: Cursor, rewriters: Rewriters) => Step | undefined;

/** A refusal that names the place of a node. */
export const refuseAt = (context: Context, node: Node | undefined, message: string) =>
  refusals.invalidQuery(message + describePlace(context.text, node?.start ?? context.text.length));

/** The name that a node is; a keyword is none unless it stands between back-ticks. */
export const requireName = (context: Context, node: Node | undefined): string => {
  if (!isName(node)) throw refuseAt(context, node, 'Syntax error: Expected a name');
  if (node.kind === 'word' && reserved.has(node.text.toLowerCase())) {
    throw refuseAt(context, node, `Syntax error: Unexpected keyword ${node.text.toUpperCase()}`);
  }
  return node.value;
};
