import { formatNanos, parseNanos } from './reference/decimals.ts';
import type { MartRow } from './reference/measure.ts';

/** Parts of a payment that go to one place stand in one row, in whatever rows they came; sums of 0 are left out. */
const mergeParts = (rows: readonly MartRow[]): MartRow[] => {
  const sums = new Map<string, { row: MartRow; nanos: bigint }>();
  for (const { dollars_collected: amount, ...row } of rows) {
    const key = writeRow(row);
    const nanos = (sums.get(key)?.nanos ?? 0n) + (parseNanos(String(amount)) ?? 0n);
    sums.set(key, { row, nanos });
  }
  return [...sums.values()]
    .filter(({ nanos }) => nanos !== 0n)
    .map(({ row, nanos }) => ({ ...row, dollars_collected: formatNanos(nanos) }));
};

const writeRow = (row: MartRow): string =>
  JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));

const readTable = (table: string, rows: readonly MartRow[]): string[] =>
  (table === 'collected_payments' ? mergeParts(rows) : rows).map(writeRow).sort();

/** What one list has and the other has not, twins counted. */
const missingFrom = (others: readonly string[], rows: readonly string[]): string[] => {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const n = left.get(row) ?? 0;
    left.set(row, n - 1);
    return n <= 0;
  });
};

/** Without the columns that the definitions say nothing about. */
const cut = (rows: readonly MartRow[], wanted: readonly MartRow[]): MartRow[] => {
  const names = new Set(wanted.flatMap((row) => Object.keys(row)));
  if (names.size === 0) return [...rows];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name))),
  );
};

/** Rows that are in one and not in the other, a line each; empty when the tables are equal. */
export const compareMarts = (
  marts: Readonly<Record<string, readonly MartRow[]>>,
  expected: Readonly<Record<string, readonly MartRow[]>>,
): string[] =>
  Object.entries(expected).flatMap(([table, rows]) => {
    const found = readTable(table, cut(marts[table] ?? [], rows));
    const wanted = readTable(table, rows);
    return [
      ...missingFrom(found, wanted).map((row) => `${table} lacks ${row}`),
      ...missingFrom(wanted, found).map((row) => `${table} has   ${row}`),
    ];
  });
