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
import { takeSnapshots } from './reference/snapshots.ts';
import type { Snapshots } from './reference/snapshots.ts';
import { findUnits, listUnits } from './reference/units.ts';

const describe = (tenant: Tenant, seeds: Seeds) => {
  const buildDate = localDate(tenant.builtAt, tenant.timeZone);
  if (buildDate === undefined) throw new Error(`${tenant.builtAt} is no instant of a build`);
  const units = findUnits(tenant.rows, seeds);
  const jobs = describeJobs(tenant, seeds, units);
  return { buildDate, units, listed: listUnits(units), jobs };
};

/** The snapshots after a build of all models. */
export const addSnapshots = (tenant: Tenant, seeds: Seeds, earlier: Snapshots): Snapshots => {
  const { buildDate, ...parts } = describe(tenant, seeds);
  return takeSnapshots(buildDate, { tenant, ...parts }, earlier);
};

/**
 * The definitions of the KPIs, computed from raw rows one record at a time: no join, no SQL, nothing fast. A row of a
 * mart is an object of its columns; every row has its tenant_id.
 * @param snapshots as they stand after the build.
 * @returns the tables of `st_mart` by name.
 */
export const computeKpis = (
  tenant: Tenant,
  seeds: Seeds,
  snapshots: Snapshots,
): Record<string, MartRow[]> => {
  const { buildDate, units, listed, jobs } = describe(tenant, seeds);
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
  const { tenantId: tenant_id } = tenant;
  return Object.fromEntries(
    Object.entries(marts).map(([table, rows]) => [
      table,
      rows.map((row) => ({ ...row, tenant_id })),
    ]),
  );
};
