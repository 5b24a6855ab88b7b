import type { ServiceTitanEntity } from '../entity.ts';
import { jobs } from './jobs.ts';
import { appointments } from './appointments.ts';
import { projects } from './projects.ts';
import { jobTypes } from './job-types.ts';
import { jobCanceledLogs } from './job-canceled-logs.ts';
import { estimates } from './estimates.ts';
import { invoices } from './invoices.ts';
import { invoiceItems } from './invoice-items.ts';
import { payments } from './payments.ts';
import { paymentTypes } from './payment-types.ts';
import { inventoryBills } from './inventory-bills.ts';
import { payroll } from './payroll.ts';
import { payrollPeriods } from './payroll-periods.ts';
import { payrollAdjustments } from './payroll-adjustments.ts';
import { timesheets } from './timesheets.ts';
import { businessUnits } from './business-units.ts';
import { technicians } from './technicians.ts';
import { employees } from './employees.ts';
import { tagTypes } from './tag-types.ts';
import { campaigns } from './campaigns.ts';
import { customers } from './customers.ts';
import { locations } from './locations.ts';
import { purchaseOrders } from './purchase-orders.ts';
import { returns } from './returns.ts';

/** Every entity, in the order a backfill takes them. A new one is its file and a line here. */
export const entities: readonly ServiceTitanEntity[] = [
  jobs,
  appointments,
  projects,
  jobTypes,
  jobCanceledLogs,
  estimates,
  invoices,
  invoiceItems,
  payments,
  paymentTypes,
  inventoryBills,
  payroll,
  payrollPeriods,
  payrollAdjustments,
  timesheets,
  businessUnits,
  technicians,
  employees,
  tagTypes,
  campaigns,
  customers,
  locations,
  purchaseOrders,
  returns,
];
