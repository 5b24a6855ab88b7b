import { fitColumns } from './fit-columns.ts';
import type { Plan } from './plan.ts';
import { createResolver, type Resolver } from './resolve-tables.ts';
import { rewrite } from './rewrite.ts';
import type { Run } from './run.ts';
import type { Node } from './tree.ts';
import { refusals } from '../refusals.ts';
import { toApiValue } from '../values/api-values.ts';
import { toDuckdb } from '../values/duckdb-types.ts';
import { writeLiteral } from '../values/literals.ts';
import { describeType, isSameType, scalar, type SqlType } from '../values/sql-type.ts';
import type { Parameter } from '../values/parameters.ts';

/** An expression as a plan of its own: what it reads is counted like any query. */
export type Expression = { plan: Plan; resolver: Resolver; value: () => Promise<Parameter> };

/** Types that turn into others without being cast. */
const turns: Readonly<Record<string, readonly string[]>> = {
  INT64: ['NUMERIC', 'FLOAT64'],
  NUMERIC: ['FLOAT64'],
};

const mayBecome = (found: SqlType, wanted: SqlType): boolean =>
  isSameType(found, wanted) || turns[describeType(found)]?.includes(describeType(wanted)) === true;

const isNull = (nodes: readonly Node[]): boolean =>
  nodes.length === 1 && nodes[0]?.kind === 'word' && nodes[0].text.toLowerCase() === 'null';

const wholeNumber = (nodes: readonly Node[]): string | undefined => {
  const [node] = nodes;
  return nodes.length === 1 && node?.kind === 'number' && /^[0-9]{1,18}$/.test(node.text)
    ? node.text
    : undefined;
};

/** A number as it stands needs no engine. */
const planWholeNumber = (run: Run, nodes: readonly Node[], text: string): Expression => {
  const type = scalar('INT64');
  const execute = () => Promise.resolve({});
  return {
    resolver: createResolver(run, nodes),
    plan: { statementType: 'SELECT', reads: undefined, execute },
    value: () => Promise.resolve({ type, literal: writeLiteral(text, type) }),
  };
};

/**
 * Understands an expression of a script, without evaluating it.
 * @param wanted The type of the variable that gets the value.
 */
export const planExpression = async (
  run: Run,
  nodes: readonly Node[],
  wanted: SqlType | undefined,
): Promise<Expression> => {
  const number = wholeNumber(nodes);
  if (number !== undefined && (wanted === undefined || describeType(wanted) === 'INT64')) {
    return planWholeNumber(run, nodes, number);
  }
  const resolver = createResolver(run, nodes);
  const expression = `(${rewrite(nodes, resolver.context)})`;
  const fitted = await fitColumns(run.session, `select ${expression} as value`, undefined);
  const found = fitted.columns[0]?.type;
  if (found === undefined)
    throw refusals.invalidQuery('Syntax error: Unexpected end of expression');
  const type = wanted ?? found;
  if (!isNull(nodes) && !mayBecome(found, type)) {
    throw refusals.invalidQuery(
      `Cannot coerce expression of type ${describeType(found)} to type ${describeType(type)}`,
    );
  }
  const sql = `select cast(${expression} as ${toDuckdb(type)})`;
  return {
    resolver,
    plan: { statementType: 'SELECT', reads: sql, execute: () => Promise.resolve({}) },
    value: async () => {
      const isFit = isSameType(found, type);
      const rows = isFit ? await fitted.read() : (await run.session.read(sql)).rows;
      return { type, literal: writeLiteral(toApiValue(rows[0]?.[0] ?? null, type), type) };
    },
  };
};
