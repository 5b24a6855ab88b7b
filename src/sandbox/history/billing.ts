import { at, below, roll } from '../random.ts';
import type { InvoiceItemRow, InvoiceRow, JobRow, PaymentRow } from '../rows.ts';

import { calendarDate, day, hour, withFraction } from '../ticks.ts';
import { balanceOf } from '../families/accounting.ts';
import { splitCents } from '../families/estimates.ts';
import { nextSalt, takeShare } from '../world.ts';
import type { World } from '../world.ts';
import { touch } from '../table.ts';
import { lastModified, within } from './calendar.ts';
import { officeUnit } from './settings.ts';

/** A job's part in the sharing-out of invoices: painting is billed in stages. */
export function invoiceWeight(job: JobRow): number {
  if (job.status === 'Canceled') return 0.8;
  if (job.kind === 'sales') return job.status === 'Completed' ? 1 : 0;
  return job.kind === 'paint' ? 1.5 : 1;
}

/** A job's part in the sharing-out of payments. */
export function paymentWeight(job: JobRow): number {
  return job.kind === 'paint' && job.status === 'Completed' && job.amount > 0 ? 1 : 0;
}

/** What the customer owes for a job: nothing for warranties and most visits. */
function billOf(job: JobRow): number {
  const { salt } = job;
  if (job.status === 'Canceled') return below(salt, 320, 25) === 0 ? 9_900 : 0;
  if (job.kind === 'paint') return job.amount;
  if (job.kind === 'sales') return below(salt, 321, 40) === 0 ? 4_900 : 0;
  if (job.type.name.startsWith('Window')) return 20_000 + below(salt, 322, 40_000);
  return job.kind === 'touchup' && below(salt, 323, 15) === 0 ? 15_000 : 0;
}

function addItem(
  world: World,
  invoice: InvoiceRow,
  line: Pick<InvoiceItemRow, 'type' | 'quantity' | 'price' | 'cost'>,
): void {
  const salt = nextSalt(world);
  const row: InvoiceItemRow = {
    id: 1,
    order: -1,
    created: invoice.created,
    modified: Math.max(
      invoice.created,
      below(salt, 1, 9) === 0 ? invoice.modified : invoice.created,
    ),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    invoice,
    type: line.type,
    quantity: line.quantity,
    price: line.price,
    cost: line.cost,
  };
  invoice.items.push(row);
  world.tables.invoiceItems.staged.push(row);
}

/** Service lines that add up to the subtotal, and material that costs without being priced. */
export function addItems(world: World, invoice: InvoiceRow): void {
  const { salt, subtotal } = invoice;
  const paint = invoice.job !== null && invoice.job.kind !== 'sales';
  const count = subtotal === 0 ? below(salt, 330, 3) : 1 + below(salt, 331, 4);
  for (const price of count === 0 ? [] : splitCents(subtotal, count)) {
    addItem(world, invoice, { type: 'Service', quantity: 1, price, cost: 0 });
  }
  const materials = paint ? below(salt, 332, 3) : 0;
  for (let index = 0; index < materials; index++) {
    const type = below(salt, 333 + index, 9) === 0 ? 'Equipment' : 'Material';
    const cost = 900 + below(salt, 340 + index, 4_000);
    addItem(world, invoice, { type, quantity: 1 + below(salt, 350 + index, 6), price: 0, cost });
  }
}

type Bill = Pick<InvoiceRow, 'job' | 'unit' | 'customer' | 'location'>;

function addInvoice(
  world: World,
  bill: Bill,
  instant: number,
  date: number,
  subtotal: number,
  cap: number,
) {
  const salt = nextSalt(world);
  const created = Math.min(cap, withFraction(instant, salt, 1));
  const row: InvoiceRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    job: bill.job,
    unit: bill.unit,
    customer: bill.customer,
    location: bill.location,
    date: below(salt, 2, 12) === 0 ? date : calendarDate(date),
    subtotal,
    tax: subtotal > 0 && below(salt, 3, 9) === 0 ? Math.round(subtotal * 0.056) : 0,
    paid: 0,
    items: [],
  };
  row.active = below(salt, 4, 300) !== 0;
  addItems(world, row);
  world.tables.invoices.staged.push(row);
  bill.job?.invoices.push(row);
}

/** A job's invoices: made with the job, all but a stage or two of painting. */
export function addInvoices(world: World, job: JobRow, weight: number, cap: number): void {
  const count = takeShare(world.shares.invoices, weight);
  const bill: Bill = { job, unit: job.unit, customer: job.customer, location: job.location };
  const total = billOf(job);
  for (let index = 0; index < count; index++) {
    const share =
      count === 1
        ? total
        : index === 0
          ? Math.round(total * 0.4)
          : splitCents(total - Math.round(total * 0.4), count - 1)[index - 1];
    const instant = index === 0 ? job.created : Math.min(cap, job.created + index * 3 * day);
    addInvoice(
      world,
      bill,
      Math.max(instant, job.created),
      Math.min(cap, job.due),
      share ?? 0,
      cap,
    );
  }
}

