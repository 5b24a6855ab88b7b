/**
 * A column of a report, by its title or any other of its names, the first that the report has. Case, blanks and
 * punctuation do not matter, # and % do.
 */
export type FormColumn = { title: string; names: readonly string[] };

/** How a report names a record, and what stands for it in the query of our own records. */
export type KeyColumn = FormColumn & {
  /** An id is a number; a text is compared as it is. */
  holds: 'id' | 'text';
  sql: string;
  join?: string;
};

/** Something that records are named by, by the first of these columns that the report has. */
export type Key = {
  name: 'job' | 'estimate' | 'payment' | 'invoice' | 'location';
  columns: readonly KeyColumn[];
  /** A row may leave it blank. */
  isOptional?: boolean;
};

/** What names a record altogether. */
export type KeySet = {
  keys: readonly Key[];
  /** A record of two units is two records: the report splits it no further. */
  isByUnit: boolean;
};

/** How a row of the report gives one of the amounts that the KPI is made of. */
export type PartReading =
  /** The row counts as one. */
  | { how: 'one' }
  | { how: 'amount'; column: FormColumn }
  | { how: 'flag'; column: FormColumn }
  /** The cost, where the job's type is one of the group `warranty`. */
  | { how: 'warrantyCost'; type: FormColumn; cost: FormColumn };

/** What a report must hold so that a KPI can be reconciled with it. */
export type Form = {
  /** The first of these whose columns the report has. */
  keySets: readonly KeySet[];
  /** By the columns of the KPI's formula. */
  parts: Readonly<Record<string, PartReading>>;
  /** Where the report has it, rows of other dates are left out. */
  date?: FormColumn;
  /** Where the report has it, rows that say no are left out. */
  only?: FormColumn;
  /** The report's own margin, compared with its own columns. */
  margin?: FormColumn;
  /** The rows are netted by location, and small nets left out. */
  isNetted?: true;
};

const column = (title: string, ...names: string[]): FormColumn => ({
  title,
  names: [title, ...names],
});

const joinJobs = `
  left join st_dim.dim_jobs as jobs
    on jobs.tenant_id = records.tenant_id and jobs.jobId = records.job_id`;

const joinInvoices = `
  left join st_raw.raw_invoices as invoices
    on invoices.tenant_id = records.tenant_id and invoices.id = records.invoice_id`;

const job: Key = {
  name: 'job',
  columns: [
    { ...column('Job ID'), holds: 'id', sql: 'records.job_id' },
    {
      ...column('Job #', 'Job Number', 'Job No', 'Job'),
      holds: 'text',
      sql: 'trim(jobs.jobNumber)',
      join: joinJobs,
    },
  ],
};

const estimate: Key = {
  name: 'estimate',
  columns: [
    {
      ...column('Estimate ID', 'Estimate #', 'Estimate Number', 'Estimate'),
      holds: 'id',
      sql: 'records.estimate_id',
    },
  ],
};

const payment: Key = {
  name: 'payment',
  columns: [
    {
      ...column('Payment ID', 'Payment #', 'Payment Number', 'Payment'),
      holds: 'id',
      sql: 'records.payment_id',
    },
  ],
};

const invoice: Key = {
  name: 'invoice',
  columns: [
    { ...column('Invoice ID'), holds: 'id', sql: 'records.invoice_id' },
    {
      ...column('Invoice #', 'Invoice Number', 'Reference Number', 'Invoice'),
      holds: 'text',
      sql: 'trim(invoices.referenceNumber)',
      join: joinInvoices,
    },
  ],
};

const location: Key = {
  name: 'location',
  columns: [{ ...column('Location ID'), holds: 'id', sql: 'records.location_id' }],
};

const byJob: KeySet = { keys: [job], isByUnit: false };

