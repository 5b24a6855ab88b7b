import { refuseAt } from '../context.ts';
import type { Plan } from '../plan.ts';
import { rewrite } from '../rewrite.ts';
import { isWord } from '../tree.ts';
import { aliased, changeRows, readTarget, rewritten } from './change-rows.ts';
import type { Given } from './query.ts';

/** DELETE. */
export const planDelete = ({ run, resolver, nodes }: Given): Plan => {
  const target = readTarget(run, resolver, nodes, isWord(nodes[1], 'from') ? 2 : 1);
  if (!isWord(nodes[target.next], 'where')) {
    throw refuseAt(resolver.context, nodes[0], 'DELETE must have a WHERE clause');
  }
  const condition = rewrite(nodes.slice(target.next + 1), resolver.context);
  const sql = `delete from ${aliased(target)} where ${condition}`;
  return {
    statementType: 'DELETE',
    reads: sql,
    ...rewritten(target),
    execute: () =>
      changeRows(run, target, 'mutates', async () => ({
        changed: { inserted: 0, updated: 0, deleted: await run.session.run(sql) },
      })),
  };
};

/** TRUNCATE TABLE, which reads nothing. */
export const planTruncate = ({ run, resolver, nodes }: Given): Plan => {
  const target = readTarget(run, resolver, nodes, 2);
  if (!isWord(nodes[1], 'table') || target.next < nodes.length) {
    throw refuseAt(resolver.context, nodes[0], 'Syntax error: Expected TRUNCATE TABLE and a table');
  }
  return {
    statementType: 'TRUNCATE_TABLE',
    reads: undefined,
    execute: () =>
      changeRows(run, target, 'mutates', async () => ({
        changed: {
          ...{ inserted: 0, updated: 0 },
          deleted: await run.session.run(`delete from ${target.resolved.sql} where true`),
        },
      })),
  };
};
