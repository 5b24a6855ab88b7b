import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { addExact } from '../support/add-exact.ts';
import { parseExact, roundToNine } from '../support/exact-json.ts';
import { asText } from './client.ts';
import type { Json } from './client.ts';
import type { Row } from './report-client.ts';

/**
 * What reports have to say, worked out from the records as the API hands them out: their texts, not the sandbox's own
 * rows. Each report is a list of rows of texts.
 */
export type Books = {
  /** Every record: inactive ones still name others. */
  all: (entity: string) => Row[];
  active: (entity: string) => Row[];
  units: Map<unknown, Row>;
  jobs: Map<unknown, Row>;
  types: Map<unknown, Row>;
};

const byId = (rows: Row[]): Map<unknown, Row> => new Map(rows.map((row) => [row.id, row]));

export const openBooks = (sandbox: Sandbox): Books => {
  const all = (entity: string): Row[] =>
    [...sandbox.truth(entity, 'export')].map((text) => parseExact(text) as Row);
  return {
    all,
    active: (entity) => all(entity).filter(({ active }) => active !== false),
    units: byId(all('business-units')),
    jobs: byId(all('jobs')),
    types: byId(all('job-types')),
  };
};

export const exact = (value: Json | undefined): string => roundToNine(asText(value));

export const minus = (amount: string): string =>
  amount.startsWith('-') ? amount.slice(1) : amount === '0' ? '0' : `-${amount}`;

const idOf = (reference: Json | undefined): Json => (reference as Row | null)?.id ?? null;

const localDate = (instant: Json | undefined): string =>
  new Date(Date.parse(asText(instant)) - 7 * 3_600_000).toISOString().slice(0, 10);

const unitName = ({ units }: Books, id: unknown): string => asText(units.get(id)?.name);
const isSales = (name: string): boolean => / ?- ?Sales$/.test(name);
const isProduction = (name: string): boolean => / ?- ?Production$/.test(name);
const typeName = ({ types }: Books, { jobTypeId }: Row): string =>
  asText(types.get(jobTypeId)?.name);

/** Job number, day, unit. */
export const expectedLeads = (books: Books): string[][] => {
  const customers = byId(books.all('customers'));
  return books
    .active('jobs')
    .filter((job) => isSales(unitName(books, job.businessUnitId)))
    .filter((job) => /estimate/i.test(typeName(books, job)))
    .filter((job) => !/test/i.test(asText(customers.get(job.customerId)?.name)))
    .map((job) => [
      asText(job.jobNumber),
      localDate(job.createdOn),
      unitName(books, job.businessUnitId),
    ]);
};

/** Estimate, day, unit, amount as written. */
export const expectedSold = (books: Books): string[][] =>
  books.active('estimates').flatMap(({ id, jobId, status, soldOn, subtotal }) => {
    const job = books.jobs.get(jobId);
    if ((status as Row | null)?.name !== 'Sold' || soldOn === null || !job) return [];
    const unit = unitName(books, job.businessUnitId);
    return isSales(unit) ? [[asText(id), localDate(soldOn), unit, asText(subtotal)]] : [];
  });

/** Job number, day, unit. Every type that begins with "estimate", stray spaces or not, is on the list. */
export const expectedCompleted = (books: Books): string[][] =>
  books
    .active('jobs')
    .filter(({ jobStatus, completedOn }) => jobStatus === 'Completed' && completedOn !== null)
    .filter((job) => /^\s*estimate/i.test(typeName(books, job)))
    .filter((job) => isSales(unitName(books, job.businessUnitId)))
    .map((job) => [
      asText(job.jobNumber),
      localDate(job.completedOn),
      unitName(books, job.businessUnitId),
    ]);

const dateOfPayment = ({ date, createdOn }: Row): string => {
  if (date === null) return localDate(createdOn);
  return asText(date).endsWith('T00:00:00Z') ? asText(date).slice(0, 10) : localDate(date);
};

