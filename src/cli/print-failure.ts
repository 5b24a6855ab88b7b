import { ConfigError, describeFailure, exitCodeOf, isOperating } from '../errors.ts';

/**
 * Why a command failed, in one line that may leave this machine: an operating error's message is safe by the rules of
 * `errors.ts`, a bug's may quote anything.
 */
export const reasonOf = (error: unknown): string =>
  // Which variables are missing is the news; what a check shows below its first line is content of records.
  error instanceof ConfigError ? error.message.replace(/\s*\n\s*/g, ' ') : describeFailure(error);

/**
 * Prints what ended a command: an operating error as its message, anything else with its stack.
 * @returns the exit code.
 */
export const printFailure = (
  error: unknown,
  { json, err }: { json: boolean; err: (line: string) => void },
): number => {
  const exitCode = exitCodeOf(error);
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const text = isOperating(error) ? message : stack;
  err(json ? JSON.stringify({ level: 'error', message: text, exitCode }) : text);
  return exitCode;
};
