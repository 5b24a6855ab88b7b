import { kpis, type Kpi } from '../../../../src/pipeline/kpis/kpis.ts';
import { reconcile } from '../../../../src/pipeline/reconcile/reconcile.ts';
import type { Reconciled, ReconcileQuery } from '../../../../src/pipeline/reconcile/reconcile.ts';
import type { ReportTable } from '../../../../src/pipeline/reconcile/report-table.ts';
import { formatNanos, type Nanos } from '../../../../src/pipeline/decimals.ts';
import { openDuckdb } from '../../../../src/warehouses/duckdb/open-duckdb.ts';
import { smallWork } from '../../../support/small-work.ts';

type Value = string | number | boolean | null;

/** The tables that a reconciliation reads, with their columns, as the models make them. */
export const martTables: Readonly<Record<string, string>> = {
  'st_ref.dim_bu_rollup':
    'tenant_id varchar, businessUnitId bigint, businessUnitName varchar, unitKind varchar, rollupName varchar, region varchar',
  'st_ref.dim_job_types':
    'tenant_id varchar, jobTypeId bigint, jobTypeName varchar, isWarrantyType boolean',
  'st_dim.dim_jobs': 'tenant_id varchar, jobId bigint, jobNumber varchar',
  'st_dim.dim_invoices':
    'tenant_id varchar, invoiceId bigint, locationId bigint, locationName varchar, balance decimal(38, 9)',
  'st_raw.raw_invoices': 'tenant_id varchar, id bigint, referenceNumber varchar',
  'st_mart.lead_jobs':
    'tenant_id varchar, event_date date, business_unit varchar, job_id bigint, lead_count integer',
  'st_mart.booked_estimates':
    'tenant_id varchar, event_date date, business_unit varchar, estimate_id bigint, job_id bigint, total_booked decimal(38, 9)',
  'st_mart.produced_jobs':
    'tenant_id varchar, event_date date, business_unit varchar, job_id bigint, dollars_produced decimal(38, 9), production_cost decimal(38, 9), warranty_cost decimal(38, 9)',
  'st_mart.collected_payments':
    'tenant_id varchar, event_date date, business_unit varchar, payment_id bigint, invoice_id bigint, dollars_collected decimal(38, 9)',
  'st_mart.completed_estimates':
    'tenant_id varchar, event_date date, business_unit varchar, job_id bigint, num_estimates integer',
  'st_mart.sales_opportunities':
    'tenant_id varchar, event_date date, business_unit varchar, job_id bigint, sales_opportunities integer, closed_opportunities integer',
  'st_mart.future_booking_jobs':
    'tenant_id varchar, event_date date, business_unit varchar, job_id bigint, future_bookings decimal(38, 9)',
  'st_mart.outstanding_invoices':
    'tenant_id varchar, event_date date, business_unit varchar, invoice_id bigint, location_id bigint, outstanding_ar decimal(38, 9)',
  'st_mart.kpi_future_bookings': 'tenant_id varchar, event_date date, business_unit varchar',
  'st_mart.kpi_outstanding_ar': 'tenant_id varchar, event_date date, business_unit varchar',
};

const literal = (value: Value): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

const kpiOf = (name: string): Kpi => {
  const kpi = kpis.find((one) => one.name === name);
  if (kpi === undefined) throw new Error(`no KPI ${name}`);
  return kpi;
};

/** A report from CSV-like lines: names of columns first, cells apart by bars. */
export const reportOf = (...lines: string[]): ReportTable => {
  const [head = [], ...rows] = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  return {
    title: 'report.csv',
    place: 'line',
    columns: head.map((name) => [name]),
    rows: rows.map((cells, index) => ({ at: index + 2, cells })),
  };
};

/** Tables of tenant 42 in a real DuckDB, and a reconciliation of 1 to 7 March 2024 with them. */
export const openReconcileRig = async () => {
  const warehouse = await openDuckdb({
    path: ':memory:',
    datasetPrefix: '',
    now: () => new Date('2024-03-08T12:00:00Z'),
    ...smallWork,
  });
  for (const schema of ['st_raw', 'st_ref', 'st_dim', 'st_mart']) {
    await warehouse.execute(`create schema if not exists ${schema}`);
  }
  for (const [table, columns] of Object.entries(martTables)) {
    await warehouse.execute(`create table ${table} (${columns})`);
  }

  /** Rows for a table, of tenant 42 unless they say so. */
  const given = async (table: string, rows: readonly Record<string, Value>[]): Promise<void> => {
    for (const row of rows) {
      const full = { tenant_id: '42', ...row };
      await warehouse.execute(
        `insert into ${table} (${Object.keys(full).join(', ')}) values (${Object.values(full).map(literal).join(', ')})`,
      );
    }
  };

  const clear = async (): Promise<void> => {
    for (const table of Object.keys(martTables)) await warehouse.execute(`delete from ${table}`);
  };

  /** Every query that a reconciliation made. */
  const queries: string[] = [];
  const watched: typeof warehouse = {
    ...warehouse,
    query: (sql, parameters) => {
      queries.push(sql);
      return warehouse.query(sql, parameters);
    },
  };

  const run = (
    kpi: string,
    table: ReportTable,
    query: Partial<ReconcileQuery> = {},
  ): Promise<Reconciled> =>
    reconcile({ warehouse: watched, tenantId: '42' }, table, {
      kpi: kpiOf(kpi),
      first: '2024-03-01',
      last: '2024-03-07',
      units: null,
      timeZone: 'America/Phoenix',
      ...query,
    });

  return { given, clear, run, queries, close: () => warehouse.close() };
};

export type ReconcileRig = Awaited<ReturnType<typeof openReconcileRig>>;

const show = (nanos: Nanos | null): string => (nanos === null ? '–' : formatNanos(nanos));

/** `Phoenix-Sales 3.00 2.00 different`, a line for each unit. */
export const unitsOf = ({ units }: Reconciled): string[] =>
  units.map(
    ({ unit, source, ours, isEqual }) =>
      `${unit} ${show(source)} ${show(ours)} ${isEqual ? 'equal' : 'different'}`,
  );

/** `12/7 Phoenix-Sales 3.00 | –`, a line for each record: what the report says, and what we say. */
export const recordsOf = ({ records }: Reconciled): string[] =>
  records.map(({ ids, source, ours, elsewhere }) => {
    const side = (whole: typeof source): string =>
      whole === null ? '–' : `${whole.unit} ${whole.parts.map(show).join(' ')}`;
    const but = elsewhere.map(({ date, unit }) => ` (${date} ${unit})`).join('');
    return `${ids.join('/')}: ${side(source)} | ${side(ours)}${but}`;
  });

/** What a result notes, but for the reports of these tests having no date column, as most have not. */
export const notesOf = ({ notes }: Reconciled): string[] =>
  notes.filter((note) => !note.startsWith('The report has no date column'));
