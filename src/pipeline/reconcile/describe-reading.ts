import type { Nanos } from '../decimals.ts';
import type { Kpi } from '../kpis/kpis.ts';
import type { Places } from './find-columns.ts';
import { forms } from './forms.ts';
import type { Measure } from './measure.ts';
import type { Merged, WholeRecord } from './merge-lines.ts';
import type { Netted } from './net-locations.ts';
import type { ReadLines, ReportLine } from './read-lines.ts';
import type { ReportTable } from './report-table.ts';
import { showText } from './show-text.ts';

export type Reading = {
  table: ReportTable;
  kpi: Kpi;
  read: ReadLines;
  netted: Netted;
  source: Merged;
  places: Places;
  measure: Measure;
};

/** More names than these are no help to read. */
const namesShownMax = 5;

const list = (names: readonly string[]): string =>
  names.slice(0, namesShownMax).join(', ') +
  (names.length > namesShownMax ? ` and ${names.length - namesShownMax} more` : '');

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;

const wereLeftOut = (number: number): string => (number === 1 ? 'was left out' : 'were left out');

const describeTotals = ({ table, read: { totals } }: Reading): string[] =>
  totals.length === 0
    ? []
    : [
        `Left out as totals, because they name no record: ${table.place} ${list(totals.map(String))}.`,
      ];

const describeLeftOut = ({ table, read, netted, kpi }: Reading): string[] => {
  const others = read.lines.filter(({ placed }) => placed.how === 'other').length;
  const reasons: [number, string][] = [
    [read.otherDates, 'of other dates'],
    [read.excluded, 'without an opportunity'],
    [others, `of units that ${kpi.name} is not a number of`],
    [netted.small, 'of locations that owe less than 10.00'],
    [netted.nameless, 'of locations without a name'],
  ];
  return reasons
    .filter(([number]) => number > 0)
    .map(([number, why]) => `${count(number, table.place)} ${why} ${wereLeftOut(number)}.`);
};

/** Twins: amounts add up, what counts one counts once. */
const describeTwins = ({ table, source, places }: Reading): string[] => {
  const twins = [...source.values()].filter((record) => record.places.length > 1);
  if (twins.length === 0) return [];
  const show = ({ ids, places: lines }: WholeRecord): string =>
    `${ids.filter((id) => id !== '').join('/')} (${table.place}s ${list(lines)})`;
  const isCounted = places.parts.every(({ how }) => how === 'one' || how === 'flag');
  const what = places.keys[0]?.key.name ?? 'record';
  const verb = isCounted ? 'counted once' : 'summed';
  return [
    `${count(twins.length, what)} on several ${table.place}s, each ${verb}: ${list(twins.map(show))}.`,
  ];
};

/** Business units that no roll-up knows: named, never dropped. */
const describeUnknown = ({ read: { lines } }: Reading): string[] => {
  const isUnknown = ({ placed }: ReportLine): boolean => placed.how === 'unit' && !placed.isKnown;
  const names = new Set(lines.filter(isUnknown).map(({ businessUnit }) => businessUnit));
  if (names.size === 0) return [];
  const shown = [...names].map((name) => showText(name) || '(blank)');
  return [
    `No roll-up knows these units of the report: ${list(shown)}; add them to business_unit_rollup.csv.`,
  ];
};

/** The tolerance of margins, in billionths of a point. */
const margin: Nanos = 300_000_000n;

/** The source's own margin against its own columns: where they differ, ours cannot agree with both. */
const describeMargins = ({ table, read: { lines }, measure }: Reading): string[] => {
  const isOff = (line: ReportLine): boolean => {
    const own = measure.compute(line.parts);
    if (own === null || line.margin === null) return false;
    const difference = own - line.margin;
    return difference > margin || difference < -margin;
  };
  const off = lines.filter(isOff).map(({ at }) => String(at));
  if (off.length === 0) return [];
  return [
    `The report's own margin differs from its own columns by more than 0.3 on ${count(off.length, table.place)}: ${list(off)}.`,
  ];
};

/** A report that says nothing of dates is taken at its word; a wrong report would be, too. */
const describeUndated = ({ kpi, places }: Reading): string[] => {
  const names = forms[kpi.name]?.date?.names ?? [];
  if (names.length === 0 || places.date !== null) return [];
  return [
    `The report has no date column (${names.join(', ')}): all its rows were taken as of the period.`,
  ];
};

/** What a reader should know of how a report was read. */
export const describeReading = (reading: Reading): string[] => [
  ...describeTotals(reading),
  ...describeUndated(reading),
  ...describeLeftOut(reading),
  ...describeTwins(reading),
  ...describeUnknown(reading),
  ...describeMargins(reading),
];
