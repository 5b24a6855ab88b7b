import { amountOf, multiply, sumOf } from './decimals.ts';
import type { Nanos } from './decimals.ts';
import { earliest, knownInstant, localDate } from './dates.ts';
import type { DateText } from './dates.ts';
import { findById, fold, isActive } from './rows.ts';
import type { EstimateRow, InvoiceItemRow, InvoiceRow, JobRow, Seeds, Tenant } from './rows.ts';
import type { Unit } from './units.ts';

/** What a job cost, each sum of its own. */
export type Costs = {
  labor: Nanos;
  purchaseOrders: Nanos;
  invoiceItems: Nanos;
  returned: Nanos;
};

/** A job with everything that the definitions ask about it. */
export type Job = {
  row: JobRow;
  /** The unit it counts under; none where its business unit is unmapped or left out. */
  unit: Unit | undefined;
  typeName: string;
  groups: string[];
  /** Empty where the customer is unknown or nameless. */
  customerName: string;
  /** Local dates. */
  createdOn: DateText | undefined;
  completedOn: DateText | undefined;
  startsOn: DateText | undefined;
  /** Active ones. */
  estimates: EstimateRow[];
  revenue: Nanos;
  costs: Costs;
  totalCost: Nanos;
};

const itemCost = ({ totalCost, cost, quantity }: InvoiceItemRow): Nanos =>
  totalCost === undefined ? multiply(amountOf(cost), amountOf(quantity)) : amountOf(totalCost);

const isCanceled = ({ status }: { status?: string }): boolean => fold(status) === 'canceled';

const costsOf = (id: number, invoices: readonly InvoiceRow[], { rows }: Tenant): Costs => {
  const ofJob = <T extends { jobId?: number; active?: boolean; _deleted?: boolean }>(
    all: readonly T[],
  ): T[] => all.filter((row) => row.jobId === id && isActive(row));
  const items = rows.invoice_items.filter(
    (item) =>
      isActive(item) &&
      findById(invoices, item.invoiceId) !== undefined &&
      ['material', 'equipment'].includes(fold(item.type)),
  );
  const orders = ofJob(rows.purchase_orders).filter((order) => !isCanceled(order));
  const returns = ofJob(rows.returns).filter((one) => !isCanceled(one));
  return {
    labor: sumOf(ofJob(rows.payroll).map(({ amount }) => amountOf(amount))),
    purchaseOrders: sumOf(orders.map(({ total }) => amountOf(total))),
    invoiceItems: sumOf(items.map(itemCost)),
    returned: sumOf(returns.map(({ returnAmount }) => amountOf(returnAmount))),
  };
};

/** The earliest appointment, whatever became of it; else the completion; else the creation. */
const startOf = ({ id, completedOn, createdOn }: JobRow, { rows }: Tenant): string | undefined =>
  earliest(
    rows.appointments.filter((one) => one.jobId === id && isActive(one)).map(({ start }) => start),
  ) ??
  knownInstant(completedOn) ??
  knownInstant(createdOn);

const groupsOf = (typeName: string, { jobTypeGroups }: Seeds): string[] =>
  jobTypeGroups.filter(({ name }) => fold(name) === typeName).map(({ group }) => group);

const describeJob = (
  row: JobRow,
  { tenant, seeds, units }: { tenant: Tenant; seeds: Seeds; units: ReadonlyMap<number, Unit> },
): Job => {
  const { rows, timeZone } = tenant;
  const typeName = fold(findById(rows.job_types, row.jobTypeId)?.name);
  const invoices = rows.invoices.filter((one) => one.jobId === row.id && isActive(one));
  const costs = costsOf(row.id, invoices, tenant);
  return {
    row,
    unit: row.businessUnitId === undefined ? undefined : units.get(row.businessUnitId),
    typeName,
    groups: groupsOf(typeName, seeds),
    customerName: fold(findById(rows.customers, row.customerId)?.name),
    createdOn: localDate(row.createdOn, timeZone),
    completedOn: localDate(row.completedOn, timeZone),
    startsOn: localDate(startOf(row, tenant), timeZone),
    estimates: rows.estimates.filter((one) => one.jobId === row.id && isActive(one)),
    revenue: sumOf(invoices.map(({ subTotal }) => amountOf(subTotal))),
    costs,
    totalCost: costs.labor + costs.purchaseOrders + costs.invoiceItems - costs.returned,
  };
};

/** Every job of the tenant, inactive ones too: they still give their unit to what names them. */
export const describeJobs = (
  tenant: Tenant,
  seeds: Seeds,
  units: ReadonlyMap<number, Unit>,
): Job[] => tenant.rows.jobs.map((row) => describeJob(row, { tenant, seeds, units }));

/** The unit of a record with a job: the job's. Without a known job: its own. */
export const unitOfInvoice = (
  { jobId, businessUnitId }: InvoiceRow,
  jobs: readonly Job[],
  units: ReadonlyMap<number, Unit>,
): Unit | undefined => {
  const job = jobs.find(({ row }) => row.id === jobId);
  if (job !== undefined) return job.unit;
  return businessUnitId === undefined ? undefined : units.get(businessUnitId);
};
