import { WarehouseError } from '../errors.ts';
import type { Entity } from '../model.ts';
import { addDays, mondayOf } from '../pipeline/calendar.ts';
import { check } from '../pipeline/check.ts';
import type { WantedDates } from '../pipeline/kpis/choose-dates.ts';
import { kpis, type Kpi } from '../pipeline/kpis/kpis.ts';
import { readKpis } from '../pipeline/kpis/read-kpis.ts';
import {
  readFirstSnapshot,
  readRange,
  type DateRange,
  type MartDeps,
} from '../pipeline/kpis/read-mart.ts';
import { readProgress } from '../pipeline/progress.ts';
import { readSourceState } from '../pipeline/publish/read-source-state.ts';
import type { Row } from '../warehouses/warehouse.ts';
import { chooseWeeks, type ChosenWeeks } from './choose-weeks.ts';
import type { Compared, KpiReport, Report, Status } from './report.ts';
import { mondaysBetween, numberOf, placesOf, type WeekRows } from './week-numbers.ts';

export type ReportQuery = {
  wanted: WantedDates;
  entities: readonly Entity[];
  sqlDir: string;
  timeZone: string;
  /** UTC instant. */
  now: string;
};

/** Checks that cannot run say why on the page: that is no reason to withhold the numbers. */
const runChecks = async (deps: MartDeps, sqlDir: string): Promise<Status['checks']> => {
  try {
    return await check(deps.warehouse, { sqlDir, tenantId: deps.tenantId });
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    return { failure: error.message };
  }
};

const readStatus = async (deps: MartDeps, query: ReportQuery): Promise<Status> => {
  const { entities, timeZone, now, sqlDir } = query;
  const { warehouse, tenantId } = deps;
  return {
    ...{ tenantId, timeZone, writtenAt: now },
    source: await readSourceState(deps),
    entities: await readProgress(warehouse, { entities, tenantId, now }),
    checks: await runChecks(deps, sqlDir),
  };
};

type Among = (row: Row) => boolean;

const compare = (kpi: Kpi, weeks: ChosenWeeks, source: WeekRows, among?: Among): Compared => ({
  now: numberOf(kpi, weeks.week, source, among),
  before: numberOf(kpi, weeks.before, source, among),
  yearAgo: numberOf(kpi, weeks.yearAgo, source, among),
});

const trendOf = (kpi: Kpi, weeks: ChosenWeeks, source: WeekRows, among?: Among) =>
  mondaysBetween(weeks.trendFrom, weeks.week)
    .filter((week) => addDays(week, 6) >= source.range.first)
    .map((week) => numberOf(kpi, week, source, among));

const latestOf = (kpi: Kpi, weeks: ChosenWeeks, source: WeekRows): KpiReport['latest'] => {
  const week = mondayOf(source.range.last);
  if (!kpi.records.isHistory || week <= weeks.week) return null;
  const number = numberOf(kpi, week, source);
  return number.amount === null ? null : { date: source.range.last, number };
};

const toKpiReport = (kpi: Kpi, weeks: ChosenWeeks, source: WeekRows): KpiReport => ({
  kpi,
  ...compare(kpi, weeks, source),
  trend: trendOf(kpi, weeks, source),
  latest: latestOf(kpi, weeks, source),
  regions: placesOf(kpi, source).map(({ region, units }) => {
    const isThere: Among = (row) => row.region === region;
    return {
      name: region,
      ...compare(kpi, weeks, source, isThere),
      trend: trendOf(kpi, weeks, source, isThere),
      units: units.map((unit) => ({
        name: unit,
        ...compare(kpi, weeks, source, (row) => isThere(row) && row.business_unit === unit),
      })),
    };
  }),
});

const readWeeks = async (
  deps: MartDeps,
  weeks: ChosenWeeks,
  range: DateRange,
): Promise<WeekRows> => {
  const first = weeks.trendFrom < weeks.yearAgo ? weeks.trendFrom : weeks.yearAgo;
  const dates = { first, last: range.last };
  const rows = await readKpis(deps, { grain: 'week', dates, places: null });
  return { rows, range, firstSnapshot: await readFirstSnapshot(deps) };
};

/**
 * What the page says: the KPIs of a week beside those of the week before and of the year before, and how far they can be
 * trusted.
 * @throws ConfigError when no full week lies within the dates asked for.
 */
export const readReport = async (deps: MartDeps, query: ReportQuery): Promise<Report> => {
  const range = await readRange(deps);
  const weeks = range === null ? null : chooseWeeks(query.wanted, range);
  const status = await readStatus(deps, query);
  if (range === null || weeks === null) return { status, range, weeks: null, kpis: [] };
  const source = await readWeeks(deps, weeks, range);
  return { status, range, weeks, kpis: kpis.map((kpi) => toKpiReport(kpi, weeks, source)) };
};
