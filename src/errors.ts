import { types } from 'node:util';

/**
 * The operating errors. Each knows its exit code; anything else that is thrown is a bug and exits 1 with its stack.
 * Messages read: Cannot <action> <thing>: <state>; <what would be right>. Never a secret, a payload or a name.
 */

/** The environment or the command line is wrong. Exit 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly exitCode = 2;
}

/** The source refused, or could not be reached. Exit 3. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly exitCode = 3;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The source's own id of the failed request, to quote to its support. */
  readonly traceId: string | undefined;
  /** Nothing is wrong with the source but this one entity's endpoint; others can be read. */
  readonly ofEntity: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { status?: number; traceId?: string; ofEntity?: boolean } = {},
  ) {
    super(message, options);
    this.status = options.status;
    this.traceId = options.traceId;
    this.ofEntity = options.ofEntity ?? false;
  }
}

/** Records cannot be stored: too many rejects. Exit 4. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly exitCode = 4;
}

/** The warehouse or the spool refused: locked, full, not a database, another writer, SQL that fails. Exit 5. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  readonly exitCode = 5;
  /** The table that could not be built, when it was that. */
  readonly table: string | undefined;

  constructor(message: string, options: ErrorOptions & { table?: string } = {}) {
    super(message, options);
    this.table = options.table;
  }
}

/** A file that results are written to refused: no folder, no right, no room, open in another program. Exit 5. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly exitCode = 5;
}

/** A service that numbers are handed on to refused, or could not be reached. Exit 3. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly exitCode = 3;
}

/** Stored data fails a check. Exit 6. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  readonly exitCode = 6;
}

/** Exit code of a run that was stopped by Ctrl-C or SIGTERM: the shell's own for an interrupted command. */
export const stoppedExitCode = 130;

/** Ctrl-C or SIGTERM ended it: nothing is lost, and nothing half done stands. Exit 130. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly exitCode = stoppedExitCode;
}

/** The exit code of what ended a command: its own, or 1 for a bug. */
export const exitCodeOf = (error: unknown): number => {
  const { exitCode } = Object(error) as { exitCode?: unknown };
  return typeof exitCode === 'number' ? exitCode : 1;
};

export const isOperating = (error: unknown): error is Error =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';

/** Why something failed, as one line to keep or to send: an operating error's message is safe, a bug's may quote anything. */
export const describeFailure = (error: unknown): string => {
  if (isOperating(error)) return error.message.split('\n')[0] ?? '';
  const name = error instanceof Error ? error.name : typeof error;
  return `a bug (${name}); its stack is in the output of the command`;
};

/**
 * What an engine said of SQL that failed, as one line. Values that it quotes are left out: they may be anybody's.
 */
export const describeSqlFailure = (error: unknown): string => {
  const text = types.isNativeError(error) ? error.message : String(error);
  const [line = ''] = text.split('\n');
  return line.replace(/'(?:[^']|'')*'/g, "'…'").slice(0, 300);
};
