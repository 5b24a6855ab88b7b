import { recordTables, type RecordTable } from './record-tables.ts';

export type UnitKind = 'SALES' | 'PRODUCTION';

/** How the amounts of its records become a KPI's number. The words are columns, of the records and of the marts. */
export type Formula =
  | { how: 'sum'; of: string }
  /** How many different values. */
  | { how: 'distinct'; of: string }
  /** 100 * part / whole */
  | { how: 'share'; part: string; whole: string }
  /** 100 * (whole - part) / whole */
  | { how: 'margin'; part: string; whole: string };

/** A column of numbers of the marts. */
export type Kpi = {
  name: string;
  title: string;
  /** Over a column on a terminal. */
  head: string;
  /** The kinds of units that have it; it is NULL for others. */
  kinds: readonly UnitKind[];
  unit: 'count' | 'money' | 'percent';
  /** What it is made of. */
  records: RecordTable;
  formula: Formula;
};

const sales = ['SALES'] as const;
const production = ['PRODUCTION'] as const;
const {
  leadJobs,
  bookedEstimates,
  producedJobs,
  collectedPayments,
  completedEstimates,
  salesOpportunities,
  futureBookingJobs,
  outstandingInvoices,
} = recordTables;

/**
 * The ten KPIs, in the order of the marts' columns. A new one is an entry here, a file sql/mart/kpi_<name>.sql, a column
 * in the marts, and an example in test/sql/examples.
 */
export const kpis: readonly Kpi[] = [
  {
    name: 'lead_count',
    title: 'Leads',
    head: 'leads',
    kinds: sales,
    unit: 'count',
    records: leadJobs,
    formula: { how: 'sum', of: 'lead_count' },
  },
  {
    name: 'total_booked',
    title: 'Sales booked',
    head: 'booked',
    kinds: sales,
    unit: 'money',
    records: bookedEstimates,
    formula: { how: 'sum', of: 'total_booked' },
  },
  {
    name: 'dollars_produced',
    title: 'Revenue produced',
    head: 'produced',
    kinds: production,
    unit: 'money',
    records: producedJobs,
    formula: { how: 'sum', of: 'dollars_produced' },
  },
  {
    name: 'gpm_percent',
    title: 'Gross profit margin',
    head: 'GPM %',
    kinds: production,
    unit: 'percent',
    records: producedJobs,
    formula: { how: 'margin', part: 'production_cost', whole: 'dollars_produced' },
  },
  {
    name: 'dollars_collected',
    title: 'Money collected',
    head: 'collected',
    kinds: [...sales, ...production],
    unit: 'money',
    records: collectedPayments,
    formula: { how: 'sum', of: 'dollars_collected' },
  },
  {
    name: 'num_estimates',
    title: 'Estimate visits completed',
    head: 'est.',
    kinds: sales,
    unit: 'count',
    records: completedEstimates,
    formula: { how: 'sum', of: 'num_estimates' },
  },
  {
    name: 'close_rate_percent',
    title: 'Close rate',
    head: 'close %',
    kinds: sales,
    unit: 'percent',
    records: salesOpportunities,
    formula: { how: 'share', part: 'closed_opportunities', whole: 'sales_opportunities' },
  },
  {
    name: 'future_bookings',
    title: 'Work booked ahead',
    head: 'ahead',
    kinds: production,
    unit: 'money',
    records: futureBookingJobs,
    formula: { how: 'sum', of: 'future_bookings' },
  },
  {
    name: 'warranty_percent',
    title: 'Warranty cost',
    head: 'warr. %',
    kinds: production,
    unit: 'percent',
    records: producedJobs,
    formula: { how: 'share', part: 'warranty_cost', whole: 'dollars_produced' },
  },
  {
    name: 'outstanding_ar',
    title: 'Money owed',
    head: 'owed',
    kinds: production,
    unit: 'money',
    records: outstandingInvoices,
    formula: { how: 'sum', of: 'outstanding_ar' },
  },
];

/** The parts of the ratios, and the customers behind the leads: further columns of the marts. */
export const parts: readonly Kpi[] = [
  {
    name: 'lead_customers',
    title: 'Customers among the leads',
    head: 'customers',
    kinds: sales,
    unit: 'count',
    records: leadJobs,
    formula: { how: 'distinct', of: 'customer_id' },
  },
  {
    name: 'sales_opportunities',
    title: 'Opportunities',
    head: 'opp.',
    kinds: sales,
    unit: 'count',
    records: salesOpportunities,
    formula: { how: 'sum', of: 'sales_opportunities' },
  },
  {
    name: 'closed_opportunities',
    title: 'Opportunities sold',
    head: 'closed',
    kinds: sales,
    unit: 'count',
    records: salesOpportunities,
    formula: { how: 'sum', of: 'closed_opportunities' },
  },
  {
    name: 'production_cost',
    title: 'Cost of the jobs produced',
    head: 'cost',
    kinds: production,
    unit: 'money',
    records: producedJobs,
    formula: { how: 'sum', of: 'production_cost' },
  },
  {
    name: 'warranty_cost',
    title: 'Cost of the warranty jobs among them',
    head: 'warranty',
    kinds: production,
    unit: 'money',
    records: producedJobs,
    formula: { how: 'sum', of: 'warranty_cost' },
  },
];

/** Where money stands that reaches no unit. */
export const noUnit = '(no unit)';
