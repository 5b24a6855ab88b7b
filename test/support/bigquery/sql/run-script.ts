import { explainFailure } from '../engine/explain-failure.ts';
import { Refusal, refusals } from '../refusals.ts';
import { scalar } from '../values/sql-type.ts';
import { estimatePlan, type Estimate } from './estimate-plan.ts';
import { judgeExpression } from './judge-statement.ts';
import type { Branch, Statement } from './parse-script.ts';
import { describePlace } from './place.ts';
import type { Outcome, Plan } from './plan.ts';
import { planJudged, type Planned } from './plan-judged.ts';
import type { Run } from './run.ts';
import { beginTransaction, commitTransaction, rollBackTransaction } from './transactions.ts';
import type { Node } from './tree.ts';
import { planExpression } from './variables.ts';

/** A statement, or an expression of a script, that has been carried out or estimated. */
export type Report = {
  kind: 'STATEMENT' | 'EXPRESSION';
  text: string;
  plan: Plan;
  estimate: Estimate;
  outcome: Outcome;
};

export type Hooks = {
  /** Called with each statement's text before it is carried out; may wait, and may refuse. */
  before: (text: string) => Promise<void>;
  /** Called with what a statement would cost; may refuse. */
  afford: (estimate: Estimate) => void;
  report: (report: Report) => void;
};

type Estimated = Planned & { estimate: Estimate };

/** Whether the script goes on. */
type Flow = 'on' | 'return' | 'dry';

const textOf = (run: Run, { start, end }: Pick<Statement, 'start' | 'end'>): string =>
  run.text.slice(start, end);

/** A number that grows with the bytes and is never 0; the stand-in has no slots. */
export const slotMsOf = (bytes: bigint): bigint => bytes / 10_000n + 20n;

/** `@@script.bytes_billed` and `@@script.slot_ms`: what the script's statements so far come to. */
const countScript = (run: Run) => {
  let [processed, billed] = [0n, 0n];
  return ({ bytesProcessed, bytesBilled }: Estimate): void => {
    processed += bytesProcessed;
    billed += bytesBilled;
    run.system.set('script.bytes_billed', `cast(${billed} as bigint)`);
    run.system.set('script.slot_ms', `cast(${slotMsOf(processed)} as bigint)`);
  };
};

