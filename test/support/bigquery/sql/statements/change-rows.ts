import { touch } from '../../catalog/catalog.ts';
import type { Outcome } from '../plan.ts';
import { refuseAt } from '../context.ts';
import type { Resolved, Resolver } from '../resolve-tables.ts';
import type { Run } from '../run.ts';
import { readTablePath } from '../table-path.ts';
import { isName, isWord, type Node } from '../tree.ts';
import { reserved } from '../keywords.ts';
import { quote } from '../../values/duckdb-types.ts';

/** A table whose rows a statement changes. */
export type Target = {
  resolved: Extract<Resolved, { kind: 'stored' | 'temporary' }>;
  alias: string;
  /** Where the statement goes on. */
  next: number;
};

/**
 * The table that stands at `at`, with its alias.
 * @throws Refusal when it is not there, is a view, or may not be written to.
 */
export const readTarget = (
  run: Run,
  resolver: Resolver,
  nodes: readonly Node[],
  at: number,
): Target => {
  const found = readTablePath(nodes, at);
  const node = nodes[at];
  if (found === undefined || node === undefined) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a table');
  }
  const resolved = resolver.resolve(found.path, node, false);
  if (resolved.kind === 'other' || (resolved.kind === 'stored' && resolved.table.type === 'VIEW')) {
    throw refuseAt(resolver.context, node, 'DML over a view or a query is not allowed');
  }
  if (resolved.kind === 'stored') {
    run.world.access.check('bigquery.tables.updateData', {
      kind: 'table',
      ref: resolved.table.ref,
    });
  }
  const next = isWord(nodes[found.next], 'as') ? found.next + 1 : found.next;
  const name = nodes[next];
  const isAlias =
    isName(name) &&
    (name.kind === 'quoted' || !reserved.has(name.text.toLowerCase())) &&
    !isWord(name, 'values');
  const own = found.path.at(-1) ?? '';
  return isAlias
    ? { resolved, alias: name.value, next: next + 1 }
    : { resolved, alias: own, next: found.next };
};

/** DuckDB's name of the table with its alias. */
export const aliased = ({ resolved, alias }: Target): string =>
  `${resolved.sql} as ${quote(alias)}`;

/** Whether rows that are there are changed, so that two at a time conflict; or rows are only added. */
export type Kind = 'mutates' | 'appends';

/** Carries out a change of rows under the table's lock. */
export const changeRows = async (
  run: Run,
  { resolved }: Target,
  kind: Kind,
  work: () => Promise<Outcome>,
): Promise<Outcome> => {
  if (resolved.kind === 'temporary') return work();
  const { catalog, locks } = run.world;
  const { table } = resolved;
  if (run.transaction !== undefined) {
    if (kind === 'mutates') locks.hold(run.transaction, table.ref);
    run.transaction.changed.add(table);
    const outcome = await work();
    touch(catalog, table);
    return outcome;
  }
  const outcome = kind === 'mutates' ? await locks.exclusive(table.ref, work) : await work();
  touch(catalog, table);
  return outcome;
};

/** The table of a target, as Google's estimate counts it. */
export const rewritten = ({ resolved }: Target) =>
  resolved.kind === 'stored' ? { rewrites: resolved.table.ref } : {};
