import { longCost, longMoneyNumber } from '../json-text.ts';
import type { JobRow } from '../rows.ts';
import type { Tables } from '../world.ts';
import { nanosOf, nanosOfCents } from './nanos.ts';
import { isHere } from './report.ts';

/** What a job brought and cost, in billionths. Returns are positive. */
export type JobCosts = { revenue: bigint; labor: bigint; material: bigint; returns: bigint };

type Book = (job: JobRow | null, amounts: Partial<JobCosts>) => void;

function addInvoices({ invoices }: Tables, book: Book): void {
  for (const row of invoices.rows) {
    if (isHere(row)) book(row.job, { revenue: nanosOfCents(row.subtotal) });
  }
}

/** The item's own record counts, not what its invoice still shows of it. */
function addItems({ invoiceItems }: Tables, book: Book): void {
  for (const row of invoiceItems.rows) {
    const isMaterial = row.type === 'Material' || row.type === 'Equipment';
    if (!isMaterial || !isHere(row) || !isHere(row.invoice)) continue;
    book(row.invoice.job, { material: nanosOfCents(row.cost * row.quantity) });
  }
}

const canceledReturn = 3;

function addOrders({ purchaseOrders, returns }: Tables, book: Book): void {
  for (const row of purchaseOrders.rows) {
    if (row.removed || row.status === 'Canceled') continue;
    book(row.job, { material: nanosOf(longMoneyNumber(row.total, row.salt)) });
  }
  for (const row of returns.rows) {
    if (!isHere(row) || row.status === canceledReturn) continue;
    book(row.purchaseOrder.job, { returns: nanosOf(longCost(row.amount, row.salt)) });
  }
}

function addPay({ payItems }: Tables, book: Book): void {
  for (const row of payItems.rows) {
    if (isHere(row)) book(row.job, { labor: nanosOf(longMoneyNumber(row.amount, row.salt)) });
  }
}

/** The books of these jobs, added up as their records show them. */
export function sumJobs(tables: Tables, jobs: readonly JobRow[]): Map<JobRow, JobCosts> {
  const sums = new Map<JobRow, JobCosts>(
    jobs.map((job) => [job, { revenue: 0n, labor: 0n, material: 0n, returns: 0n }]),
  );
  const book: Book = (job, amounts) => {
    const sum = job === null ? undefined : sums.get(job);
    if (sum === undefined) return;
    sum.revenue += amounts.revenue ?? 0n;
    sum.labor += amounts.labor ?? 0n;
    sum.material += amounts.material ?? 0n;
    sum.returns += amounts.returns ?? 0n;
  };
  addInvoices(tables, book);
  addItems(tables, book);
  addOrders(tables, book);
  addPay(tables, book);
  return sums;
}
