import type { Amount } from '../pipeline/kpis/amounts.ts';
import type { Compared, Explanation } from '../pipeline/kpis/explain.ts';
import type { DetailColumn } from '../pipeline/kpis/record-tables.ts';
import type { Value } from '../warehouses/warehouse.ts';
import { formatAmount } from './format-amount.ts';
import { formatTable } from './format-table.ts';

/** What the source wrote may hold anything; a terminal would obey its control characters. */
const toCell = ({ holds }: DetailColumn, value: Value | undefined): string | null => {
  if (value === null || value === undefined) return null;
  if (holds === 'money' || holds === 'count') return formatAmount(value as Amount);
  return String(value).replace(/\p{Cc}/gu, ' ');
};

const countRecords = ({ kpi, records }: Explanation): string => {
  const { id, record } = kpi.records;
  const count = new Set(records.map((row) => row[id])).size;
  if (count === 0) return `no ${record}`;
  const rows =
    records.length === count ? '' : ` in ${records.length.toLocaleString('en-US')} parts`;
  return `${count.toLocaleString('en-US')} ${record}${count === 1 ? '' : 's'}${rows}`;
};

const formatRecords = ({ kpi, records }: Explanation, width: number | undefined): string => {
  const { details } = kpi.records;
  return formatTable(
    details.map(({ name }) => name),
    records.map((row) => details.map((column) => toCell(column, row[column.name]))),
    { right: details.map(({ holds }) => holds !== 'text'), width },
  );
};

const formatCompared = (compared: readonly Compared[]): string =>
  formatTable(
    ['number', 'by its records', 'in daily_kpis', ''],
    compared.map(({ kpi, fromRecords, inMart, isEqual }) => [
      ...[kpi.name, formatAmount(fromRecords), formatAmount(inMart)],
      isEqual ? 'equal' : 'DIFFERENT',
    ]),
    { right: [false, true, true, false] },
  );

/** What was asked and found, the records (nothing where there are none), and both sides' numbers. */
export const formatExplanation = (
  explanation: Explanation,
  width?: number,
): { head: string; table: string[]; verdict: string } => {
  const { kpi, unit, date, compared } = explanation;
  return {
    head: `${kpi.name} of ${unit} on ${date}: ${countRecords(explanation)} in ${kpi.records.table}`,
    table: explanation.records.length === 0 ? [] : [formatRecords(explanation, width)],
    verdict: formatCompared(compared),
  };
};
