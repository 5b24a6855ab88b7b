import { fitColumns } from '../fit-columns.ts';
import type { Plan } from '../plan.ts';
import type { Resolver } from '../resolve-tables.ts';
import { rewrite } from '../rewrite.ts';
import type { Run } from '../run.ts';
import type { Node } from '../tree.ts';
import type { NamedType } from '../../values/sql-type.ts';

/** What every kind of statement is planned from. */
export type Given = {
  run: Run;
  resolver: Resolver;
  nodes: readonly Node[];
  /** The columns as Google's analyzer sees them, if it was asked. */
  judged: NamedType[] | undefined;
};

/** SELECT and WITH. */
export const planQuery = async ({ run, resolver, nodes, judged }: Given): Promise<Plan> => {
  const sql = rewrite(nodes, resolver.context);
  const fitted = await fitColumns(run.session, sql, judged);
  return {
    statementType: 'SELECT',
    reads: sql,
    columns: fitted.columns,
    execute: async () => ({ result: { columns: fitted.columns, rows: await fitted.read() } }),
  };
};
