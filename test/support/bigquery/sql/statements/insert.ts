import { quote } from '../../values/duckdb-types.ts';
import { refuseAt, requireName } from '../context.ts';
import type { Plan } from '../plan.ts';
import { rewrite } from '../rewrite.ts';
import { isGroup, isWord, splitAtCommas, type Group } from '../tree.ts';
import { changeRows, readTarget, type Target } from './change-rows.ts';
import type { Given } from './query.ts';

const fieldsOf = ({ resolved }: Target) =>
  resolved.kind === 'stored' ? resolved.table.fields : resolved.fields;

/** The columns between parentheses; each must be there. */
export const readColumns = ({ resolver }: Given, target: Target, list: Group): string[] =>
  splitAtCommas(list.nodes).map(([node]) => {
    const name = requireName(resolver.context, node);
    const isKnown = fieldsOf(target).some(
      (field) => field.name.toLowerCase() === name.toLowerCase(),
    );
    if (!isKnown) throw refuseAt(resolver.context, node, `Column ${name} is not present in table`);
    return quote(name);
  });

/** INSERT with VALUES or a query. */
export const planInsert = (given: Given): Plan => {
  const { run, resolver, nodes } = given;
  const target = readTarget(run, resolver, nodes, isWord(nodes[1], 'into') ? 2 : 1);
  const list = nodes[target.next];
  const isQuery = isGroup(list) && isWord(list.nodes[0], 'select', 'with');
  const hasColumns = isGroup(list) && !isQuery;
  const columns = hasColumns ? ` (${readColumns(given, target, list).join(', ')})` : '';
  const rest = nodes.slice(target.next + (hasColumns ? 1 : 0));
  const isValues = isWord(rest[0], 'values');
  const source = isValues
    ? `values ${rewrite(rest.slice(1), resolver.context)}`
    : rewrite(rest, resolver.context);
  const sql = `insert into ${target.resolved.sql}${columns} ${source}`;
  return {
    statementType: 'INSERT',
    reads: isValues ? undefined : sql,
    execute: () =>
      changeRows(run, target, 'appends', async () => ({
        changed: { inserted: await run.session.run(sql), updated: 0, deleted: 0 },
      })),
  };
};
