import type { CheckReport } from '../pipeline/check.ts';
import type { Kpi } from '../pipeline/kpis/kpis.ts';
import type { DateRange } from '../pipeline/kpis/read-mart.ts';
import type { EntityProgress } from '../pipeline/progress.ts';
import type { SourceState } from '../pipeline/publish/read-source-state.ts';
import type { ChosenWeeks } from './choose-weeks.ts';
import type { WeekNumber } from './week-numbers.ts';

/** The week reported on, the week before, the same week a year ago. */
export type Compared = { now: WeekNumber; before: WeekNumber; yearAgo: WeekNumber };

/** A region or a unit of it. */
export type PlaceNumbers = Compared & { name: string; trend: WeekNumber[] };

export type RegionNumbers = PlaceNumbers & { units: (Compared & { name: string })[] };

export type KpiReport = Compared & {
  kpi: Kpi;
  /** Oldest first; the last is the week reported on. */
  trend: WeekNumber[];
  /** The latest snapshot, where the week has none but a later day does. */
  latest: { date: string; number: WeekNumber } | null;
  regions: RegionNumbers[];
};

/** How far the numbers can be trusted. */
export type Status = {
  tenantId: string;
  timeZone: string;
  /** UTC instant. */
  writtenAt: string;
  source: SourceState;
  entities: EntityProgress[];
  /** What the checks found; or why they could not run. */
  checks: CheckReport | { failure: string };
};

export type Report = {
  status: Status;
  /** The dates of the marts; null while they are empty. */
  range: DateRange | null;
  /** Null while no week is over. */
  weeks: ChosenWeeks | null;
  kpis: KpiReport[];
};
