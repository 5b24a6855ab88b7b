import { addLooseInvoices } from '../history/billing.ts';
import { addLoosePayments } from '../history/payments.ts';
import { addJobs } from '../history/jobs.ts';
import { addAdjustments, addLoosePay } from '../history/pay.ts';
import { addLooseEstimates, closeJob, openJob, sell } from '../history/work.ts';
import type { JobRow } from '../rows.ts';
import { touch } from '../table.ts';
import { day } from '../ticks.ts';
import { nextSalt } from '../world.ts';
import type { World } from '../world.ts';
import { booksOpen } from '../history/calendar.ts';
import type { Span } from './span.ts';

/** New jobs at the company's latest pace, and a few records that belong to no job. */
export function addNewWork(world: World, span: Span): void {
  const { from, to, days } = span;
  const pace = (world.tables.jobs.rows.length / ((from - booksOpen) / day)) * 1.5;
  const count = Math.max(Math.ceil(days * 3), Math.round(pace * days));
  for (const job of addJobs(world, from, to, count)) {
    openJob(world, job, to);
    closeJob(world, job, to);
  }
  const few = Math.max(1, Math.round(count / 60));
  addLooseEstimates(world, few, from, to);
  addLooseInvoices(world, few, from, to);
  addLoosePayments(world, few, from, to);
  addLoosePay(world, few * 2, from, to);
  addAdjustments(world, few, from, to);
}

function finish(world: World, job: JobRow, to: number): void {
  const { tables } = world;
  job.status = 'Completed';
  job.showCompleted = true;
  touch(tables.jobs, job, job.due);
  for (const appointment of job.appointments) {
    appointment.done = true;
    touch(tables.appointments, appointment, job.due);
  }
  closeJob(world, job, to);
}

/** Jobs whose work ends in the span are completed, with all that follows. */
export function finishWork(world: World, { to }: Span): void {
  for (const job of world.pending) {
    if (job.due > to) continue;
    world.pending.delete(job);
    if (job.status !== 'Completed' && !job.removed) finish(world, job, to);
  }
}

/** Estimates that customers made up their minds about are sold. */
export function sellWaiting(world: World, { from, to }: Span): void {
  for (const job of world.selling) {
    if (job.soldAt > to) continue;
    world.selling.delete(job);
    const [estimate] = job.estimates;
    if (estimate === undefined || estimate.removed) continue;
    const soldOn = Math.max(job.soldAt, from);
    job.soldAt = soldOn;
    sell(estimate, soldOn);
    touch(world.tables.estimates, estimate, soldOn);
    touch(world.tables.jobs, job, soldOn);
  }
}

/** A scheduled job is called off. */
export function cancelJob(world: World, at: number, to: number): void {
  const [job] = world.pending;
  if (job === undefined) return;
  world.pending.delete(job);
  job.status = 'Canceled';
  job.due = Math.max(at, job.created);
  job.showCompleted = nextSalt(world) % 4 === 0;
  job.soldAt = NaN;
  touch(world.tables.jobs, job, at);
  for (const appointment of job.appointments) touch(world.tables.appointments, appointment, at);
  closeJob(world, job, to);
}
