import { accountingTables } from './families/accounting.ts';
import { estimateTables } from './families/estimates.ts';
import { inventoryTables } from './families/inventory.ts';
import { jobTables } from './families/jobs.ts';
import { payrollTables } from './families/payroll.ts';
import { peopleTables } from './families/people.ts';
import { settingsTables } from './families/settings.ts';
import { addLooseInvoices, invoiceWeight } from './history/billing.ts';
import { addLoosePayments, paymentWeight } from './history/payments.ts';
import { booksOpen } from './history/calendar.ts';
import { addJobs } from './history/jobs.ts';
import { addAdjustments, addLoosePay, payWeight } from './history/pay.ts';
import { addOldCustomers, addPeople } from './history/people.ts';
import { addSettings } from './history/settings.ts';
import { addLooseEstimates, closeJob, estimateWeight, openJob } from './history/work.ts';
import type { JobRow, JobTypeRow, UnitRow } from './rows.ts';
import { createTable, seal } from './table.ts';
import type { Table } from './table.ts';
import { minute } from './ticks.ts';
import type { Tables, World } from './world.ts';

/** The reference company's volume since 2020: scale 1. */
export const volumes = {
  jobs: 161_332,
  estimates: 149_310,
  invoices: 172_777,
  payments: 55_459,
  payItems: 400_000,
  adjustments: 5_000,
  oldCustomers: 5_000,
};

/** The end of each span in which nothing happens, so that the export lag hides nothing. */
export const quietTime = 20 * minute;

function createTables(): Tables {
  return {
    units: createTable<UnitRow>(settingsTables.units, 301),
    jobTypes: createTable<JobTypeRow>(settingsTables.jobTypes, 501),
    tagTypes: createTable(settingsTables.tagTypes, 4000),
    campaigns: createTable(settingsTables.campaigns, 801),
    paymentTypes: createTable(settingsTables.paymentTypes, 3000),
    technicians: createTable(peopleTables.technicians, 150_001),
    employees: createTable(peopleTables.employees, 120_000),
    customers: createTable(peopleTables.customers, 10_000_001),
    locations: createTable(peopleTables.locations, 20_000_003),
    jobs: createTable(jobTables.jobs, 30_000_007),
    appointments: createTable(jobTables.appointments, 40_000_011),
    projects: createTable(jobTables.projects, 50_000_017),
    canceledLogs: createTable(jobTables.canceledLogs, 55_000_003),
    timesheets: createTable(jobTables.timesheets, 60_000_001),
    estimates: createTable(estimateTables.estimates, 70_000_027),
    invoices: createTable(accountingTables.invoices, 80_000_023),
    invoiceItems: createTable(accountingTables.invoiceItems, 90_000_049),
    payments: createTable(accountingTables.payments, 100_000_007),
    payItems: createTable(payrollTables.payItems, 110_000_017),
    periods: createTable(payrollTables.periods, 120_000_011),
    adjustments: createTable(payrollTables.adjustments, 130_000_003),
    purchaseOrders: createTable(inventoryTables.purchaseOrders, 140_000_033),
    returns: createTable(inventoryTables.returns, 150_000_019),
    bills: createTable(inventoryTables.bills, 160_000_003),
  };
}

/** The rest of an exact total that belongs to no job: at least this share of it. */
const looseShare = 0.004;

function createWorld(seed: number, scale: number): World {
  const share = () => ({ perWeight: 0, earned: 0, given: 0 });
  const seats = (most: number) => Math.max(2, Math.round(most * Math.sqrt(scale)));
  const perRegion = <T>(): T[][] => Array.from({ length: 6 }, () => []);
  return {
    seed,
    scale,
    tables: createTables(),
    made: 0,
    seats: { field: Math.min(60, seats(46)), office: Math.min(20, seats(9)) },
    shares: { estimates: share(), invoices: share(), payments: share(), payItems: share() },
    pending: new Set(),
    selling: new Set(),
    sold: perRegion(),
    painted: perRegion(),
    locationsByRegion: perRegion(),
    periods: new Map(),
    lastInvoice: null,
  };
}

const weights = {
  estimates: estimateWeight,
  invoices: invoiceWeight,
  payments: paymentWeight,
  payItems: payWeight,
} satisfies Record<keyof World['shares'], (job: JobRow) => number>;

function setShares(world: World, jobs: readonly JobRow[]): void {
  for (const name of Object.keys(weights) as (keyof typeof weights)[]) {
    const weightOf = weights[name];
    const total = jobs.reduce((sum, job) => sum + weightOf(job), 0);
    const rest = name === 'payItems' ? 0.05 : looseShare;
    world.shares[name].perWeight = (volumes[name] * world.scale * (1 - rest)) / Math.max(1, total);
  }
}

function addRest(world: World, cap: number): void {
  const rest = (name: keyof World['shares'], table: { staged: readonly unknown[] }) =>
    Math.max(0, Math.round(volumes[name] * world.scale) - table.staged.length);
  const { tables } = world;
  addLooseEstimates(world, rest('estimates', tables.estimates), booksOpen, cap);
  addLooseInvoices(world, rest('invoices', tables.invoices), booksOpen, cap);
  addLoosePayments(world, rest('payments', tables.payments), booksOpen, cap);
  addLoosePay(world, rest('payItems', tables.payItems), booksOpen, cap);
}

/** Writes everything that was staged and touched into the tables and their feeds. */
export function sealAll(world: World, notBefore = -Infinity): void {
  for (const table of allTables(world)) seal(table, notBefore);
}

/** The tables as a list. */
export function allTables(world: World): Table[] {
  return Object.values(world.tables);
}

/** The invented company from 2020 to an instant: the same for the same seed, scale and instant. */
export function createCompany(options: { seed: number; scale: number; now: number }): World {
  const { seed, scale } = options;
  const cap = Math.floor((options.now - quietTime) / minute) * minute;
  const world = createWorld(seed, scale);
  addSettings(world);
  addPeople(world, cap);
  addOldCustomers(world, Math.max(6, Math.round(volumes.oldCustomers * scale)), cap);
  const jobs = addJobs(world, booksOpen, cap, Math.max(1, Math.round(volumes.jobs * scale)));
  setShares(world, jobs);
  for (const job of jobs) {
    openJob(world, job, cap);
    closeJob(world, job, cap);
  }
  addRest(world, cap);
  sealAll(world);
  addAdjustments(world, Math.max(3, Math.round(volumes.adjustments * scale)), booksOpen, cap);
  seal(world.tables.adjustments);
  return world;
}