/** Invoices of no job: the rest of the exact total. */
export function addLooseInvoices(world: World, count: number, from: number, cap: number): void {
  for (let index = 0; index < count; index++) {
    const salt = nextSalt(world);
    const region = below(salt, 1, 6);
    const known = at(world.locationsByRegion, region);
    const location = at(known.length > 0 ? known : at(world.locationsByRegion, 0), 0);
    const instant = Math.min(cap, Math.max(location.created, from + roll(salt, 2) * (cap - from)));
    const unit =
      below(salt, 3, 3) === 0 ? officeUnit(world) : at(world.tables.units.rows, region * 2 + 1);
    const bill = {
      job: null,
      unit,
      customer: location.customer,
      location: below(salt, 4, 6) === 0 ? null : location,
    };
    addInvoice(world, bill, instant, instant, 500 + below(salt, 5, 60_000), cap);
  }
}

/** A payment, refund included, that is applied as given. */
export function addPayment(
  world: World,
  of: Pick<PaymentRow, 'customer' | 'unit' | 'total' | 'applied' | 'refundOf'>,
  instant: number,
  cap: number,
): PaymentRow {
  const salt = nextSalt(world);
  const created = withFraction(Math.min(cap, instant), salt, 1);
  const form = below(salt, 2, 50);
  const row: PaymentRow = {
    id: 1,
    order: -1,
    created,
    modified: Math.max(created, lastModified(salt, created, cap)),
    feedAt: -1,
    salt,
    active: true,
    removed: false,
    customer: of.customer,
    unit: of.unit,
    total: of.total,
    applied: of.applied,
    refundOf: of.refundOf,
    date: form === 0 ? NaN : form < 4 ? created : calendarDate(created - below(salt, 3, 3) * day),
    type: at(world.tables.paymentTypes.rows, below(salt, 4, world.tables.paymentTypes.rows.length)),
  };
  row.active = below(salt, 5, 300) !== 0;
  for (const { invoice, cents } of row.applied) {
    invoice.paid += cents;
    touch(world.tables.invoices, invoice, created);
  }
  world.tables.payments.staged.push(row);
  return row;
}

function payInvoice(
  world: World,
  invoice: InvoiceRow,
  final: boolean,
  instant: number,
  cap: number,
) {
  const salt = nextSalt(world);
  const open = balanceOf(invoice);
  const cents = final
    ? below(salt, 1, 12) === 0
      ? Math.round(open * 0.9)
      : open
    : Math.round(open * 0.4);
  const applied = [{ invoice, cents }];
  const other = world.lastInvoice;
  if (
    other !== null &&
    other.unit !== invoice.unit &&
    balanceOf(other) > 0 &&
    below(salt, 2, 25) === 0
  ) {
    applied.push({ invoice: other, cents: balanceOf(other) });
  }
  const more = below(salt, 3, 60) === 0 ? 5_000 : 0;
  const total = applied.reduce((sum, part) => sum + part.cents, more);
  world.lastInvoice = invoice;
  return addPayment(
    world,
    { customer: invoice.customer, unit: invoice.unit, total, applied, refundOf: null },
    instant,
    cap,
  );
}

/** Gives a tenth of a payment back. */
export function refund(
  world: World,
  payment: PaymentRow,
  instant: number,
  cap: number,
): PaymentRow {
  const cents = -Math.max(1, Math.round(payment.total / 10));
  const applied = payment.applied.slice(0, 1).map(({ invoice }) => ({ invoice, cents }));
  const { customer, unit } = payment;
  return addPayment(
    world,
    { customer, unit, total: cents, applied, refundOf: payment },
    instant,
    cap,
  );
}

/** The payments of a finished job: deposits, rests and now and then a refund. */
export function addPayments(world: World, job: JobRow, cap: number): void {
  const count = takeShare(world.shares.payments, paymentWeight(job));
  let last: PaymentRow | null = null;
  for (let index = 0; index < count; index++) {
    const invoice = job.invoices[index % Math.max(1, job.invoices.length)];
    if (invoice === undefined) {
      world.shares.payments.given -= 1;
      continue;
    }
    const wait =
      (index * 6 + roll(job.salt, 360 + index) ** 3 * 40) * day + below(job.salt, 370, 9) * hour;
    const paidAt = within(job.due + wait, job.due, cap, job.salt + index);
    const settled = balanceOf(invoice) <= 0;
    if (last !== null && (settled || below(job.salt, 380, 20) === 0)) {
      last = refund(world, last, paidAt, cap);
    } else {
      last = payInvoice(world, invoice, index >= count - job.invoices.length, paidAt, cap);
    }
  }
}

/** Payments that are applied to nothing: the rest of the exact total. */
export function addLoosePayments(world: World, count: number, from: number, cap: number): void {
  for (let index = 0; index < count; index++) {
    const salt = nextSalt(world);
    const location = at(at(world.locationsByRegion, 0), 0);
    const instant = Math.max(location.created, from + roll(salt, 1) * (cap - from));
    const unit = at(world.tables.units.rows, below(salt, 2, 12));
    const total = 1_000 + below(salt, 3, 90_000);
    addPayment(
      world,
      { customer: location.customer, unit, total, applied: [], refundOf: null },
      instant,
      cap,
    );
  }
}
