import { balanceOf } from '../families/accounting.ts';
import { at, below, roll } from '../random.ts';
import type { InvoiceRow, JobRow, PaymentRow } from '../rows.ts';
import { touch } from '../table.ts';
import { calendarDate, day, hour, withFraction } from '../ticks.ts';
import { nextSalt, takeShare } from '../world.ts';
import type { World } from '../world.ts';
import { lastModified, within } from './calendar.ts';

/** A job's part in the sharing-out of payments. */
export function paymentWeight(job: JobRow): number {
  if (job.status !== 'Completed') return 0;
  if (job.kind === 'paint') return job.amount > 0 ? 1 : 0;
  return job.type.name.startsWith('Window') ? 0.7 : 0;
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

/** A deposit on one invoice, or the rest of all that a job has open; now and then an older debt is paid with it. */
function payJob(
  world: World,
  job: JobRow,
  invoice: InvoiceRow,
  isLast: boolean,
  instant: number,
  cap: number,
): PaymentRow {
  const salt = nextSalt(world);
  const open = job.invoices.filter((bill) => balanceOf(bill) > 0);
  const applied = isLast
    ? open.map((bill) => ({ invoice: bill, cents: balanceOf(bill) }))
    : [{ invoice, cents: Math.round(balanceOf(invoice) * 0.4) }];
  const other = world.lastInvoice;
  if (other !== null && other.unit !== invoice.unit) {
    applied.push({ invoice: other, cents: balanceOf(other) });
    world.lastInvoice = null;
  }
  const first = applied[0];
  if (isLast && first !== undefined && below(salt, 1, 25) === 0) {
    first.cents = Math.round(first.cents * 0.7);
    if (world.lastInvoice === null && below(salt, 2, 3) > 0) world.lastInvoice = first.invoice;
  }
  const more = below(salt, 3, 60) === 0 ? 5_000 : 0;
  const total = applied.reduce((sum, part) => sum + part.cents, more);
  const { customer, unit } = invoice;
  return addPayment(world, { customer, unit, total, applied, refundOf: null }, instant, cap);
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
  const billed = job.invoices.filter((invoice) => invoice.subtotal > 0);
  const count = takeShare(world.shares.payments, paymentWeight(job));
  let last = null as PaymentRow | null;
  for (let index = 0; index < count; index++) {
    const invoice = billed[index % Math.max(1, billed.length)];
    if (invoice === undefined) {
      world.shares.payments.given -= 1;
      continue;
    }
    const wait =
      (index * 6 + roll(job.salt, 360 + index) ** 3 * 40) * day + below(job.salt, 370, 9) * hour;
    const paidAt = within(job.due + wait, job.due, cap, job.salt + index);
    const settled = balanceOf(invoice) <= 0 || below(job.salt, 380, 20) === 0;
    if (last !== null && settled) last = refund(world, last, paidAt, cap);
    else last = payJob(world, job, invoice, index === count - 1, paidAt, cap);
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
