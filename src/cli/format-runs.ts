import type { PastRun } from '../pipeline/read-runs.ts';
import { exitCodes } from './exit-codes.ts';
import { formatTable } from './format-table.ts';

/** What to do about a run; null where nothing is to be done. */
export const nextStepOf = (run: PastRun, later: readonly PastRun[]): string | null => {
  if (run.outcome === 'ok') return null;
  const done = later.find(({ command, outcome }) => command === run.command && outcome === 'ok');
  if (done !== undefined) {
    return `nothing, if it was asked for the same: a later ${run.command} ended well`;
  }
  if (run.outcome === 'running') return 'wait for its end; if it was killed, repeat the command';
  if (run.outcome === 'unfinished') {
    return 'it was killed, or the machine was: repeat the command, it goes on where it stopped';
  }
  const known = exitCodes.find(({ code }) => code === run.exitCode);
  return known?.next ?? `see its message, and its lines in the log (run ${run.runId})`;
};

/** Each run with what to do about it; the newest first, as they are given. */
export const addNextSteps = (runs: readonly PastRun[]): (PastRun & { next: string | null })[] =>
  runs.map((run, index) => ({ ...run, next: nextStepOf(run, runs.slice(0, index)) }));

const secondsOf = ({ startedAt, endedAt }: PastRun): string | null =>
  endedAt === null
    ? null
    : `${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;

const shortTime = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

/** Each message once, with the parts it is of: `jobs, invoices: Cannot read …`. */
const listFaults = ({ faults }: PastRun): string[] => {
  const messages = [...new Set(faults.map(({ message }) => message))];
  return messages.map((message) => {
    const parts = faults.filter((fault) => fault.message === message);
    const [first, ...others] = parts;
    const names = others.length < 3 ? parts.map(({ part }) => part).join(', ') : '';
    const who = names === '' ? `${first?.part ?? ''} and ${others.length} more` : names;
    return message === '' ? who : `${who}: ${message}`;
  });
};

const explain = (run: PastRun & { next: string | null }): string[] => {
  if (run.next === null) return [];
  const code = run.exitCode === null ? '' : `, exit ${run.exitCode}`;
  return [
    '',
    `${shortTime(run.startedAt)} ${run.command}: ${run.outcome}${code} (run ${run.runId})`,
    ...listFaults(run).map((line) => `  ${line}`),
    `  What to do: ${run.next}`,
  ];
};

/** A table of the runs, then of each that did not end well what it said and what to do. */
export const formatRuns = (runs: readonly PastRun[], width: number | undefined): string => {
  const table = formatTable(
    ['began (UTC)', 'command', 'outcome', 'took', 'entities or models', 'rows'],
    runs.map((run) => [
      ...[shortTime(run.startedAt), run.command, run.outcome, secondsOf(run)],
      ...[run.parts, run.rows],
    ]),
    { width, right: [false, false, false, true, true, true] },
  );
  return [table, ...addNextSteps(runs).flatMap(explain)].join('\n');
};
