import { ProblemError } from '../problem.ts';
import type { Tables } from '../world.ts';
import type { Period, Report } from './report.ts';

/** The latest run of a report: pages after the first are cut from it. */
type Run = { key: string; startedAtMs: number; rows: readonly string[] };

export type RunReport = (report: Report, period: Period, page: number) => readonly string[];

function refuseRun(waitMs: number): never {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  throw new ProblemError({
    status: 429,
    title: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
  });
}

/**
 * Runs reports, each at most once in `intervalMs`. The first page begins a run; further pages with the same parameters
 * belong to it. `nowMs` is the sandbox's clock.
 */
export function createRunReport(options: {
  tables: Tables;
  intervalMs: number;
  nowMs: () => number;
}): RunReport {
  const runs = new Map<number, Run>();
  return (report, period, page) => {
    const { from, to, unitIds } = period;
    const key = JSON.stringify([from, to, unitIds === null ? null : [...unitIds]]);
    const last = runs.get(report.id);
    if (page > 1 && last?.key === key) return last.rows;
    const startedAtMs = options.nowMs();
    const waitMs = (last?.startedAtMs ?? -Infinity) + options.intervalMs - startedAtMs;
    if (waitMs > 0) refuseRun(waitMs);
    const rows = report.run(options.tables, period);
    runs.set(report.id, { key, startedAtMs, rows });
    return rows;
  };
}
