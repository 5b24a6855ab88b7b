import { refusals } from '../../refusals.ts';
import type { Plan } from '../plan.ts';
import { rewrite } from '../rewrite.ts';
import { findWord } from '../tree.ts';
import type { Given } from './query.ts';

/** ASSERT, which fails unless its condition holds. */
export const planAssert = ({ run, resolver, nodes }: Given): Plan => {
  const as = findWord(nodes, 1, 'as');
  const text = nodes[as + 1];
  const sql = `select ${rewrite(nodes.slice(1, as < 0 ? undefined : as), resolver.context)}`;
  const what = as >= 0 && text?.kind === 'string' ? text.value : 'the condition does not hold';
  return {
    statementType: 'ASSERT',
    reads: sql,
    execute: async () => {
      const { rows } = await run.session.read(sql);
      if (rows[0]?.[0] !== true) throw refusals.invalidQuery(`Assertion failed: ${what}`);
      return {};
    },
  };
};
