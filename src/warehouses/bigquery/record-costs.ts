import { writeCostsSql, type StepCost } from './costs.ts';
import { runSql } from './run-sql.ts';
import type { Session, Step } from './session.ts';

/** A run that only read writes nothing either: its costs are in Google's own reports, by its labels. */
const writes: ReadonlySet<Step> = new Set(['upload', 'stage', 'commit', 'build', 'publish']);

/** Writes down what jobs cost that no commit has written down, but for this last one. */
export const recordCosts = async (
  session: Session,
  steps: readonly StepCost[],
  at: string,
): Promise<void> => {
  if (!steps.some(({ step }) => writes.has(step))) return;
  const sql = writeCostsSql(steps, { runId: session.runId, at });
  await runSql(session, { entity: '', step: 'record', action: 'record costs', sql });
};