/** Payment, invoice or "null", day, unit, amount. */
export const expectedCollections = (books: Books): string[][] => {
  const invoices = byId(books.all('invoices'));
  const unitOf = (invoice: Row | undefined): unknown =>
    books.jobs.get(idOf(invoice?.job))?.businessUnitId ?? idOf(invoice?.businessUnit);
  return books.active('payments').flatMap((payment) => {
    const applied = ((payment.appliedTo ?? []) as Row[]).map((part) => ({
      invoice: part.appliedTo,
      unit: unitOf(invoices.get(part.appliedTo)),
      amount: exact(part.appliedAmount),
    }));
    const sum = addExact(applied.map(({ amount }) => amount));
    const amount = addExact([exact(payment.total), minus(sum)]);
    const rest = { invoice: null, unit: idOf(payment.businessUnit), amount };
    return (amount === '0' ? applied : [...applied, rest]).map((part) => [
      asText(payment.id),
      asText(part.invoice),
      dateOfPayment(payment),
      unitName(books, part.unit),
      part.amount,
    ]);
  });
};

type Sums = (id: unknown) => string;

const sumBy = (rows: Row[], key: (row: Row) => unknown, amount: (row: Row) => string): Sums => {
  const lists = new Map<unknown, string[]>();
  for (const row of rows) {
    const list = lists.get(key(row)) ?? [];
    list.push(roundToNine(amount(row)));
    lists.set(key(row), list);
  }
  return (id) => addExact(lists.get(id) ?? []);
};

const costOfItem = ({ totalCost, cost, quantity }: Row): string =>
  totalCost === null
    ? addExact(Array.from({ length: Number(quantity) }, () => exact(cost)))
    : asText(totalCost);

const sumsOf = (books: Books): Record<'revenue' | 'labor' | 'material' | 'returned', Sums> => {
  const invoices = books.active('invoices');
  const jobOfInvoice = new Map(invoices.map(({ id, job }) => [id, idOf(job)]));
  const jobOf = ({ jobId }: Row): Json | undefined => jobId;
  const notCanceled = ({ status }: Row): boolean => status !== 'Canceled';
  const isMaterial = ({ type }: Row): boolean => type === 'Material' || type === 'Equipment';
  const orders = books.all('purchase-orders').filter(notCanceled);
  const items = books.active('invoice-items').filter(isMaterial);
  const ordered = sumBy(orders, jobOf, ({ total }) => asText(total));
  const used = sumBy(items, ({ invoiceId }) => jobOfInvoice.get(invoiceId), costOfItem);
  const returns = books.active('returns').filter(notCanceled);
  return {
    revenue: sumBy(
      invoices,
      ({ job }) => idOf(job),
      ({ subTotal }) => asText(subTotal),
    ),
    labor: sumBy(books.active('payroll'), jobOf, ({ amount }) => asText(amount)),
    material: (id) => addExact([ordered(id), used(id)]),
    returned: sumBy(returns, jobOf, ({ returnAmount }) => asText(returnAmount)),
  };
};

const startsOf = (books: Books): Map<unknown, number> => {
  const starts = new Map<unknown, number>();
  for (const { jobId, start } of books.active('appointments')) {
    const instant = Date.parse(asText(start));
    starts.set(jobId, Math.min(instant, starts.get(jobId) ?? instant));
  }
  return starts;
};

/** Job number, day, unit, revenue, labour, material, returns, all costs. */
export const expectedCosting = (books: Books): string[][] => {
  const { revenue, labor, material, returned } = sumsOf(books);
  const starts = startsOf(books);
  return books
    .active('jobs')
    .flatMap(({ id, jobNumber, businessUnitId, completedOn, createdOn }) => {
      const unit = unitName(books, businessUnitId);
      if (!isProduction(unit)) return [];
      const first = starts.get(id);
      const start =
        first === undefined ? (completedOn ?? createdOn) : new Date(first).toISOString();
      const costs = addExact([labor(id), material(id), minus(returned(id))]);
      const amounts = [revenue(id), labor(id), material(id), returned(id), costs];
      return [[asText(jobNumber), localDate(start), unit, ...amounts]];
    });
};
