import { exitCodeOf, stoppedExitCode } from '../errors.ts';
import type { RunResult } from '../pipeline/run-moves.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';

const account = (result: RunResult, io: Io): void => {
  const { outcomes, inserted, updated, deleted } = result;
  if (io.json) {
    const entities = outcomes.map(({ entity, outcome, rows, message }) => ({
      ...{ entity, outcome, rowsRead: rows, message },
    }));
    io.out(JSON.stringify({ runId: io.runId, entities, inserted, updated, deleted }));
    return;
  }
  io.out(
    formatTable(
      ['entity', 'outcome', 'rows read'],
      outcomes.map(({ entity, outcome, rows }) => [entity, outcome, rows]),
    ),
  );
  io.out(`${inserted} rows added, ${updated} changed, ${deleted} marked deleted`);
};

/** Tells a person, or a program in its own words. */
const say = (text: string, { json, err, log }: Io): void => {
  if (json) log.warn('not done', { reason: text });
  else err(text);
};

/** `jobs (and 3 more): Cannot read …`. */
const reasonOf = (failed: RunResult['outcomes']): string => {
  const [first, ...others] = failed;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${first?.entity ?? ''}${more}: ${first?.message ?? ''}`;
};

/**
 * Prints what a run did, per entity.
 * @returns the exit code: that of the first failure, 130 when it was stopped, otherwise 0.
 * @throws whatever ended the run that is no operating error: a bug.
 */
export const reportRun = (result: RunResult, io: Io): number => {
  const { outcomes, records, bytes, inserted, updated, deleted } = result;
  const rowsRead = outcomes.reduce((sum, { rows }) => sum + rows, 0);
  io.summarize({ rowsRead, records, bytes, inserted, updated, deleted });
  const isFine = outcomes.every(({ outcome }) => outcome === 'ok');
  if (!(isFine && io.quiet && !io.json)) account(result, io);
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const message of new Set(failed.map((outcome) => outcome.message))) {
    const entities = failed.filter((outcome) => outcome.message === message);
    say(`${entities.map(({ entity }) => entity).join(', ')}: ${message}`, io);
  }
  const first = failed[0];
  if (first !== undefined) {
    const code = exitCodeOf(first.error);
    if (code === 1) throw first.error;
    io.summarize({ reason: reasonOf(failed) });
    return code;
  }
  if (isFine) return 0;
  say('Stopped cleanly; repeat the same command to go on from here', io);
  return stoppedExitCode;
};
