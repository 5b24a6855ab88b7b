import { calendarDate, localDate } from './dates.ts';
import type { DateText } from './dates.ts';
import { amountOf, parseNanos, sumOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import { unitOfInvoice } from './jobs.ts';
import type { Job } from './jobs.ts';
import { findById, isActive } from './rows.ts';
import type { PaymentRow, Tenant } from './rows.ts';
import type { Unit } from './units.ts';

/** A part of a payment: applied to an invoice, or the rest that is applied to none. */
export type Collection = {
  date: DateText;
  /** None where the money reaches no unit. */
  unit: Unit | undefined;
  paymentId: number;
  invoiceId: number | undefined;
  isRest: boolean;
  amount: Nanos;
};

const splitPayment = (
  payment: PaymentRow,
  date: DateText,
  from: { tenant: Tenant; jobs: readonly Job[]; units: ReadonlyMap<number, Unit> },
): Collection[] => {
  const { jobs, units, tenant } = from;
  const { id: paymentId, businessUnitId, appliedTo = [] } = payment;
  const parts = appliedTo.flatMap((part): Collection[] => {
    const amount = parseNanos(part.appliedAmount ?? '');
    if (amount === undefined) return [];
    const invoice = findById(tenant.rows.invoices, part.appliedTo);
    const unit = invoice === undefined ? undefined : unitOfInvoice(invoice, jobs, units);
    return [{ date, unit, paymentId, invoiceId: part.appliedTo, isRest: false, amount }];
  });
  const own = businessUnitId === undefined ? undefined : units.get(businessUnitId);
  const rest = amountOf(payment.total) - sumOf(parts.map(({ amount }) => amount));
  return [
    ...parts,
    { date, unit: own, paymentId, invoiceId: undefined, isRest: true, amount: rest },
  ];
};

/** Where each payment's money goes. Refunds are payments with a negative total. */
export const findCollections = (
  tenant: Tenant,
  jobs: readonly Job[],
  units: ReadonlyMap<number, Unit>,
): Collection[] =>
  tenant.rows.payments.filter(isActive).flatMap((payment) => {
    const date =
      calendarDate(payment.date, tenant.timeZone) ?? localDate(payment.createdOn, tenant.timeZone);
    return date === undefined ? [] : splitPayment(payment, date, { tenant, jobs, units });
  });
