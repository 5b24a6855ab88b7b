import { readLogConfig } from '../config.ts';
import { sendAlert } from '../http/send-alert.ts';
import type { Kind, Run } from './commands.ts';
import { formatSummary } from './format-summary.ts';
import type { Figures, Io, ProcessIo } from './io.ts';
import { openLogs, type Logs } from './open-logs.ts';
import type { Output } from './output-options.ts';
import { printFailure, reasonOf } from './print-failure.ts';
import { stoppedExitCode } from '../errors.ts';

/** A command with everything that was typed for it. */
export type Chosen = { command: string; run: Run; kind: Kind; output: Output };

/** Whose invocation it is: one id for the log, the ledger and `st_ops.runs`. */
type Invocation = { io: ProcessIo; runId: string };

type Ended = {
  command: string;
  outcome: 'ok' | 'failed' | 'stopped';
  exitCode: number;
  durationMs: number;
};

const outcomeOf = (exitCode: number): Ended['outcome'] => {
  if (exitCode === 0) return 'ok';
  return exitCode === stoppedExitCode ? 'stopped' : 'failed';
};

const tenantOf = ({ ST_TENANT_ID = '' }: NodeJS.ProcessEnv): string =>
  /^\d{1,19}$/.test(ST_TENANT_ID) ? `, tenant ${ST_TENANT_ID}` : '';

const alert = async (
  { command, exitCode, reason }: Ended & { reason: string },
  url: string,
  { io, logs, runId }: Invocation & { logs: Logs },
): Promise<void> => {
  const where = `exit ${exitCode}${tenantOf(io.env)}, run ${runId.slice(0, 8)}`;
  const state = await sendAlert(url, `fieldmart ${command} failed (${where}): ${reason}`);
  if (state !== null) logs.both.warn('the alert was not taken', { state });
};

/** Runs the command; its exit code, and what it counted. */
const runOnce = async (
  { run, output }: Chosen,
  scope: Omit<Io, 'summarize'>,
): Promise<{ exitCode: number; figures: Figures }> => {
  let figures: Figures = {};
  const summarize = (more: Figures): void => {
    figures = { ...figures, ...more };
  };
  try {
    return { exitCode: await run({ ...scope, summarize }), figures };
  } catch (error) {
    const exitCode = printFailure(error, { json: output.json, err: scope.err });
    return { exitCode, figures: { ...figures, reason: reasonOf(error) } };
  }
};

/**
 * Runs a command between the two lines that begin and end it in the log, and tells ALERT_WEBHOOK_URL when it fails. A
 * question (a command that only reads what is stored) has neither lines, nor file, nor alert.
 * @returns the exit code.
 */
export const frameRun = async (chosen: Chosen, invocation: Invocation): Promise<number> => {
  const { command, kind, output } = chosen;
  const { io, runId } = invocation;
  const config = readLogConfig(io.env);
  const logs = openLogs(chosen, invocation, config);
  const isPlain =
    io.terminal === true && config.level === 'info' && Object.values(output).every((on) => !on);
  const { json, quiet } = output;
  const startedAt = io.now().getTime();
  if (kind === 'run') logs.both.info('run started', { command });
  const scope = { ...io, runId, log: logs.both, json, quiet, bar: isPlain };
  const { exitCode, figures } = await runOnce(chosen, scope);
  if (kind === 'question') return exitCode;
  const durationMs = io.now().getTime() - startedAt;
  const ended: Ended = { command, outcome: outcomeOf(exitCode), exitCode, durationMs };
  const { reason = '', ...counts } = figures;
  // What went wrong stands in the file, even where that takes errors only; the terminal has shown it.
  logs.file[ended.outcome === 'failed' ? 'error' : 'info']('run ended', { ...ended, ...figures });
  logs.console.info('run ended', { ...ended, ...counts });
  if (isPlain) io.err(formatSummary({ ...ended, runId }, counts));
  if (ended.outcome === 'failed' && config.alertUrl !== null) {
    await alert({ ...ended, reason: String(reason) }, config.alertUrl, { io, logs, runId });
  }
  return exitCode;
};
