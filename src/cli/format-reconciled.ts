import { recordsShownMax } from '../limits.ts';
import { formatNanos, type Nanos } from '../pipeline/decimals.ts';
import { toAmount, type Amount } from '../pipeline/kpis/amounts.ts';
import type { Kpi } from '../pipeline/kpis/kpis.ts';
import type { ComparedUnit } from '../pipeline/reconcile/compare-sides.ts';
import type { Reconciled, RecordDifference } from '../pipeline/reconcile/reconcile.ts';
import { showText } from '../pipeline/reconcile/show-text.ts';
import { formatAmount } from './format-amount.ts';
import { formatTable } from './format-table.ts';

const amountOf = (nanos: Nanos | null | undefined, unit: Kpi['unit']): Amount =>
  nanos === null || nanos === undefined ? null : toAmount(formatNanos(nanos), unit);

const show = (nanos: Nanos | null | undefined, unit: Kpi['unit']): string =>
  formatAmount(amountOf(nanos, unit));

const describePeriod = ({ query: { kpi, first, last } }: Reconciled): string =>
  kpi.records.isHistory ? `snapshot of ${last}` : `${first} to ${last}, both included`;

const formatUnits = ({ units, total, query: { kpi } }: Reconciled): string => {
  const toRow = ({ unit, source, ours, difference }: ComparedUnit, verdict: string): string[] => [
    unit,
    ...[source, ours, difference].map((nanos) => show(nanos, kpi.unit)),
    verdict,
  ];
  return formatTable(
    ['unit', 'source', 'ours', 'difference', ''],
    [
      ...units.map((row) => toRow(row, row.isEqual ? 'equal' : 'DIFFERENT')),
      ...(units.length > 1 ? [toRow(total, '')] : []),
    ],
    { right: [false, true, true, true, false] },
  );
};

/** Which side has a record. */
export const verdictOf = ({ source, ours }: RecordDifference): string => {
  if (ours === null) return 'only there';
  return source === null ? 'only here' : 'different';
};

const unitsOf = ({ source, ours }: RecordDifference): string => {
  const [there, here] = [source?.unit ?? ours?.unit ?? '', ours?.unit ?? source?.unit ?? ''];
  return there === here ? there : `${there} there, ${here} here`;
};

/** Nothing is named by a blank: the rest of a payment that was applied to no invoice. */
const showId = (id = ''): string => (id === '' ? '–' : showText(id));

/** Where a record that the report has stands with us, outside of what was asked for. */
const describeElsewhere = ({ elsewhere }: RecordDifference): string =>
  elsewhere.map(({ date, unit }) => `here on ${date}, ${unit}`).join('; ');

const formatRecords = (
  { records, keys, measure }: Reconciled,
  width: number | undefined,
): string => {
  const { parts, units } = measure;
  const heads =
    parts.length === 1 ? ['source', 'ours'] : parts.flatMap((part) => [`${part} there`, `here`]);
  const hasNotes = records.some(({ elsewhere }) => elsewhere.length > 0);
  return formatTable(
    ['', ...keys, 'unit', ...heads, ...(hasNotes ? ['but'] : [])],
    records
      .slice(0, recordsShownMax)
      .map((record) => [
        verdictOf(record),
        ...keys.map((_, index) => showId(record.ids[index])),
        unitsOf(record),
        ...units.flatMap((unit, index) =>
          [record.source, record.ours].map((side) => show(side?.parts[index], unit)),
        ),
        ...(hasNotes ? [describeElsewhere(record)] : []),
      ]),
    {
      right: [false, ...keys.map(() => true), false, ...heads.map(() => true), false],
      width,
      keys: 1 + keys.length,
    },
  );
};

const countRecords = ({ records, keys }: Reconciled): string => {
  const shown = Math.min(records.length, recordsShownMax);
  const of = shown < records.length ? `the first ${shown} of ` : '';
  const number = records.length.toLocaleString('en-US');
  return `Records on which the sides differ, by ${keys.join(' and ')} (${of}${number}):`;
};

/** What was compared, the units, the records, and what else to know. */
export const formatReconciled = (reconciled: Reconciled, width?: number): string => {
  const { query, title, records, notes } = reconciled;
  return [
    `${query.kpi.name} (${query.kpi.title.toLowerCase()}): ${title} and ours, ${describePeriod(reconciled)}`,
    formatUnits(reconciled),
    ...(records.length === 0
      ? []
      : [`${countRecords(reconciled)}\n\n${formatRecords(reconciled, width)}`]),
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
  ].join('\n\n');
};

const toJsonRecord = (record: RecordDifference, { keys, measure }: Reconciled) => {
  const side = (whole: RecordDifference['source']) =>
    whole === null
      ? null
      : {
          unit: whole.unit,
          ...Object.fromEntries(
            measure.parts.map((part, index) => [
              part,
              amountOf(whole.parts[index], measure.units[index] ?? 'money'),
            ]),
          ),
        };
  return {
    verdict: verdictOf(record),
    ...Object.fromEntries(
      keys.map((key, index) => [key, record.ids[index] === '' ? null : record.ids[index]]),
    ),
    source: side(record.source),
    ours: side(record.ours),
    elsewhere: record.elsewhere.map(({ date, unit }) => ({ date, unit })),
  };
};

/** The same for programs: counts as numbers, money and percentages as exact texts. */
export const toReconciledJson = (reconciled: Reconciled): string => {
  const { query, title, units, total, records, notes } = reconciled;
  const { kpi, first, last } = query;
  const toNumbers = ({ source, ours, difference }: ComparedUnit) => ({
    source: amountOf(source, kpi.unit),
    ours: amountOf(ours, kpi.unit),
    difference: amountOf(difference, kpi.unit),
  });
  return JSON.stringify({
    kpi: kpi.name,
    ...(kpi.records.isHistory ? { date: last } : { from: first, to: last }),
    report: title,
    units: units.map((unit) => ({
      unit: unit.unit,
      ...toNumbers(unit),
      isEqual: unit.isEqual,
    })),
    all: toNumbers(total),
    records: records.map((record) => toJsonRecord(record, reconciled)),
    notes,
  });
};
