import { localDate } from './reference/dates.ts';
import {
  findBookings,
  findCompletions,
  findLeads,
  findOpportunities,
  findProduction,
} from './reference/facts.ts';
import { fillGrids } from './reference/grid.ts';
import { describeJobs } from './reference/jobs.ts';
import type { MartRow } from './reference/measure.ts';
import { findCollections } from './reference/payments.ts';
import { costRows, historyRows, recordRows } from './reference/record-rows.ts';
import type { Seeds, Tenant } from './reference/rows.ts';
import { takeSnapshot } from './reference/snapshots.ts';
import type { Snapshot } from './reference/snapshots.ts';
import { findUnits, listUnits } from './reference/units.ts';

/** What a build should have made of one tenant, and the snapshots as they stand after it. */
export type Expected = { marts: Record<string, MartRow[]>; snapshots: Snapshot[] };

/**
 * The definitions of the KPIs, computed from raw rows one record at a time: no join, no SQL, nothing fast. A row of a
 * mart is an object of its columns; every row has its tenant_id.
 */
export const computeKpis = (
  tenant: Tenant,
  seeds: Seeds,
  earlier: readonly Snapshot[] = [],
): Expected => {
  const buildDate = localDate(tenant.builtAt, tenant.timeZone);
  if (buildDate === undefined) throw new Error(`${tenant.builtAt} is no instant of a build`);
  const units = findUnits(tenant.rows, seeds);
  const listed = listUnits(units);
  const jobs = describeJobs(tenant, seeds, units);
  // The last build of a date wins, and other dates stay as they were.
  const others = earlier.filter(({ date }) => date !== buildDate);
  const snapshots = [...others, takeSnapshot(buildDate, { tenant, jobs, units, listed })];
  const facts = {
    leads: findLeads(jobs),
    bookings: findBookings(jobs, tenant),
    production: findProduction(jobs),
    collections: findCollections(tenant, jobs, units),
    completions: findCompletions(jobs),
    opportunities: findOpportunities(jobs, tenant),
    snapshots,
  };
  const grids = fillGrids(facts, listed, buildDate);
  const marts = {
    daily_kpis: grids.daily,
    weekly_kpis: grids.weekly,
    daily_kpis_by_region: grids.dailyByRegion,
    weekly_kpis_by_region: grids.weeklyByRegion,
    job_costs: costRows(jobs),
    ...recordRows(facts),
    ...historyRows(facts),
  };
  const named = Object.entries(marts).map(([table, rows]) => [
    table,
    rows.map((row): MartRow => ({ ...row, tenant_id: tenant.tenantId })),
  ]);
  return { marts: Object.fromEntries(named) as Expected['marts'], snapshots };
};
