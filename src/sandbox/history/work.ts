import { at, below, roll } from '../random.ts';
import type { AppointmentRow, EstimateRow, JobRow } from '../rows.ts';

import { day, hour, minute, withFraction } from '../ticks.ts';
import { nextSalt, takeShare } from '../world.ts';
import type { World } from '../world.ts';
import { addInvoices, invoiceWeight } from './billing.ts';
import { addPayments } from './payments.ts';
import { lastModified } from './calendar.ts';
import { addOrders } from './orders.ts';
import { addPay } from './pay.ts';

/** A job's part in the sharing-out of estimates. */
export function estimateWeight(job: JobRow): number {
  if (job.status !== 'Completed') return 0;
  if (job.kind === 'sales') return 1;
  return job.kind === 'paint' ? 0.03 : 0;
}

/** An estimate of a job, or of none. */
export function addEstimate(
  world: World,
  of: Pick<EstimateRow, 'job' | 'customer' | 'location'>,
  instant: number,
  subtotal: number,
  cap: number,
): EstimateRow {
  const salt = nextSalt(world);
  const created = Math.min(cap, withFraction(instant, salt, 1));
  const row: EstimateRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    job: of.job,
    customer: of.customer,
    location: of.location,
    status: 'Open',
    soldOn: NaN,
    subtotal,
  };
  row.active = below(salt, 2, 200) !== 0;
  world.tables.estimates.staged.push(row);
  of.job?.estimates.push(row);
  return row;
}

/** Marks an estimate sold at an instant. */
export function sell(estimate: EstimateRow, soldOn: number): void {
  estimate.status = 'Sold';
  estimate.soldOn = soldOn;
  estimate.modified = Math.max(estimate.modified, soldOn);
}

function addEstimates(world: World, job: JobRow, cap: number): void {
  const willSell = !Number.isNaN(job.soldAt);
  const count = takeShare(world.shares.estimates, estimateWeight(job), willSell ? 1 : 0);
  for (let index = 0; index < count; index++) {
    const factor = index === 0 ? 1 : 0.6 + roll(job.salt, 300 + index) * 0.8;
    const subtotal = Math.round(job.amount * (job.kind === 'paint' ? 0.1 : factor));
    const written = job.due - (5 + 4 * index) * minute;
    const row = addEstimate(
      world,
      { job, customer: job.customer, location: job.location },
      written,
      subtotal,
      cap,
    );
    if (job.kind === 'paint') sell(row, Math.min(cap, job.due));
    else if (index === 0 && job.soldAt <= cap) sell(row, job.soldAt);
    else dismissOld(row, job, cap);
  }
  if (willSell && job.soldAt > cap) world.selling.add(job);
}

function dismissOld(row: EstimateRow, job: JobRow, cap: number): void {
  const sold = job.soldAt <= cap;
  const dismissedAt = (sold ? job.soldAt : row.created) + 20 * day * (1 + roll(row.salt, 3));
  if (roll(row.salt, 4) > (sold ? 0.5 : 0.6) || dismissedAt > cap || job.soldAt > cap) return;
  row.status = 'Dismissed';
  row.modified = Math.max(row.modified, withFraction(dismissedAt, row.salt, 5));
}

function addTimesheet(world: World, appointment: AppointmentRow, cap: number): void {
  const salt = nextSalt(world);
  if (below(salt, 1, 14) === 0 || appointment.start > cap) return;
  const created = Math.min(cap, withFraction(appointment.start - 40 * minute, salt, 2));
  const row = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, Math.min(cap, appointment.end), cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    appointment,
    person: appointment.job.person,
  };
  row.active = below(salt, 3, 150) !== 0;
  world.tables.timesheets.staged.push(row);
}

function addCanceledLog(world: World, job: JobRow): void {
  const salt = nextSalt(world);
  world.tables.canceledLogs.staged.push({
    id: 1,
    order: -1,
    created: job.due,
    modified: Math.max(job.due, job.due),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    job,
  });
}

function joinProject(world: World, job: JobRow, cap: number): void {
  if (job.kind !== 'paint' || roll(job.salt, 310) > (job.unit.region === 4 ? 0.4 : 0.05)) return;
  const salt = nextSalt(world);
  const done = job.due + 10 * day < cap;
  const created = job.created + minute > cap ? job.created : job.created + minute;
  const project = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, done ? job.due : created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    jobs: job.source?.project === null && job.source.order < 0 ? [job, job.source] : [job],
    done,
  };
  project.active = below(salt, 8, 90) !== 0;
  for (const member of project.jobs) member.project = project;
  world.tables.projects.staged.push(project);
}

/** What follows from a new job at once: its project, invoices, and material on order. */
export function openJob(world: World, job: JobRow, cap: number): void {
  joinProject(world, job, cap);
  if (job.kind !== 'sales') addInvoices(world, job, invoiceWeight(job), cap);
  if (job.kind === 'paint') addOrders(world, job, cap);
}

/** What follows from a job that was completed or canceled by `cap`. */
export function closeJob(world: World, job: JobRow, cap: number): void {
  if (job.status === 'Canceled') {
    addCanceledLog(world, job);
    if (job.kind === 'sales') addInvoices(world, job, invoiceWeight(job), cap);
    return;
  }
  if (job.status !== 'Completed') return;
  for (const appointment of job.appointments) addTimesheet(world, appointment, cap);
  if (job.kind === 'sales') addInvoices(world, job, invoiceWeight(job), cap);
  addEstimates(world, job, cap);
  addPay(world, job, cap);
  addPayments(world, job, cap);
}

/** Estimates that belong to no job: the rest of the exact total. */
export function addLooseEstimates(world: World, count: number, from: number, cap: number): void {
  for (let index = 0; index < count; index++) {
    const salt = nextSalt(world);
    const location = at(
      at(world.locationsByRegion, 0),
      below(salt, 1, at(world.locationsByRegion, 0).length),
    );
    const instant = Math.min(
      cap,
      Math.max(location.created, from + roll(salt, 2) * (cap - from)) + hour,
    );
    const of = { job: null, customer: location.customer, location };
    const row = addEstimate(world, of, instant, below(salt, 3, 400_000), cap);
    if (below(salt, 4, 4) === 0) sell(row, row.created);
  }
}
