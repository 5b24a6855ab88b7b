import type { DateText } from './dates.ts';
import { earliest, localDate } from './dates.ts';
import { amountOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import type { Job } from './jobs.ts';
import { fold, isActive } from './rows.ts';
import type { Tenant } from './rows.ts';
import type { Unit } from './units.ts';

/** One record that counts in a KPI, on its local date and under its unit. */
type Fact = { date: DateText; unit: Unit };

export type Lead = Fact & { jobId: number; customerId: number | undefined };
export type Booking = Fact & { estimateId: number; jobId: number; amount: Nanos };
export type Production = Fact & { jobId: number; revenue: Nanos; cost: Nanos; warranty: Nanos };
export type Completion = Fact & { jobId: number };
export type Opportunity = Fact & { jobId: number; isClosed: boolean };

type Kind = Unit['kind'];

/** The fact, if its unit is of the kind and its date is known. */
const place = <T>(job: Job, kind: Kind, date: DateText | undefined, rest: T): (Fact & T)[] =>
  job.unit?.kind === kind && date !== undefined ? [{ date, unit: job.unit, ...rest }] : [];

const activeOnes = (jobs: readonly Job[]): Job[] => jobs.filter(({ row }) => isActive(row));

/** Jobs of a type that has "estimate" in its name, unless the customer's name has "test" in it. */
export const findLeads = (jobs: readonly Job[]): Lead[] =>
  activeOnes(jobs)
    .filter(
      ({ typeName, customerName }) =>
        typeName.includes('estimate') && !customerName.includes('test'),
    )
    .flatMap((job) => {
      const { id, customerId } = job.row;
      return place(job, 'SALES', job.createdOn, { jobId: id, customerId });
    });

/** Sold estimates of known jobs, those of $0 too. */
export const findBookings = (jobs: readonly Job[], { rows, timeZone }: Tenant): Booking[] =>
  rows.estimates
    .filter((estimate) => isActive(estimate) && fold(estimate.statusName) === 'sold')
    .flatMap(({ id, jobId, soldOn, subtotal }) => {
      const job = jobs.find(({ row }) => row.id === jobId);
      if (job === undefined) return [];
      const rest = { estimateId: id, jobId: job.row.id, amount: amountOf(subtotal) };
      return place(job, 'SALES', localDate(soldOn, timeZone), rest);
    });

/** Jobs of production units in every status, those without revenue too. */
export const findProduction = (jobs: readonly Job[]): Production[] =>
  activeOnes(jobs).flatMap((job) => {
    const cost = job.totalCost;
    const warranty = job.groups.includes('warranty') ? cost : 0n;
    const rest = { jobId: job.row.id, revenue: job.revenue, cost, warranty };
    return place(job, 'PRODUCTION', job.startsOn, rest);
  });

/** Completed jobs of an estimate type, whether or not there is an estimate. */
export const findCompletions = (jobs: readonly Job[]): Completion[] =>
  activeOnes(jobs)
    .filter(({ row, groups }) => fold(row.jobStatus) === 'completed' && groups.includes('estimate'))
    .flatMap((job) => place(job, 'SALES', job.completedOn, { jobId: job.row.id }));

/** Jobs that could be sold: dated by their first sale, else by their completion. */
export const findOpportunities = (jobs: readonly Job[], { timeZone }: Tenant): Opportunity[] =>
  activeOnes(jobs)
    .filter(({ estimates, revenue }) => estimates.length > 0 || revenue !== 0n)
    .flatMap((job) => {
      const sold = job.estimates.filter(({ statusName }) => fold(statusName) === 'sold');
      const soldOn = localDate(earliest(sold.map((estimate) => estimate.soldOn)), timeZone);
      const rest = { jobId: job.row.id, isClosed: sold.length > 0 };
      return place(job, 'SALES', soldOn ?? job.completedOn, rest);
    });
