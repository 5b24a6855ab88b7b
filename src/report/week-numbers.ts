import { addDays, mondayOf } from '../pipeline/calendar.ts';
import { computeKpi, type Amount } from '../pipeline/kpis/amounts.ts';
import { kpis, noUnit, parts, type Kpi } from '../pipeline/kpis/kpis.ts';
import type { DateRange } from '../pipeline/kpis/read-mart.ts';
import type { Row } from '../warehouses/warehouse.ts';

/** A number of a week, and why it is missing where it is. */
export type WeekNumber = { week: string; amount: Amount; parts: Amount[]; why: string | null };

/** What the weeks' rows are and where they end. */
export type WeekRows = {
  /** Rows of `st_mart.weekly_kpis`. */
  rows: readonly Row[];
  /** The dates of the marts. */
  range: DateRange;
  /** The first date with a snapshot; null while there is none. */
  firstSnapshot: string | null;
};

/** The sums that a ratio is made of. */
export const partsOf = ({ formula }: Kpi): Kpi[] =>
  formula.how === 'share' || formula.how === 'margin'
    ? [formula.part, formula.whole].flatMap(
        (name) => [...kpis, ...parts].find((one) => one.name === name) ?? [],
      )
    : [];

const explainMissing = (kpi: Kpi, week: string, { range, firstSnapshot }: WeekRows): string => {
  if (addDays(week, 6) < range.first) return `the data begin on ${range.first}`;
  if (week > range.last) return `the data end on ${range.last}`;
  if (kpi.records.isHistory) {
    return firstSnapshot === null
      ? 'no build has written a snapshot yet'
      : `no snapshot in that week; builds write them for their own date, the first for ${firstSnapshot}`;
  }
  const whole = partsOf(kpi).at(-1);
  return whole === undefined ? 'no data' : `no ${whole.title.toLowerCase()} in that week`;
};

/** Rows of units that have the number; money that reaches no unit counts where both kinds do. */
const isOf =
  ({ kinds }: Kpi) =>
  ({ unit_kind: kind }: Row): boolean =>
    kind === null ? kinds.length > 1 : kinds.some((one) => one === kind);

const amountOf = (kpi: Kpi, rows: readonly Row[]): Amount => {
  if (rows.length === 0) return null;
  if (kpi.records.isHistory && rows.every((row) => row[kpi.name] === null)) return null;
  return computeKpi(kpi, rows);
};

/** A KPI in one week, over the rows that `among` lets through: exact sums, and ratios of exact sums. */
export const numberOf = (
  kpi: Kpi,
  week: string,
  source: WeekRows,
  among: (row: Row) => boolean = () => true,
): WeekNumber => {
  const found = source.rows.filter(
    (row) => row.week_start === week && isOf(kpi)(row) && among(row),
  );
  const amount = amountOf(kpi, found);
  return {
    week,
    amount,
    parts: partsOf(kpi).map((part) => amountOf(part, found)),
    why: amount === null ? explainMissing(kpi, week, source) : null,
  };
};

/** The Mondays from the week of one date to that of another. */
export const mondaysBetween = (from: string, to: string): string[] => {
  const mondays: string[] = [];
  for (let week = mondayOf(from); week <= to; week = addDays(week, 7)) mondays.push(week);
  return mondays;
};

/** A region's units that have the number. */
export type Place = { region: string; units: string[] };

/** The regions that have the number, money that reaches no unit last, each with its units. */
export const placesOf = (kpi: Kpi, { rows }: WeekRows): Place[] => {
  const found = new Map<string, Set<string>>();
  for (const row of rows.filter(isOf(kpi))) {
    const region = String(row.region);
    found.set(region, (found.get(region) ?? new Set()).add(String(row.business_unit)));
  }
  return [...found]
    .map(([region, units]) => ({ region, units: [...units].sort() }))
    .sort((a, b) =>
      a.region === noUnit ? 1 : b.region === noUnit ? -1 : a.region < b.region ? -1 : 1,
    );
};
