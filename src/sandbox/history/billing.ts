import { at, below, roll } from '../random.ts';
import type { InvoiceItemRow, InvoiceRow, JobRow } from '../rows.ts';

import { calendarDate, day, withFraction } from '../ticks.ts';
import { splitCents } from '../families/estimates.ts';
import { nextSalt, takeShare } from '../world.ts';
import type { World } from '../world.ts';
import { lastModified } from './calendar.ts';
import { officeUnit } from './settings.ts';

/** A job's part in the sharing-out of invoices: painting is billed in stages. */
export function invoiceWeight(job: JobRow): number {
  if (job.status === 'Canceled') return 0.8;
  if (job.kind === 'sales') return job.status === 'Completed' ? 1 : 0;
  return job.kind === 'paint' ? 1.5 : 1;
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
