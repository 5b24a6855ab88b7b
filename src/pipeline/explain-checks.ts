import { CheckError } from '../errors.ts';
import type { Row } from '../warehouses/warehouse.ts';
import type { CheckResult } from './run-checks.ts';

/** A wrong row on one line: `event_date 2024-03-01, business_unit Phoenix-Sales, …`. */
export const describeRow = (row: Row): string =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${value === null ? '–' : String(value)}`)
    .join(', ');

/** What a check that is not green found, on one line. */
export const summarizeCheck = ({ name, description, wrongRows }: CheckResult): string =>
  `${name}: ${wrongRows} wrong row${wrongRows === 1 ? '' : 's'}; should hold: ${description}`;

/** A check that is not green, with its first wrong rows. */
export const describeCheck = (result: CheckResult): string[] => {
  const { threshold, wrongRows, firstRows } = result;
  const more = wrongRows - firstRows.length;
  return [
    `${summarizeCheck(result)} (${threshold})`,
    ...firstRows.map((row) => `  ${describeRow(row)}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
};

/**
 * The refusal to publish a build. It shows the wrong rows, because the tables that held them are gone.
 * @param red At least one result.
 */
export const explainRed = (red: readonly CheckResult[]): CheckError => {
  const names = red.map(({ name }) => name).join(', ');
  const are = red.length === 1 ? 'is' : 'are';
  return new CheckError(
    [
      `Cannot publish this build: ${names} ${are} red; what was published before stays in place, so mend the cause ` +
        'and run fieldmart build again',
      ...red.flatMap(describeCheck),
      '(The wrong rows are those of the new tables, which are gone; fieldmart check reads the published ones.)',
    ].join('\n'),
  );
};
