import { describeCheck } from '../pipeline/explain-checks.ts';
import type { CheckResult } from '../pipeline/run-checks.ts';
import { formatTable } from './format-table.ts';

const colours = { red: 31, yellow: 33, green: 32 } as const;

/** The worst first. */
const statuses = ['red', 'yellow', 'green'] as const;

const withStatus = (checks: readonly CheckResult[], status: CheckResult['status']): CheckResult[] =>
  checks.filter((check) => check.status === status);

/** `1 red, 2 yellow, 14 green`. */
export const countChecks = (checks: readonly CheckResult[]): string =>
  statuses.map((status) => `${withStatus(checks, status).length} ${status}`).join(', ');

/** The first word of a line that is a status, as a terminal shows colours. */
const paint = (line: string): string =>
  line.replace(
    /^(?:red|yellow|green)\b/,
    (status) => `\u001B[${colours[status as CheckResult['status']]}m${status}\u001B[39m`,
  );

/** All checks, the worst first, then the first wrong rows of each that is not green, and the count. */
export const formatChecks = (
  checks: readonly CheckResult[],
  { colour }: { colour: boolean },
): string => {
  const sorted = statuses.flatMap((status) => withStatus(checks, status));
  const table = formatTable(
    ['status', 'check', 'wrong rows'],
    sorted.map(({ status, name, wrongRows }) => [status, name, wrongRows]),
  );
  const details = sorted
    .filter(({ status }) => status !== 'green')
    .flatMap((result) => {
      const [first = '', ...rows] = describeCheck(result);
      return ['', `${result.status} ${first}`, ...rows];
    });
  const lines = [...table.split('\n'), ...details, '', countChecks(checks)];
  return lines.map((line) => (colour ? paint(line) : line)).join('\n');
};
