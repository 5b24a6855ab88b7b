import { formatNanos } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import type { DateText } from './dates.ts';
import type { Job } from './jobs.ts';
import type { Facts, MartRow } from './measure.ts';
import type { Collection } from './payments.ts';
import { isActive } from './rows.ts';
import type { Snapshot } from './snapshots.ts';
import { noUnit } from './units.ts';
import type { Unit } from './units.ts';

const place = ({ date, unit }: { date: DateText; unit: Unit | undefined }): MartRow => ({
  event_date: date,
  business_unit: unit?.name ?? noUnit,
  region: unit?.region ?? noUnit,
});

/** Parts of one payment that went to one invoice stand in one row; those of 0 may be left out. */
const collectedRows = (collections: readonly Collection[]): MartRow[] => {
  const sums = new Map<string, { row: MartRow; amount: Nanos }>();
  for (const part of collections) {
    const invoiceId = part.isRest ? null : (part.invoiceId ?? null);
    const row = { ...place(part), payment_id: part.paymentId, invoice_id: invoiceId };
    const key = JSON.stringify(row);
    sums.set(key, { row, amount: (sums.get(key)?.amount ?? 0n) + part.amount });
  }
  return [...sums.values()]
    .filter(({ amount }) => amount !== 0n)
    .map(({ row, amount }) => ({ ...row, dollars_collected: formatNanos(amount) }));
};

/** The tables of one row per record that counts. */
export const recordRows = (facts: Facts): Record<string, MartRow[]> => ({
  lead_jobs: facts.leads.map((lead) => ({
    ...place(lead),
    job_id: lead.jobId,
    customer_id: lead.customerId ?? null,
    lead_count: 1,
  })),
  booked_estimates: facts.bookings.map((booking) => ({
    ...place(booking),
    estimate_id: booking.estimateId,
    job_id: booking.jobId,
    total_booked: formatNanos(booking.amount),
  })),
  produced_jobs: facts.production.map((job) => ({
    ...place(job),
    job_id: job.jobId,
    dollars_produced: formatNanos(job.revenue),
    production_cost: formatNanos(job.cost),
    warranty_cost: formatNanos(job.warranty),
  })),
  collected_payments: collectedRows(facts.collections),
  completed_estimates: facts.completions.map((job) => ({
    ...place(job),
    job_id: job.jobId,
    num_estimates: 1,
  })),
  sales_opportunities: facts.opportunities.map((job) => ({
    ...place(job),
    job_id: job.jobId,
    sales_opportunities: 1,
    closed_opportunities: job.isClosed ? 1 : 0,
  })),
});

const unitRows = (snapshots: readonly Snapshot<unknown>[], column: string): MartRow[] =>
  snapshots.flatMap(({ date, units }) =>
    units.map(({ unit, amount }) => ({
      event_date: date,
      business_unit: unit.name,
      [column]: formatNanos(amount),
    })),
  );

/** The tables that keep what each build wrote. */
export const historyRows = ({ snapshots }: Facts): Record<string, MartRow[]> => ({
  future_booking_jobs: snapshots.futureBookings.flatMap(({ date, records }) =>
    records.map(({ unit, jobId, startsOn, amount }) => ({
      ...place({ date, unit }),
      job_id: jobId,
      job_start_date: startsOn,
      future_bookings: formatNanos(amount),
    })),
  ),
  outstanding_invoices: snapshots.outstanding.flatMap(({ date, records }) =>
    records.map(({ unit, invoiceId, locationId, amount }) => ({
      ...place({ date, unit }),
      invoice_id: invoiceId,
      location_id: locationId ?? null,
      outstanding_ar: formatNanos(amount),
    })),
  ),
  kpi_future_bookings: unitRows(snapshots.futureBookings, 'future_bookings'),
  kpi_outstanding_ar: unitRows(snapshots.outstanding, 'outstanding_ar'),
});

/** Revenue and cost of every active job, of a unit or not. */
export const costRows = (jobs: readonly Job[]): MartRow[] =>
  jobs
    .filter(({ row }) => isActive(row))
    .map(({ row, unit, startsOn, revenue, costs, totalCost }) => ({
      job_id: row.id,
      event_date: startsOn ?? null,
      business_unit: unit?.name ?? null,
      unit_kind: unit?.kind ?? null,
      region: unit?.region ?? null,
      revenue: formatNanos(revenue),
      labor_cost: formatNanos(costs.labor),
      purchase_order_cost: formatNanos(costs.purchaseOrders),
      invoice_item_cost: formatNanos(costs.invoiceItems),
      return_credit: formatNanos(costs.returned),
      total_cost: formatNanos(totalCost),
    }));
