import { datesFrom, mondayOf } from './dates.ts';
import type { DateText } from './dates.ts';
import { datesWithoutUnit, measure } from './measure.ts';
import type { Facts, MartRow } from './measure.ts';
import { noUnit } from './units.ts';
import type { Unit } from './units.ts';

/** The dates from the first on which any KPI has an event to the build date. */
export const datesInRange = (facts: Facts, buildDate: DateText): DateText[] => {
  const { snapshots, ...events } = facts;
  const { futureBookings, outstanding } = snapshots;
  const taken = [...futureBookings, ...outstanding].filter(({ records }) => records.length > 0);
  const dates = [...Object.values(events).flat(), ...taken].map(({ date }) => date);
  const first = dates.sort()[0];
  return first === undefined ? [] : datesFrom(first, buildDate);
};

/** The same dates in groups: each alone, or by the Monday of their week. */
const groupDates = (
  dates: readonly DateText[],
  keyOf: (date: DateText) => DateText,
): [DateText, DateText[]][] => {
  const groups = new Map<DateText, DateText[]>();
  for (const date of dates) groups.set(keyOf(date), [...(groups.get(keyOf(date)) ?? []), date]);
  return [...groups];
};

/** What a row stands for: its columns besides the KPIs, and the units it adds up. */
type Line = { columns: MartRow; units: readonly Unit[] };

const unitLines = (units: readonly Unit[]): Line[] =>
  units.map((unit) => ({
    columns: { business_unit: unit.name, region: unit.region, unit_kind: unit.kind },
    units: [unit],
  }));

const regionLines = (units: readonly Unit[]): Line[] =>
  [...new Set(units.map(({ region }) => region))].map((region) => ({
    columns: { region },
    units: units.filter((unit) => unit.region === region),
  }));

const fill = (
  facts: Facts,
  groups: readonly [DateText, DateText[]][],
  shape: { dateColumn: string; lines: readonly Line[]; withoutUnit: MartRow },
): MartRow[] => {
  const special = datesWithoutUnit(facts);
  return groups.flatMap(([key, dates]) => {
    const extra = { columns: shape.withoutUnit, units: [] };
    const lines = dates.some((date) => special.has(date)) ? [...shape.lines, extra] : shape.lines;
    return lines.map(({ columns, units }) => ({
      [shape.dateColumn]: key,
      ...columns,
      ...measure(facts, { dates, units }),
    }));
  });
};

/** The four tables that analysts read, one row per date or week and unit or region. */
export const fillGrids = (
  facts: Facts,
  units: readonly Unit[],
  buildDate: DateText,
): Record<'daily' | 'weekly' | 'dailyByRegion' | 'weeklyByRegion', MartRow[]> => {
  const dates = datesInRange(facts, buildDate);
  const days = groupDates(dates, (date) => date);
  const weeks = groupDates(dates, mondayOf);
  const byUnit = {
    lines: unitLines(units),
    withoutUnit: { business_unit: noUnit, region: noUnit, unit_kind: null },
  };
  const byRegion = { lines: regionLines(units), withoutUnit: { region: noUnit } };
  return {
    daily: fill(facts, days, { dateColumn: 'event_date', ...byUnit }),
    weekly: fill(facts, weeks, { dateColumn: 'week_start', ...byUnit }),
    dailyByRegion: fill(facts, days, { dateColumn: 'event_date', ...byRegion }),
    weeklyByRegion: fill(facts, weeks, { dateColumn: 'week_start', ...byRegion }),
  };
};