/** Carries statements out, one after the other. */
export const createRunner = (run: Run, hooks: Hooks) => {
  const countSoFar = countScript(run);
  const report = (one: Report): void => {
    hooks.report(one);
    countSoFar(one.estimate);
  };

  const estimate = async (planned: Planned): Promise<Estimated> => {
    const found = await estimatePlan(run, planned.plan, planned.resolver);
    hooks.afford(found);
    return { ...planned, estimate: found };
  };

  const runSql = async (statement: Statement & { kind: 'sql' }): Promise<Flow> => {
    const text = textOf(run, statement);
    await hooks.before(text);
    const planned = await estimate(await planJudged(run, statement.nodes));
    const outcome = run.isDry ? {} : await planned.plan.execute();
    const { changed } = outcome;
    if (changed !== undefined) {
      const count = changed.inserted + changed.updated + changed.deleted;
      run.system.set('row_count', `cast(${count} as bigint)`);
    }
    report({
      kind: 'STATEMENT',
      text,
      outcome,
      plan: planned.plan,
      estimate: planned.estimate,
    });
    const isDefinition = /^(CREATE|DROP|ALTER)_/.test(planned.plan.statementType);
    return run.isDry && isDefinition ? 'dry' : 'on';
  };

  const evaluate = async (nodes: readonly Node[], wanted: Parameters<typeof planExpression>[2]) => {
    const { judge } = run.world;
    if (judge !== undefined) await judgeExpression(judge, run, nodes);
    const expression = await planExpression(run, nodes, wanted);
    const planned = await estimate(expression);
    const value = await expression.value();
    const [start, end] = [nodes[0]?.start ?? 0, nodes.at(-1)?.end ?? 0];
    const text = run.text.slice(start, end);
    report({
      kind: 'EXPRESSION',
      text,
      outcome: {},
      plan: planned.plan,
      estimate: planned.estimate,
    });
    return value;
  };

  const declare = async ({
    names,
    type,
    value,
  }: Statement & { kind: 'declare' }): Promise<Flow> => {
    const given = value === undefined ? undefined : await evaluate(value, type);
    for (const name of names) {
      if (run.variables.has(name)) {
        throw refusals.invalidQuery(`Variable '${name}' redeclaration`);
      }
      const found = type ?? given?.type ?? scalar('INT64');
      run.variables.set(name, given ?? { type: found, literal: emptyOf(found) });
    }
    return 'on';
  };

  const set = async ({ names, value }: Statement & { kind: 'set' }): Promise<Flow> => {
    const [name = ''] = names;
    const variable = run.variables.get(name);
    if (names.length > 1) throw refusals.unsupported('SET of several variables');
    if (variable === undefined) throw refusals.invalidQuery(`Undeclared variable: ${name}`);
    run.variables.set(name, await evaluate(value, variable.type));
    return 'on';
  };

  const holds = async ({ condition }: Branch): Promise<boolean> =>
    condition === undefined || (await evaluate(condition, scalar('BOOL'))).literal === 'true';

  const branch = async ({ branches }: Statement & { kind: 'if' }): Promise<Flow> => {
    // As BigQuery's dry run does: it stops at IF.
    if (run.isDry) return 'dry';
    for (const one of branches) if (await holds(one)) return runList(one.body);
    return 'on';
  };

  const block = async ({ body, handler }: Statement & { kind: 'block' }): Promise<Flow> => {
    const outer = new Set(run.variables.keys());
    try {
      return await runList(body);
    } catch (error) {
      if (handler === undefined) throw error;
      const refusal = explainFailure(error);
      run.system.set('error.message', `'${refusal.message.replaceAll("'", "''")}'`);
      return await runList(handler);
    } finally {
      for (const name of run.variables.keys()) if (!outer.has(name)) run.variables.delete(name);
    }
  };

  const raise = async ({ message }: Statement & { kind: 'raise' }): Promise<Flow> => {
    const nodes = message ?? [];
    if (run.isDry) return 'on';
    if (nodes.length === 0) {
      throw refusals.invalidQuery(run.system.get('error.message')?.slice(1, -1) ?? 'RAISE');
    }
    const text = await evaluate(nodes, scalar('STRING'));
    throw refusals.invalidQuery(text.literal.slice(1, -1).replaceAll("''", "'"));
  };

  const control = async (
    statement: Statement,
    work: (run: Run) => Promise<void>,
  ): Promise<Flow> => {
    await hooks.before(textOf(run, statement));
    if (!run.isDry) await work(run);
    return 'on';
  };

  const runOne = (statement: Statement): Promise<Flow> => {
    switch (statement.kind) {
      case 'sql':
        return runSql(statement);
      case 'declare':
        return declare(statement);
      case 'set':
        return set(statement);
      case 'if':
        return branch(statement);
      case 'block':
        return block(statement);
      case 'raise':
        return raise(statement);
      case 'begin':
        return control(statement, beginTransaction);
      case 'commit':
        return control(statement, commitTransaction);
      case 'rollback':
        return control(statement, rollBackTransaction);
      case 'return':
        return Promise.resolve('return');
    }
  };

  const runList = async (statements: readonly Statement[]): Promise<Flow> => {
    for (const statement of statements) {
      try {
        const flow = await runOne(statement);
        if (flow !== 'on') return flow;
      } catch (error) {
        throw locate(run, statement, explainFailure(error));
      }
    }
    return 'on';
  };

  return { runList, runOne };
};

const emptyOf = (type: ReturnType<typeof scalar>): string =>
  type.kind === 'array' ? '[]' : 'null';

/** The refusal with the place of the statement, unless it names one. */
const locate = (run: Run, { start }: Statement, refusal: Refusal): Refusal => {
  if (/ at \[\d+:\d+\]$/.test(refusal.message)) return refusal;
  const message = refusal.message + describePlace(run.text, start);
  return new Refusal(refusal.reason, message, refusal.location);
};

/** Whether the text is a script: several statements, or one that only scripts have. */
export const isScript = (statements: readonly Statement[]): boolean =>
  statements.length > 1 || statements[0]?.kind !== 'sql';

/** Runs a query's text: a single statement or a script, whose errors are called query errors. */
export const runScript = async (
  run: Run,
  statements: readonly Statement[],
  hooks: Hooks,
): Promise<void> => {
  const runner = createRunner(run, hooks);
  const [first] = statements;
  if (!isScript(statements) && first !== undefined) {
    await runner.runOne(first);
    return;
  }
  try {
    await runner.runList(statements);
  } catch (error) {
    const { reason, message, location } = explainFailure(error);
    const isCalled = message.startsWith('Query error: ');
    throw new Refusal(reason, isCalled ? message : `Query error: ${message}`, location);
  } finally {
    if (run.transaction !== undefined) await rollBackTransaction(run);
  }
};
