import { performance } from 'node:perf_hooks';
import { describeSqlFailure, WarehouseError } from '../errors.ts';
import { wrongRowsShownMax } from '../limits.ts';
import type { Query, Row } from '../warehouses/warehouse.ts';
import type { Check, Severity } from './read-checks.ts';

/** What a check found. */
export type CheckResult = {
  name: string;
  severity: Severity;
  /** Green without wrong rows, else the severity. */
  status: 'green' | Severity;
  wrongRows: number;
  /** The first few of them. */
  firstRows: Row[];
  description: string;
  threshold: string;
  durationMs: number;
};

type Found = { wrongRows: number; firstRows: Row[] };

/** Counts only where there is more than is shown: most checks find nothing, and need to run once. */
const findWrong = async (query: Query, { sql }: Check): Promise<Found> => {
  const firstRows = await query(`select * from (\n${sql}\n) limit ${wrongRowsShownMax}`);
  if (firstRows.length < wrongRowsShownMax) return { wrongRows: firstRows.length, firstRows };
  const [counted] = await query(`select count(*) as n from (\n${sql}\n)`);
  return { wrongRows: Number(counted?.n ?? 0), firstRows };
};

const explainCheck = (name: string, error: unknown): WarehouseError => {
  const message =
    error instanceof WarehouseError
      ? error.message
      : `${describeSqlFailure(error)}; mend its SQL, or what it reads`;
  return new WarehouseError(`Cannot run check ${name}: ${message}`, { cause: error });
};

/**
 * Runs the checks one after the other.
 * @throws WarehouseError, with the check's name, when the SQL of one fails.
 */
export const runChecks = async (query: Query, checks: readonly Check[]): Promise<CheckResult[]> => {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const { name, severity, description, threshold } = check;
    const startedAt = performance.now();
    try {
      const found = await findWrong(query, check);
      const status = found.wrongRows === 0 ? 'green' : severity;
      const durationMs = Math.round(performance.now() - startedAt);
      results.push({ name, severity, status, ...found, description, threshold, durationMs });
    } catch (error) {
      throw explainCheck(name, error);
    }
  }
  return results;
};
