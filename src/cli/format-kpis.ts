import { addDays, mondayOf } from '../pipeline/calendar.ts';
import type { Amount } from '../pipeline/kpis/amounts.ts';
import { kpis } from '../pipeline/kpis/kpis.ts';
import type { ChosenDates } from '../pipeline/kpis/choose-dates.ts';
import { marts, type Grain } from '../pipeline/kpis/marts.ts';
import type { DateRange } from '../pipeline/kpis/read-mart.ts';
import type { Row } from '../warehouses/warehouse.ts';
import { formatAmount } from './format-amount.ts';
import { formatTable } from './format-table.ts';

const titles: Readonly<Record<Grain, string>> = {
  day: 'KPIs by day and unit',
  week: 'KPIs by week and unit',
  region: 'KPIs by day and region',
  'week-region': 'KPIs by week and region',
};

/** The days that the rows are of: whole weeks where they are weeks. */
const daysOf = (grain: Grain, { first, last }: DateRange): string => {
  const isWeekly = marts[grain].date === 'week_start';
  const [from, to] = isWeekly ? [mondayOf(first), addDays(mondayOf(last), 6)] : [first, last];
  return from === to ? from : `${from} to ${to}`;
};

/** `KPIs by week and region, 2025-08-18 to 2025-08-24`, and why, where nobody asked for these dates. */
export const titleOf = (grain: Grain, dates: ChosenDates): string =>
  `${titles[grain]}, ${daysOf(grain, dates)}${dates.why === null ? '' : ` (${dates.why})`}`;

/**
 * Rows of a mart as a table: its ten KPIs, under short heads. The date has no column where it is the same in all rows;
 * the title names it.
 */
export const formatKpis = (grain: Grain, rows: readonly Row[], width?: number): string => {
  const { date, place } = marts[grain];
  const isOneDate = new Set(rows.map((row) => row[date])).size < 2;
  const keys = isOneDate ? [place] : [date, place];
  const heads: Readonly<Record<string, string>> = {
    ...{ event_date: 'date', week_start: 'week of', business_unit: 'unit', region: 'region' },
  };
  return formatTable(
    [...keys.map((key) => heads[key] ?? key), ...kpis.map(({ head }) => head)],
    rows.map((row) => [
      ...keys.map((key) => String(row[key])),
      ...kpis.map(({ name }) => formatAmount(row[name] as Amount)),
    ]),
    { right: [...keys.map(() => false), ...kpis.map(() => true)], width, keys: keys.length },
  );
};
