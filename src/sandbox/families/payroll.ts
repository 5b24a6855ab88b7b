import * as json from '../json-text.ts';
import { at, below, roll } from '../random.ts';
import type { AdjustmentRow, PayItemRow, PeriodRow, PersonRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { calendarDate, hour } from '../ticks.ts';
import { regions, streetName, zipCode } from '../words.ts';
import { jobNumber } from './jobs.ts';
import { nameOfCustomer, nameOfLocation } from './people.ts';

const employeeType = (person: PersonRow): string => (person.technician ? 'Technician' : 'Employee');

const itemTypes = [
  'TimesheetTime',
  'InvoiceRelatedBonus',
  'CustomBonus',
  'Salary',
  'Reimbursement',
] as const;

function renderJobPart(row: PayItemRow): string {
  const { job, salt } = row;
  if (job === null) {
    return (
      `"jobId":0,"jobNumber":null,"jobTypeName":null,"projectNumber":null,"projectId":null,"invoiceId":null,"invoiceNumber":null,"invoiceItemId":null,` +
      `"customerId":null,"customerName":null,"locationId":null,"locationName":null,"locationAddress":null,"locationZip":null`
    );
  }
  const invoice = row.type === 1 ? job.invoices[0] : undefined;
  const region = at(regions, job.customer.region);
  return (
    `"jobId":${job.id},"jobNumber":"${jobNumber(job)}","jobTypeName":${json.text(job.type.name)},"projectNumber":null,"projectId":${json.idOf(job.project)},` +
    `"invoiceId":${json.idOf(invoice)},"invoiceNumber":${invoice === undefined ? 'null' : `"${invoice.id}"`},"invoiceItemId":${json.idOf(below(salt, 1, 2) === 0 ? null : invoice?.items[0])},` +
    `"customerId":${job.customer.id},"customerName":${json.text(nameOfCustomer(job.customer))},"locationId":${job.location.id},"locationName":${json.text(nameOfLocation(job.location))},` +
    `"locationAddress":"${streetName(job.location.salt)}","locationZip":"${zipCode(job.location.salt, region)}"`
  );
}

function renderPayItem(row: PayItemRow, feed: boolean): string {
  const { salt, period } = row;
  const timed = row.type === 0;
  const start = timed ? row.date + (14 + below(salt, 2, 6)) * hour : NaN;
  const hours = 1 + below(salt, 3, 8);
  const adjustment = below(salt, 4, 30) === 0 ? `-${below(salt, 5, 40)}.250` : 'null';
  const paidTime = timed
    ? json.looseEnum(salt, 6, ['Regular', 'Overtime'], below(salt, 7, 9) === 0 ? 1 : 0)
    : 'null';
  const unit = row.job === null ? 'null' : json.text(row.job.unit.name);
  return (
    `{"id":${row.id === 0 ? 'null' : row.id},"employeeId":${period.person.id},"employeeType":"${employeeType(period.person)}","businessUnitName":${unit},` +
    `"payrollId":${period.id},"employeePayrollId":${below(salt, 8, 2) === 0 ? 'null' : `"P-${period.person.order}"`},"date":${json.instant(row.date)},` +
    `"activity":"${timed ? 'Working' : 'Bonus'}","activityCodeId":${below(salt, 9, 3) === 0 ? 'null' : '12'},"activityCode":null,"amount":${json.longMoneyNumber(row.amount, salt)},` +
    `"amountAdjustment":${adjustment},"payoutBusinessUnitName":null,"grossPayItemType":"${itemTypes[row.type] ?? 'CustomBonus'}","startedOn":${json.instant(start)},` +
    `"endedOn":${json.instant(start + hours * hour)},"paidDurationHours":${timed ? `${hours}.${below(salt, 10, 100)}` : 'null'},"paidTimeType":${paidTime},` +
    `"sourceEntityId":${below(salt, 11, 4) === 0 ? 'null' : 6_000_000 + below(salt, 12, 500_000)},${renderJobPart(row)},"zoneName":null,"taxZoneName":null,` +
    `"laborTypeId":null,"laborTypeCode":null,"budgetCodeId":null,"isPrevailingWageJob":${below(salt, 13, 2) === 0 ? 'null' : 'false'},"memo":${json.note(salt, 14)},` +
    `"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)}${feed ? `,"active":${row.active}` : ''}${json.close(salt)}`
  );
}

const periodStatuses = ['Pending', 'Expired', 'Approved', 'Paid', 'Locked'] as const;

function renderPeriod(row: PeriodRow): string {
  const burden = below(row.salt, 1, 3) === 0 ? 'null' : `0.${10 + below(row.salt, 2, 20)}00`;
  const approved = row.status >= 2 ? row.modified : NaN;
  return (
    `{"id":${row.id},"employeeId":${row.person.id},"employeeType":"${employeeType(row.person)}","startedOn":${json.instant(row.from)},"createdOn":${json.instant(row.created)},` +
    `"modifiedOn":${json.instant(row.modified)},"active":${row.active},"endedOn":${json.instant(row.to)},"status":"${periodStatuses[row.status] ?? 'Paid'}",` +
    `"burdenRate":${burden},"managerApprovedOn":${json.instant(approved)}${json.close(row.salt)}`
  );
}

const adjustmentTypes = ['Direct', 'CommissionBased', 'Labor', 'Advance'];

function renderAdjustment(row: AdjustmentRow): string {
  const { salt } = row;
  const labor = roll(salt, 1) < 0.3;
  return (
    `{"id":${row.id},"employeeType":"${employeeType(row.person)}","employeeId":${row.person.id},"postedOn":${json.instant(calendarDate(row.created))},` +
    `"amount":${json.longMoneyNumber(row.amount, salt)},"memo":${json.note(salt, 2)},"activityCodeId":null,"invoiceId":${json.idOf(row.invoice)},` +
    `"hours":${labor ? '1.5000000000' : 'null'},"rate":${labor ? '22.50' : 'null'},"quantity":null,"type":${json.looseEnum(salt, 3, adjustmentTypes, below(salt, 4, 4))},` +
    `"createdOn":${json.instant(row.created)},"modifiedOn":${json.instant(row.modified)},"active":${row.active}${json.close(salt)}`
  );
}

/** Pay items, payrolls and adjustments. */
export const payrollTables = {
  payItems: {
    name: 'payroll',
    render: renderPayItem,
    filters: {
      payrollIds: { kind: 'ids', of: (row) => row.period.id },
      employeeId: { kind: 'ids', of: (row) => row.period.person.id },
      employeeType: { kind: 'text', of: (row) => employeeType(row.period.person) },
      dateOnOrAfter: { kind: 'instant', date: 'date', test: 'atOrAfter', of: (row) => row.date },
      dateOnOrBefore: { kind: 'instant', date: 'date', test: 'atOrBefore', of: (row) => row.date },
    },
  },
  periods: {
    name: 'payroll-periods',
    render: renderPeriod,
    filters: {
      employeeType: { kind: 'text', of: (row) => employeeType(row.person) },
      status: { kind: 'text', of: (row) => periodStatuses[row.status] ?? 'Paid' },
      startedOnOrAfter: { kind: 'instant', date: 'from', test: 'atOrAfter', of: (row) => row.from },
      endedOnOrBefore: { kind: 'instant', date: 'to', test: 'atOrBefore', of: (row) => row.to },
    },
  },
  adjustments: {
    name: 'payroll-adjustments',
    render: renderAdjustment,
    filters: {
      employeeIds: { kind: 'ids', of: (row) => row.person.id },
      postedOnOrAfter: {
        kind: 'instant',
        date: 'postedOn',
        test: 'atOrAfter',
        of: (row) => calendarDate(row.created),
      },
      postedOnOrBefore: {
        kind: 'instant',
        date: 'postedOn',
        test: 'atOrBefore',
        of: (row) => calendarDate(row.created),
      },
    },
  },
} satisfies {
  payItems: TableDefinition<PayItemRow>;
  periods: TableDefinition<PeriodRow>;
  adjustments: TableDefinition<AdjustmentRow>;
};
