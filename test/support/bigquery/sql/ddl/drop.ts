import { lookUpTable } from '../../catalog/catalog.ts';
import { removeTable } from '../../catalog/tables.ts';
import { nameTable } from '../../catalog/dataset.ts';
import { refusals } from '../../refusals.ts';
import { quote } from '../../values/duckdb-types.ts';
import { refuseAt } from '../context.ts';
import type { Plan } from '../plan.ts';
import type { Given } from '../statements/query.ts';
import { readTablePath } from '../table-path.ts';
import { isWord, startsWithWords } from '../tree.ts';
import { checkNoTransaction } from './create-table.ts';

/** DROP TABLE and DROP VIEW. */
export const planDrop = (given: Given): Plan => {
  const { run, resolver, nodes } = given;
  const { catalog, access, locks } = run.world;
  const skips = startsWithWords(nodes, 2, 'if', 'exists');
  const at = skips ? 4 : 2;
  const path = readTablePath(nodes, at);
  const node = nodes[at];
  if (path === undefined || node === undefined || path.next < nodes.length) {
    throw refuseAt(resolver.context, node, 'Syntax error: Expected a table');
  }
  const type = isWord(nodes[1], 'view') ? 'VIEW' : 'TABLE';
  const name = path.path.at(-1) ?? '';
  const isSession = path.path.length === 1 || path.path[0]?.toLowerCase() === '_session';
  if (isSession && run.temporary.has(name.toLowerCase())) {
    return {
      statementType: 'DROP_TABLE',
      reads: undefined,
      execute: async () => {
        await run.session.run(`drop table temp.main.${quote(name)}`);
        run.temporary.delete(name.toLowerCase());
        return { operation: 'DROP' };
      },
    };
  }
  checkNoTransaction(run, `DROP ${type}`);
  const target = resolver.target(path.path, node);
  return {
    statementType: `DROP_${type}`,
    reads: undefined,
    target,
    execute: async () => {
      access.check('bigquery.tables.delete', { kind: 'table', ref: target });
      const table = lookUpTable(catalog, target);
      if (table === undefined && skips) return { operation: 'SKIP' };
      if (table !== undefined && table.type !== type) {
        throw refusals.invalidQuery(`${nameTable(target)} is not a ${type}`);
      }
      await locks.exclusive(target, () => removeTable(catalog, target));
      return { operation: 'DROP' };
    },
  };
};
