import type { LogConfig } from '../config.ts';
import { logFileBytesMax, logFilesOlderMax } from '../limits.ts';
import { createLogger, type LogDestination, type Logger } from '../logger.ts';
import type { Chosen } from './frame-run.ts';
import type { ProcessIo } from './io.ts';
import { openLogFile } from './open-log-file.ts';
import type { Output } from './output-options.ts';
import { findSecrets, redact } from './redact.ts';

const noLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** Logs to both. */
const join = (first: Logger, second: Logger): Logger => {
  const both =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, meta) => {
      first[level](message, meta);
      second[level](message, meta);
    };
  return { error: both('error'), warn: both('warn'), info: both('info'), debug: both('debug') };
};

/** On a terminal, where a bar shows the progress, only what a person should act on. */
const consoleLevelOf = (
  { quiet, verbose, json }: Output,
  { level }: LogConfig,
  terminal: boolean,
): LogConfig['level'] => {
  if (verbose) return 'debug';
  if (quiet) return level === 'error' ? 'error' : 'warn';
  return level === 'info' && terminal && !json ? 'warn' : level;
};

/** Where a run tells what happens: on the terminal, in its file, and in both. */
export type Logs = { console: Logger; file: Logger; both: Logger };

/** Opens the log of one invocation. A question has no file. */
export const openLogs = (
  { kind, output }: Chosen,
  { io, runId }: { io: ProcessIo; runId: string },
  config: LogConfig,
): Logs => {
  const { now, err, terminal = false } = io;
  const toConsole: LogDestination = {
    level: consoleLevelOf(output, config, terminal),
    readable: terminal && !output.json,
    write: err,
  };
  const console = createLogger({ id: runId, now }, [toConsole]);
  if (kind === 'question' || config.file === null)
    return { console, file: noLogger, both: console };
  const path = config.file;
  const file = { path, bytesMax: logFileBytesMax, olderMax: logFilesOlderMax };
  const secrets = findSecrets(io.env);
  const append = openLogFile(file, (error) => {
    const { code } = error as NodeJS.ErrnoException;
    console.warn('the log file cannot be written; the run goes on without it', { path, code });
  });
  const write = (line: string): void => {
    append(redact(line, secrets));
  };
  const level = output.verbose ? 'debug' : config.level;
  const toFile = createLogger({ id: runId, now }, [{ level, readable: false, write }]);
  return { console, file: toFile, both: join(console, toFile) };
};
