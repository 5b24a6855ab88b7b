import { refund, addPayment } from '../history/payments.ts';
import { sell } from '../history/work.ts';
import { balanceOf } from '../families/accounting.ts';
import { at, below } from '../random.ts';
import type { EstimateRow, JobRow } from '../rows.ts';
import { remove, touch } from '../table.ts';
import type { World } from '../world.ts';
import type { Moment, Span } from './span.ts';
import { someRow } from './span.ts';

/** An estimate that has lain open, for years perhaps, is sold after all. */
export function sellLate(world: World, { salt, at }: Moment): void {
  const { estimates, jobs } = world.tables;
  const isOpen = (row: EstimateRow): row is EstimateRow & { job: JobRow } =>
    row.status === 'Open' && row.active && row.job?.kind === 'sales';
  const row = someRow(estimates, salt, isOpen);
  if (row === undefined) return;
  world.selling.delete(row.job);
  if (Number.isNaN(row.job.soldAt) || row.job.soldAt > at) row.job.soldAt = at;
  sell(row, at);
  touch(estimates, row, at);
  touch(jobs, row.job, at);
}

/** An open estimate is dismissed. */
export function dismiss(world: World, { salt, at }: Moment): void {
  const { estimates } = world.tables;
  const isOpen = ({ status, job }: EstimateRow) => status === 'Open' && job !== null;
  const row = someRow(estimates, salt, isOpen);
  if (row === undefined) return;
  row.status = 'Dismissed';
  if (row.job !== null) world.selling.delete(row.job);
  touch(estimates, row, at);
}

/** An old invoice gets another price: its item, itself and its job change. */
export function reprice(world: World, { salt, at: when }: Moment): void {
  const { invoices, invoiceItems, jobs } = world.tables;
  const invoice = someRow(invoices, salt, (row) => row.subtotal > 0 && row.items.length > 0);
  const item = invoice?.items[0];
  if (invoice === undefined || item === undefined) return;
  const cents = 1_001 + below(salt, 420, 50_000);
  item.price += cents;
  invoice.subtotal += cents * item.quantity;
  touch(invoiceItems, item, when);
  touch(invoices, invoice, when);
  if (invoice.job !== null) touch(jobs, invoice.job, when);
}

/**
 * The cost of an invoice item changes and its invoice stays as it was: only the export of items tells. Returns the
 * invoice's id.
 */
export function changeCost(world: World, { salt, at }: Moment): number | undefined {
  const { invoiceItems } = world.tables;
  const item = someRow(invoiceItems, salt, ({ type }) => type === 'Material');
  if (item === undefined) return undefined;
  item.nested ??= { cost: item.cost, modified: item.modified };
  item.cost += 1 + below(salt, 421, 900);
  touch(invoiceItems, item, at);
  return item.invoice.id;
}

/** An old payment is partly given back. */
export function giveBack(world: World, { salt, at }: Moment, { to }: Span): void {
  const payment = someRow(
    world.tables.payments,
    salt,
    (row) => row.total > 0 && row.refundOf === null,
  );
  if (payment !== undefined) refund(world, payment, at, to);
}

/** Somebody pays an old invoice. */
export function payOld(world: World, { salt, at }: Moment, { to }: Span): void {
  const invoice = someRow(world.tables.invoices, salt, (row) => row.active && balanceOf(row) > 0);
  if (invoice === undefined) return;
  const cents = balanceOf(invoice);
  const { customer, unit } = invoice;
  const applied = [{ invoice, cents }];
  addPayment(world, { customer, unit, total: cents, applied, refundOf: null }, at, to);
}

/** Money that lay unapplied goes to an invoice. */
export function applyRest(world: World, { salt, at: when }: Moment): void {
  const { payments, invoices } = world.tables;
  const payment = someRow(payments, salt, (row) => row.applied.length === 0 && row.total > 0);
  const invoice = someRow(invoices, salt, (row) => row.active && balanceOf(row) > 0);
  if (payment === undefined || invoice === undefined) return;
  const cents = Math.min(payment.total, balanceOf(invoice));
  payment.applied = [{ invoice, cents }];
  invoice.paid += cents;
  touch(payments, payment, when);
  touch(invoices, invoice, when);
}

/** A payroll is run again: items without id come back with other amounts, and one comes back no more. */
export function rerunPayroll(world: World, { salt, at: when }: Moment): void {
  const { payItems, periods } = world.tables;
  const item = someRow(payItems, salt, ({ id }) => id === 0);
  if (item === undefined) return;
  const items = payItems.rows.filter(
    ({ period, id, removed }) => period === item.period && id === 0 && !removed,
  );
  for (const [index, row] of items.entries()) {
    if (index === 0) {
      remove(payItems, row, when);
      continue;
    }
    row.amount += 1 + below(at(items, index).salt, 422, 500);
    touch(payItems, row, when);
  }
  item.period.status = 2;
  touch(periods, item.period, when);
}
