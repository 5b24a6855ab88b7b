import { refusals } from '../../refusals.ts';
import { quote } from '../../values/duckdb-types.ts';
import { refuseAt } from '../context.ts';
import type { Session } from '../../engine/open-database.ts';
import type { Plan } from '../plan.ts';
import { rewrite, rewriteTables } from '../rewrite.ts';
import { findWord } from '../tree.ts';
import { writeAssignments } from './assignments.ts';
import { aliased, changeRows, readTarget, rewritten } from './change-rows.ts';
import type { Given } from './query.ts';

/**
 * DuckDB takes any of several source rows for one target row; BigQuery refuses that.
 * @param matches FROM and WHERE of the target with the source.
 */
export const checkMatches = async (
  session: Session,
  alias: string,
  matches: string,
): Promise<void> => {
  const row = `${quote(alias)}.rowid`;
  const { rows } = await session.read(
    `select 1 from ${matches} group by ${row} having count(*) > 1 limit 1`,
  );
  if (rows.length === 0) return;
  throw refusals.invalidQuery('UPDATE/MERGE must match at most one source row for each target row');
};

/** UPDATE, with or without FROM. */
export const planUpdate = ({ run, resolver, nodes }: Given): Plan => {
  const { context } = resolver;
  const target = readTarget(run, resolver, nodes, 1);
  const set = findWord(nodes, target.next, 'set');
  const where = findWord(nodes, set, 'where');
  const from = findWord(nodes, set, 'from');
  if (set !== target.next)
    throw refuseAt(context, nodes[target.next], 'Syntax error: Expected SET');
  if (where < 0) throw refuseAt(context, nodes[0], 'UPDATE must have a WHERE clause');
  const assignments = nodes.slice(set + 1, from < 0 ? where : from);
  const condition = rewrite(nodes.slice(where + 1), context);
  const source = from < 0 ? '' : rewriteTables(nodes.slice(from + 1, where), context);
  const sql =
    `update ${aliased(target)} set ${writeAssignments(assignments, target.alias, context)} ` +
    `${source === '' ? '' : `from ${source} `}where ${condition}`;
  return {
    statementType: 'UPDATE',
    reads: sql,
    ...rewritten(target),
    execute: () =>
      changeRows(run, target, 'mutates', async () => {
        if (source !== '') {
          const matches = `${aliased(target)}, ${source} where ${condition}`;
          await checkMatches(run.session, target.alias, matches);
        }
        return { changed: { inserted: 0, updated: await run.session.run(sql), deleted: 0 } };
      }),
  };
};
