import { Refusal, refusals } from '../refusals.ts';

const patterns: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [
    /Referenced column "([^"]*)" (?:was )?not found/,
    ([, name = '']) => `Unrecognized name: ${name}`,
  ],
  [/does not have a column named "([^"]*)"/, ([, name = '']) => `Name ${name} not found`],
  [
    /More than one row returned by a subquery/,
    () => 'Scalar subquery produced more than one element',
  ],
  [
    /must appear in the GROUP BY clause/,
    (found) =>
      `expression references a column which is neither grouped nor aggregated: ${found.input}`,
  ],
];

/** The first line of what DuckDB said: the rest draws the place in a text that nobody wrote. */
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/**
 * What BigQuery would say of a failure of DuckDB's, as far as that is known. Our own functions and ERROR mark their
 * words; whatever else DuckDB says is passed on as it is.
 */
export const explainFailure = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  const marked = message.lastIndexOf('\x01');
  if (marked >= 0) return refusals.invalidQuery(message.slice(marked + 1));
  for (const [pattern, explain] of patterns) {
    const found = pattern.exec(message);
    if (found !== null) return refusals.invalidQuery(explain(found));
  }
  return refusals.invalidQuery(`${firstLine(message)} (DuckDB, behind the stand-in for BigQuery)`);
};
