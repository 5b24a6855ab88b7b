import { mondayOf, yearAfter } from './dates.ts';
import type { DateText } from './dates.ts';
import { amountOf, sumOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import { unitOfInvoice } from './jobs.ts';
import type { Job } from './jobs.ts';
import { findById, fold, isActive } from './rows.ts';
import type { InvoiceRow, Tenant } from './rows.ts';
import type { Unit } from './units.ts';

export type FutureJob = { unit: Unit; amount: Nanos; jobId: number; startsOn: DateText };
export type OpenInvoice = { unit: Unit; amount: Nanos; invoiceId: number; locationId?: number };

/** What a build wrote down of one KPI for its date. */
export type Snapshot<Record> = {
  date: DateText;
  records: Record[];
  /** Per production unit of that day, 0 where there was nothing. */
  units: { unit: Unit; amount: Nanos }[];
};

/** All that the builds have written down so far. */
export type Snapshots = {
  futureBookings: readonly Snapshot<FutureJob>[];
  outstanding: readonly Snapshot<OpenInvoice>[];
};

export const noSnapshots: Snapshots = { futureBookings: [], outstanding: [] };

const findFutureJobs = (jobs: readonly Job[], date: DateText): FutureJob[] => {
  const from = mondayOf(date);
  const to = yearAfter(from);
  return jobs
    .filter(({ row }) => isActive(row) && fold(row.jobStatus) !== 'canceled')
    .filter(({ groups }) => !groups.includes('production_exclude'))
    .flatMap(({ row, unit, startsOn, revenue }) =>
      unit?.kind === 'PRODUCTION' && startsOn !== undefined && from <= startsOn && startsOn <= to
        ? [{ unit, jobId: row.id, startsOn, amount: revenue }]
        : [],
    );
};

/** The least that a location owes a unit to be listed: ten dollars. */
const netMin = amountOf('10');

/** A location is known by its id, else by the name nested in the invoice; without any name it is left out. */
const locationOf = (invoice: InvoiceRow, { rows }: Tenant): string | undefined => {
  const nested = (invoice.locationName ?? '').trim();
  const recorded = (findById(rows.locations, invoice.locationId)?.name ?? '').trim();
  if (nested === '' && recorded === '') return undefined;
  return invoice.locationId === undefined ? `name ${nested}` : `id ${invoice.locationId}`;
};

const findOpenInvoices = (
  tenant: Tenant,
  jobs: readonly Job[],
  units: ReadonlyMap<number, Unit>,
): OpenInvoice[] => {
  const nets = new Map<string, OpenInvoice[]>();
  for (const invoice of tenant.rows.invoices.filter(isActive)) {
    const unit = unitOfInvoice(invoice, jobs, units);
    const location = locationOf(invoice, tenant);
    if (unit?.kind !== 'PRODUCTION' || location === undefined) continue;
    const key = `${unit.name} ${location}`;
    const { id: invoiceId, locationId } = invoice;
    const open = { unit, invoiceId, amount: amountOf(invoice.balance) };
    const others = nets.get(key) ?? [];
    nets.set(key, [...others, locationId === undefined ? open : { ...open, locationId }]);
  }
  return [...nets.values()]
    .filter((invoices) => sumOf(invoices.map(({ amount }) => amount)) >= netMin)
    .flat()
    .filter(({ amount }) => amount !== 0n);
};

type From = {
  tenant: Tenant;
  jobs: readonly Job[];
  units: ReadonlyMap<number, Unit>;
  listed: readonly Unit[];
};

/** The snapshots with the date's own in the place of what the date had. */
const replace = <Record extends { unit: Unit; amount: Nanos }>(
  earlier: readonly Snapshot<Record>[],
  written: { date: DateText; records: Record[]; listed: readonly Unit[] },
): Snapshot<Record>[] => {
  const { date, records, listed } = written;
  const units = listed
    .filter(({ kind }) => kind === 'PRODUCTION')
    .map((unit) => {
      const ofUnit = records.filter((record) => record.unit.name === unit.name);
      return { unit, amount: sumOf(ofUnit.map(({ amount }) => amount)) };
    });
  return [...earlier.filter((other) => other.date !== date), { date, records, units }];
};

const hasLater = (earlier: readonly Snapshot<unknown>[], date: DateText): boolean =>
  earlier.some((other) => other.date > date && other.units.length > 0);

/**
 * The snapshots after a build of all models on the date. The last build of a date wins; a build that comes before a date
 * that has one writes none.
 */
export const takeSnapshots = (
  date: DateText,
  { tenant, jobs, units, listed }: From,
  earlier: Snapshots,
): Snapshots => {
  const { futureBookings, outstanding } = earlier;
  if (hasLater(futureBookings, date)) return earlier;
  const jobsAhead = findFutureJobs(jobs, date);
  const invoices = findOpenInvoices(tenant, jobs, units);
  return {
    futureBookings: replace(futureBookings, { date, listed, records: jobsAhead }),
    outstanding: replace(outstanding, { date, listed, records: invoices }),
  };
};
