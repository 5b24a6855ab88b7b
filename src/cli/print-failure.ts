import { ConfigError, exitCodeOf } from '../errors.ts';

const isOperating = (error: unknown): error is Error =>
  error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';

/**
 * Why a command failed, in one line that may leave this machine: an operating error's message is safe by the rules of
 * `errors.ts`, a bug's may quote anything.
 */
export const reasonOf = (error: unknown): string => {
  // Which variables are missing is the news; what a check shows below its first line is content of records.
  if (error instanceof ConfigError) return error.message.replace(/\s*\n\s*/g, ' ');
  if (isOperating(error)) return error.message.split('\n')[0] ?? '';
  const name = error instanceof Error ? error.name : typeof error;
  return `a bug (${name}); its stack is in the output of the command`;
};

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