const revenue = column(
  'Subtotal',
  'Revenue',
  'Total Revenue',
  'Jobs Subtotal',
  'Jobs Total Revenue',
  'Jobs Revenue',
  'Invoice Subtotal',
  'Total',
);
const cost = column('Total Costs', 'Total Cost', 'Jobs Total Costs', 'Costs', 'Cost');
const start = column(
  'Job Start Date',
  'Job Start',
  'First Appointment',
  'First Appointment Date',
  'First Appointment Start',
);

/** The unit's column, which every report needs. Ids win: one unit was found spelled in four ways. */
export const unitColumn: FormColumn = {
  title: 'Business Unit',
  names: ['Business Unit ID', 'Business Unit', 'Business Unit Name', 'Job Business Unit', 'Unit'],
};

/** The location of an open invoice, where our records do not know the invoice. */
export const locationColumn: FormColumn = column('Location ID');

/** The documented form of each KPI. docs/kpis.md describes them. */
export const forms: Readonly<Record<string, Form>> = {
  lead_count: {
    keySets: [byJob],
    parts: { lead_count: { how: 'one' } },
    date: column('Created Date', 'Created On', 'Job Created Date', 'Creation Date'),
  },
  total_booked: {
    keySets: [{ keys: [estimate], isByUnit: false }],
    parts: {
      total_booked: {
        how: 'amount',
        column: column(
          'Estimate Subtotal',
          'Subtotal',
          'Sold Subtotal',
          'Estimate Sales Subtotal',
          'Total',
        ),
      },
    },
    date: column('Sold On', 'Sold Date', 'Estimate Sold On', 'Estimate Sold Date'),
  },
  dollars_produced: {
    keySets: [byJob],
    parts: { dollars_produced: { how: 'amount', column: revenue } },
    date: start,
  },
  gpm_percent: {
    keySets: [byJob],
    parts: {
      dollars_produced: { how: 'amount', column: revenue },
      production_cost: { how: 'amount', column: cost },
    },
    date: start,
    margin: column('Gross Margin %', 'Gross Margin Percentage', 'GM %', 'GPM %'),
  },
  dollars_collected: {
    keySets: [
      { keys: [payment, { ...invoice, isOptional: true }], isByUnit: false },
      { keys: [payment], isByUnit: true },
    ],
    parts: {
      dollars_collected: {
        how: 'amount',
        column: column('Amount', 'Applied Amount', 'Payment Amount', 'Amount Applied', 'Total'),
      },
    },
    date: column('Payment Date', 'Paid On', 'Date', 'Payment Paid On'),
  },
  num_estimates: {
    keySets: [byJob],
    parts: { num_estimates: { how: 'one' } },
    date: column('Completed Date', 'Completed On', 'Completion Date', 'Job Completion Date'),
  },
  close_rate_percent: {
    keySets: [byJob],
    parts: {
      sales_opportunities: { how: 'one' },
      closed_opportunities: {
        how: 'flag',
        column: column('Closed', 'Closed Opportunity', 'Closed Opportunities', 'Converted', 'Sold'),
      },
    },
    date: column('Opportunity Date'),
    only: column('Opportunity', 'Sales Opportunity', 'Sales Opportunities', 'Opportunities'),
  },
  future_bookings: {
    keySets: [byJob],
    parts: { future_bookings: { how: 'amount', column: revenue } },
  },
  warranty_percent: {
    keySets: [byJob],
    parts: {
      dollars_produced: { how: 'amount', column: revenue },
      warranty_cost: {
        how: 'warrantyCost',
        type: column('Job Type', 'Job Type Name', 'Type'),
        cost,
      },
    },
    date: start,
  },
  outstanding_ar: {
    keySets: [
      { keys: [invoice], isByUnit: false },
      { keys: [location], isByUnit: true },
    ],
    parts: {
      outstanding_ar: {
        how: 'amount',
        column: column('Balance', 'Open Balance', 'Invoice Balance', 'Amount Due', 'Outstanding'),
      },
    },
    isNetted: true,
  },
};
