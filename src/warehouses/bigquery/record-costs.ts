import { toScript } from './commit-sql.ts';
import { writeCostsSql, writeLoadCostsSql, type LoadCost, type StepCost } from './costs.ts';
import { runSql } from './run-sql.ts';
import type { Session, Step } from './session.ts';

/** Rows that an UPDATE joins as literals: each is a subquery of its own to the planner. */
const joinRowsMax = 200;

/** A run that only read writes nothing either: its costs are in Google's own reports, by its labels. */
const writes: ReadonlySet<Step> = new Set(['upload', 'stage', 'commit', 'build', 'publish']);

/** Writes down what the run's jobs cost, but for this last one. */
export const recordCosts = async (
  session: Session,
  { steps, loads }: { steps: readonly StepCost[]; loads: readonly LoadCost[] },
  at: string,
): Promise<void> => {
  if (!steps.some(({ step }) => writes.has(step))) return;
  const script = [writeCostsSql(steps, { runId: session.runId, at })];
  for (let from = 0; from < loads.length; from += joinRowsMax) {
    script.push(writeLoadCostsSql(loads.slice(from, from + joinRowsMax)));
  }
  const sql = toScript(script.map((text) => ({ sql: text })));
  await runSql(session, { entity: '', step: 'record', action: 'record costs', sql });
};
