import { nameOfCustomer } from '../families/people.ts';
import { centsText, idOf, plain, text } from '../json-text.ts';
import type { InvoiceRow, PaymentRow, UnitRow } from '../rows.ts';
import { dayOfDate, localDay, localDayText } from '../ticks.ts';
import { createReport, isHere, isInPeriod, isOfUnits } from './report.ts';

/** A part of a payment: what was applied to one invoice, or the rest that was applied to none. */
type Part = { payment: PaymentRow; invoice: InvoiceRow | null; unit: UnitRow; cents: number };

function dayOf({ date, created }: PaymentRow): number {
  return Number.isNaN(date) ? localDay(created) : dayOfDate(date);
}

/** An invoice's money is its job's unit's. */
const unitOf = (invoice: InvoiceRow): UnitRow => invoice.job?.unit ?? invoice.unit;

function partsOf(payment: PaymentRow): Part[] {
  const parts: Part[] = payment.applied.map(({ invoice, cents }) => ({
    payment,
    invoice,
    unit: unitOf(invoice),
    cents,
  }));
  const rest = parts.reduce((left, { cents }) => left - cents, payment.total);
  if (rest !== 0) parts.push({ payment, invoice: null, unit: payment.unit, cents: rest });
  return parts;
}

/** One row per application of a payment, refunds negative. */
export const collectionsReport = createReport<Part>({
  category: 'accounting',
  id: 1301,
  name: 'Collections',
  description: 'Payments by their date, split over the invoices they were applied to',
  columns: [
    {
      name: 'PaymentId',
      label: 'Payment ID',
      dataType: 'Number',
      text: ({ payment }) => String(payment.id),
    },
    {
      name: 'PaymentDate',
      label: 'Payment Date',
      dataType: 'Date',
      text: ({ payment }) => plain(localDayText(dayOf(payment))),
    },
    {
      name: 'CustomerName',
      label: 'Customer Name',
      dataType: 'String',
      text: ({ payment }) => text(nameOfCustomer(payment.customer)),
    },
    {
      name: 'InvoiceId',
      label: 'Invoice ID',
      dataType: 'Number',
      text: ({ invoice }) => idOf(invoice),
    },
    {
      name: 'BusinessUnit',
      label: 'Business Unit',
      dataType: 'String',
      text: ({ unit }) => text(unit.name),
    },
    { name: 'Amount', label: 'Amount', dataType: 'Number', text: ({ cents }) => centsText(cents) },
  ],
  select: ({ payments }, period) =>
    payments.rows
      .filter((payment) => isHere(payment) && isInPeriod(dayOf(payment), period))
      .flatMap(partsOf)
      .filter(({ unit }) => isOfUnits(unit, period)),
});
