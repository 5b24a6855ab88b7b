import type { RunResult } from '../pipeline/run-moves.ts';
import { formatTable } from './format-table.ts';
import { stoppedExitCode } from './stop-signal.ts';

const exitCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : undefined;

/**
 * Prints what a run did, per entity.
 * @returns the exit code: that of the first failure, 130 when it was stopped, otherwise 0.
 * @throws whatever ended the run that is no operating error: a bug.
 */
export const reportRun = (
  result: RunResult,
  print: { out: (line: string) => void; err: (line: string) => void },
): number => {
  const { outcomes, inserted, updated, deleted } = result;
  print.out(
    formatTable(
      ['entity', 'outcome', 'rows read'],
      outcomes.map(({ entity, outcome, rows }) => [entity, outcome, rows]),
    ),
  );
  print.out(`${inserted} rows added, ${updated} changed, ${deleted} marked deleted`);
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const message of new Set(failed.map((outcome) => outcome.message))) {
    const entities = failed.filter((outcome) => outcome.message === message);
    print.err(`${entities.map(({ entity }) => entity).join(', ')}: ${message}`);
  }
  const first = failed[0];
  if (first !== undefined) {
    const code = exitCodeOf(first.error);
    if (code === undefined) throw first.error;
    return code;
  }
  if (outcomes.every(({ outcome }) => outcome === 'ok')) return 0;
  print.err('Stopped cleanly; repeat the same command to go on from here');
  return stoppedExitCode;
};
