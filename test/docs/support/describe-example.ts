import { formatAmount } from '../../../src/cli/format-amount.ts';
import type { Amount } from '../../../src/pipeline/kpis/amounts.ts';
import type { Explanation } from '../../../src/pipeline/kpis/explain.ts';
import type { GivenTable } from '../../sql/examples/example.ts';
import { builtAt, references } from '../../sql/examples/references.ts';
import type { GivenRow } from '../../sql/support/model-rig.ts';
import { formatMarkdownTable, listInWords } from './markdown.ts';
import type { Played } from './run-example.ts';

/** Columns that hold ids are shown with the names behind them. */
const named: Readonly<Record<string, { head: string; rows: readonly GivenRow[] }>> = {
  businessUnitId: { head: 'business unit', rows: references.business_units },
  jobTypeId: { head: 'job type', rows: references.job_types },
};

/** Of a payment's payload what the model reads: `101: 600.00, 102: 300.00`. */
const showApplied = (payload: string): string => {
  const { appliedTo } = JSON.parse(payload) as {
    appliedTo: { appliedTo: number; appliedAmount: string }[];
  };
  return appliedTo.map((one) => `${one.appliedTo}: ${one.appliedAmount}`).join(', ');
};

const heads: Readonly<Record<string, string>> = { payload: 'applied to' };

const showValue = (column: string, value: GivenRow[string] | undefined): string => {
  if (value === null || value === undefined) return '';
  const name = named[column]?.rows.find(({ id }) => id === value)?.name;
  if (name !== undefined) return String(name);
  return column === 'payload' ? showApplied(String(value)) : String(value);
};

const showGiven = ({ table, rows }: GivenTable): string => {
  const columns = [...new Set(rows.flatMap(({ row }) => Object.keys(row)))];
  const hasWhy = rows.some(({ why }) => why !== '');
  return [
    `\`st_raw.raw_${table}\``,
    formatMarkdownTable(
      [
        ...columns.map((column) => named[column]?.head ?? heads[column] ?? column),
        ...(hasWhy ? [''] : []),
      ],
      rows.map(({ row, why }) => [
        ...columns.map((column) => showValue(column, row[column])),
        ...(hasWhy ? [why] : []),
      ]),
    ),
  ].join('\n\n');
};

/** `jobs 1 and 2`, or with what each brings: `payments 1 (600.00) and 2 (-50.00)`. */
const showRecords = ({ kpi, records }: Explanation): string => {
  const { formula, unit } = kpi;
  const { id, record } = kpi.records;
  const items = records.map((row) => {
    const amount = formula.how === 'sum' && unit === 'money' ? row[formula.of] : undefined;
    const more = amount === undefined ? '' : ` (${formatAmount(amount as Amount)})`;
    return `${String(row[id])}${more}`;
  });
  return `${record}${items.length === 1 ? '' : 's'} ${listInWords(items)}`;
};

const showRatio = ({ kpi: { formula }, compared }: Explanation): string => {
  if (formula.how !== 'share' && formula.how !== 'margin') return '';
  const amountOf = (name: string): string =>
    formatAmount(compared.find(({ kpi }) => kpi.name === name)?.fromRecords ?? null);
  const [part, whole] = [amountOf(formula.part), amountOf(formula.whole)];
  return formula.how === 'share'
    ? ` = 100 × ${part} / ${whole}`
    : ` = 100 × (${whole} − ${part}) / ${whole}`;
};

const showResult = (
  { unit, numbers }: Played['example']['expected'][number],
  explanation: Explanation,
): string => {
  const name = explanation.kpi.name;
  const others = Object.entries(numbers)
    .filter(([column]) => column !== name)
    .map(([column, amount]) => `\`${column}\` ${formatAmount(amount)}`);
  const number = `\`${name}\` ${formatAmount(numbers[name] ?? null)}${showRatio(explanation)}`;
  const also = others.length === 0 ? '' : `; ${others.join(', ')}`;
  return `- ${unit}: ${number}, of ${showRecords(explanation)}${also}`;
};

/** The worked example of a section: what is given, what comes out of it, and the command that says so. */
export const describeExample = ({ example, units }: Played): string => {
  const { kpi, unit, date, given, expected } = example;
  const results = expected.flatMap((one, index) => {
    const explanation = units[index]?.explanation;
    return explanation === undefined ? [] : [showResult(one, explanation)];
  });
  return [
    ...given.map(showGiven),
    `On ${date}, in a build of ${builtAt.slice(0, 10)}:`,
    results.join('\n'),
    ['```sh', `fieldmart explain --kpi ${kpi} --unit ${unit} --date ${date}`, '```'].join('\n'),
  ].join('\n\n');
};
