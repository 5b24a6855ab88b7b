/** A column of the list that `explain` prints. An id is a number that is a name, not an amount. */
export type DetailColumn = {
  name: string;
  /** Of `records` (the record table), `tenants` and the joined tables. */
  sql: string;
  holds: 'text' | 'id' | 'count' | 'money';
};

/** A table of the marts of which one row is one record that counts in a KPI. */
export type RecordTable = {
  table: string;
  /** What one row is; the plural ends in s. */
  record: 'job' | 'estimate' | 'payment' | 'invoice';
  /** The column that names the record. */
  id: string;
  /** Keeps the records of each snapshot; the other tables are made anew by each build. */
  isHistory: boolean;
  details: readonly DetailColumn[];
  joins: string;
};

/** What the tenant's clocks showed, to the minute: `2024-03-18 18:02`. */
const localMinute = (instant: string): string =>
  `substr(cast(datetime(${instant}, tenants.timeZone) as string), 1, 16)`;

const id = (name: string, sql = `records.${name}`): DetailColumn => ({ name, sql, holds: 'id' });
const text = (name: string, sql: string): DetailColumn => ({ name, sql, holds: 'text' });
const count = (name: string, sql = `records.${name}`): DetailColumn => ({
  ...{ name, sql },
  holds: 'count',
});
const money = (name: string, sql = `records.${name}`): DetailColumn => ({
  ...{ name, sql },
  holds: 'money',
});

const jobDetails = [
  text('job_number', 'jobs.jobNumber'),
  text('job_type', 'jobs.jobTypeName'),
  text('job_status', 'jobs.jobStatus'),
] as const;

const joinJobs = (jobId = 'records.job_id'): string => `
  left join st_dim.dim_jobs as jobs
    on jobs.tenant_id = records.tenant_id and jobs.jobId = ${jobId}`;

const joinInvoices = `
  left join st_dim.dim_invoices as invoices
    on invoices.tenant_id = records.tenant_id and invoices.invoiceId = records.invoice_id
  ${joinJobs('invoices.jobId')}`;

const isActiveEstimate = 'not _deleted and coalesce(active, true)';

/** One row a job: how many estimates it has, and the one that closed it: the first that was sold. */
const joinEstimates = `
  left join (
    select tenant_id, jobId, count(*) as estimates
    from st_raw.raw_estimates
    where ${isActiveEstimate}
    group by tenant_id, jobId
  ) as counted
    on counted.tenant_id = records.tenant_id and counted.jobId = records.job_id
  left join (
    select
      tenant_id,
      jobId,
      id,
      if(soldOn >= timestamp '2000-01-01 00:00:00+00', soldOn, null) as soldOn
    from st_raw.raw_estimates
    where ${isActiveEstimate} and lower(trim(statusName)) = 'sold'
    qualify
      row_number() over (
        partition by tenant_id, jobId
        order by coalesce(soldOn < timestamp '2000-01-01 00:00:00+00', true), soldOn, id
      ) = 1
  ) as sold
    on sold.tenant_id = records.tenant_id and sold.jobId = records.job_id`;

/** A calendar date is midnight in UTC and is not shifted. */
const invoiceDate = `
  cast(
    cast(
      datetime(
        invoices.invoiceDate,
        if(
          cast(datetime(invoices.invoiceDate, 'UTC') as time) = time '00:00:00',
          'UTC',
          tenants.timeZone
        )
      ) as date
    ) as string
  )`;

/** The record tables. Their details name jobs, invoices and locations, never a person. */
export const recordTables = {
  leadJobs: {
    table: 'st_mart.lead_jobs',
    record: 'job',
    id: 'job_id',
    isHistory: false,
    details: [
      id('job_id'),
      ...jobDetails,
      text('created_at', localMinute('jobs.createdOn')),
      id('customer_id'),
      count('lead_count'),
    ],
    joins: joinJobs(),
  },
  bookedEstimates: {
    table: 'st_mart.booked_estimates',
    record: 'estimate',
    id: 'estimate_id',
    isHistory: false,
    details: [
      id('estimate_id'),
      text('sold_at', localMinute('estimates.soldOn')),
      id('job_id'),
      ...jobDetails,
      money('total_booked'),
    ],
    joins: `
  left join st_raw.raw_estimates as estimates
    on estimates.tenant_id = records.tenant_id and estimates.id = records.estimate_id
  ${joinJobs()}`,
  },
  producedJobs: {
    table: 'st_mart.produced_jobs',
    record: 'job',
    id: 'job_id',
    isHistory: false,
    details: [
      id('job_id'),
      ...jobDetails,
      text('started_at', localMinute('jobs.jobStart')),
      money('dollars_produced'),
      money('labor_cost', 'costs.labor_cost'),
      money('purchase_order_cost', 'costs.purchase_order_cost'),
      money('invoice_item_cost', 'costs.invoice_item_cost'),
      money('return_credit', 'costs.return_credit'),
      money('production_cost'),
      money('warranty_cost'),
    ],
    joins: `
  left join st_mart.job_costs as costs
    on costs.tenant_id = records.tenant_id and costs.job_id = records.job_id
  ${joinJobs()}`,
  },
  collectedPayments: {
    table: 'st_mart.collected_payments',
    record: 'payment',
    id: 'payment_id',
    isHistory: false,
    details: [
      id('payment_id'),
      text('payment_type', 'payments.type'),
      text('date_as_sent', "json_value(payments.payload, '$.date')"),
      money('payment_total', 'payments.total'),
      id('invoice_id'),
      id('job_id', 'invoices.jobId'),
      text('job_number', 'jobs.jobNumber'),
      money('dollars_collected'),
    ],
    joins: `
  left join st_raw.raw_payments as payments
    on payments.tenant_id = records.tenant_id and payments.id = records.payment_id
  ${joinInvoices}`,
  },
  completedEstimates: {
    table: 'st_mart.completed_estimates',
    record: 'job',
    id: 'job_id',
    isHistory: false,
    details: [
      id('job_id'),
      ...jobDetails,
      text('completed_at', localMinute('jobs.completedOn')),
      count('num_estimates'),
    ],
    joins: joinJobs(),
  },
  salesOpportunities: {
    table: 'st_mart.sales_opportunities',
    record: 'job',
    id: 'job_id',
    isHistory: false,
    details: [
      id('job_id'),
      ...jobDetails,
      text('completed_at', localMinute('jobs.completedOn')),
      count('estimates', 'coalesce(counted.estimates, 0)'),
      id('sold_estimate_id', 'sold.id'),
      text('sold_at', localMinute('sold.soldOn')),
      count('sales_opportunities'),
      count('closed_opportunities'),
    ],
    joins: `${joinJobs()} ${joinEstimates}`,
  },
  futureBookingJobs: {
    table: 'st_mart.future_booking_jobs',
    record: 'job',
    id: 'job_id',
    isHistory: true,
    details: [
      id('job_id'),
      ...jobDetails,
      text('job_start_date', 'cast(records.job_start_date as string)'),
      money('future_bookings'),
    ],
    joins: joinJobs(),
  },
  outstandingInvoices: {
    table: 'st_mart.outstanding_invoices',
    record: 'invoice',
    id: 'invoice_id',
    isHistory: true,
    details: [
      id('location_id'),
      id('invoice_id'),
      text('invoice_date', invoiceDate),
      id('job_id', 'invoices.jobId'),
      text('job_number', 'jobs.jobNumber'),
      money('outstanding_ar'),
    ],
    joins: joinInvoices,
  },
} as const satisfies Readonly<Record<string, RecordTable>>;
