import type { Entity } from '../../model.ts';
import { quoteColumn } from './googlesql-text.ts';

/** The column whose month is a raw table's partition; undefined where the source gives no such date. */
export const findPartition = ({ columns, createdColumn }: Entity): string | undefined =>
  columns.find(({ name, type }) => name === createdColumn && type === 'timestamp')?.name;

/** The month of a column, NULL where it has no date. */
export const monthSql = (column: string): string =>
  `extract(year from ${column}) * 12 + extract(month from ${column}) - 1`;

/** A month is a whole number, 12 a year: 24290 is March 2024. */
const startOf = (month: number): string => {
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `timestamp '${year}-${String((month % 12) + 1).padStart(2, '0')}-01 00:00:00+00'`;
};

/** The last month that a TIMESTAMP knows: it has no next one to end before. */
const monthMax = 9999 * 12 + 11;

/** Months that follow each other, from the first to the last. */
const toRuns = (months: readonly number[]): { from: number; to: number }[] => {
  const runs: { from: number; to: number }[] = [];
  for (const month of [...new Set(months)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.to === month - 1) run.to = month;
    else runs.push({ from: month, to: month });
  }
  return runs;
};

/**
 * Condition under which a row of the raw table stands in one of these months: literals alone, as BigQuery wants them to
 * leave the other partitions unread. `true` where the table has no partitions.
 */
export const inMonthsSql = (
  entity: Entity,
  alias: string,
  months: readonly (number | null)[],
): string => {
  const column = findPartition(entity);
  if (column === undefined) return 'true';
  const name = `${alias}.${quoteColumn(column)}`;
  const ranges = toRuns(months.filter((month) => month !== null)).map(({ from, to }) =>
    to >= monthMax
      ? `${name} >= ${startOf(from)}`
      : `(${name} >= ${startOf(from)} and ${name} < ${startOf(to + 1)})`,
  );
  const parts = months.includes(null) ? [...ranges, `${name} is null`] : ranges;
  return parts.length === 0 ? 'false' : `(${parts.join(' or ')})`;
};
