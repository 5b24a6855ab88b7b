import { mondayOf, yearAfter } from './dates.ts';
import type { DateText } from './dates.ts';
import { amountOf, sumOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import { unitOfInvoice } from './jobs.ts';
import type { Job } from './jobs.ts';
import { findById, fold, isActive } from './rows.ts';
import type { InvoiceRow, Tenant } from './rows.ts';
import type { Unit } from './units.ts';

export type FutureJob = { unit: Unit; jobId: number; startsOn: DateText; amount: Nanos };
export type OpenInvoice = { unit: Unit; invoiceId: number; locationId?: number; amount: Nanos };

/** What one build wrote down for its date. */
export type Snapshot = {
  date: DateText;
  futureJobs: FutureJob[];
  openInvoices: OpenInvoice[];
  /** Per production unit of that day, 0 where there was nothing. */
  units: { unit: Unit; futureBookings: Nanos; outstanding: Nanos }[];
};

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

/** The snapshot that a build on the date writes. */
export const takeSnapshot = (
  date: DateText,
  from: { tenant: Tenant; jobs: readonly Job[]; units: ReadonlyMap<number, Unit>; listed: Unit[] },
): Snapshot => {
  const futureJobs = findFutureJobs(from.jobs, date);
  const openInvoices = findOpenInvoices(from.tenant, from.jobs, from.units);
  const totalOf = (all: readonly { unit: Unit; amount: Nanos }[], { name }: Unit): Nanos =>
    sumOf(all.filter(({ unit }) => unit.name === name).map(({ amount }) => amount));
  const units = from.listed
    .filter(({ kind }) => kind === 'PRODUCTION')
    .map((unit) => ({
      unit,
      futureBookings: totalOf(futureJobs, unit),
      outstanding: totalOf(openInvoices, unit),
    }));
  return { date, futureJobs, openInvoices, units };
};
