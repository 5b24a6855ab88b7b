import type { Row, Value } from '../../warehouses/warehouse.ts';
import { formatNanos, parseNanos, percentOf, type Nanos } from '../decimals.ts';
import type { Formula, Kpi } from './kpis.ts';

/** A number as it leaves the program: counts as numbers, money and percentages as exact text with two decimals or more. */
export type Amount = number | string | null;

/** What a warehouse gives for a number; null for NULL. Anything else is no number of a mart, and a bug. */
const toNanos = (value: Value | undefined): Nanos | null => {
  if (value === null || value === undefined) return null;
  const nanos = parseNanos(String(value));
  if (nanos === undefined) throw new Error('a mart holds a number that is no decimal');
  return nanos;
};

const fromNanos = (nanos: Nanos | null, unit: Kpi['unit']): Amount => {
  if (nanos === null) return null;
  return unit === 'count' ? Number(nanos / 1_000_000_000n) : formatNanos(nanos);
};

/** The same number in one form, whatever the warehouse's own is: `1234.500000000` and `1234.5` are `1234.50`. */
export const toAmount = (value: Value | undefined, unit: Kpi['unit']): Amount =>
  fromNanos(toNanos(value), unit);

const sumOf = (rows: readonly Row[], column: string): Nanos =>
  rows.reduce((sum, row) => sum + (toNanos(row[column]) ?? 0n), 0n);

const countDistinct = (rows: readonly Row[], column: string): Nanos => {
  const values = rows.map((row) => row[column]).filter((value) => value !== null);
  return BigInt(new Set(values).size) * 1_000_000_000n;
};

const compute = (formula: Formula, rows: readonly Row[]): Nanos | null => {
  if (formula.how === 'sum') return sumOf(rows, formula.of);
  if (formula.how === 'distinct') return countDistinct(rows, formula.of);
  const [part, whole] = [sumOf(rows, formula.part), sumOf(rows, formula.whole)];
  return percentOf(formula.how === 'margin' ? whole - part : part, whole);
};

/** A KPI's number out of the records that make it up: their exact sum, or the ratio of two sums. */
export const computeKpi = ({ formula, unit }: Kpi, rows: readonly Row[]): Amount =>
  fromNanos(compute(formula, rows), unit);
