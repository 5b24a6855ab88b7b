import type { Row, Warehouse } from '../../warehouses/warehouse.ts';

/** Whose invoices, where they are, and the zone in which an instant becomes a date. */
export type InvoiceDeps = { warehouse: Warehouse; tenantId: string; timeZone: string };

/** An invoice as it is handed on. Money is exact text, instants are UTC. */
export type PublishedInvoice = {
  /** A number, or its digits where no double holds it. */
  invoiceId: number | string;
  /** Local date; null where the source has none. */
  invoiceDate: string | null;
  /** The unit it counts under, as in the marts. */
  businessUnit: string | null;
  jobType: string | null;
  /** Tax included. */
  totalAmount: string | null;
  updatedAt: string | null;
  /** Inactive and deleted invoices count in no number. */
  isActive: boolean;
};

export type InvoiceQuery = {
  /** Rows that are read, and held in memory, at once. */
  pageRows: number;
  /**
   * Only invoices that, or whose jobs, were loaded after this UTC instant, and those of them too that are inactive or
   * deleted by now; null for all that are active.
   */
  since?: string | null;
};

const builtRollups = `
  select count(*) as n
  from st_ops.builds
  where tenant_id = @tenant and model = 'st_ref.dim_bu_rollup' and outcome = 'ok'`;

/** A calendar date is midnight in UTC and is not shifted; a date before 2000 is the source's way to write none. */
const localDate = (instant: string): string => `
  if(
    ${instant} >= timestamp '2000-01-01 00:00:00+00',
    cast(
      cast(
        datetime(
          ${instant},
          if(cast(datetime(${instant}, 'UTC') as time) = time '00:00:00', 'UTC', @zone)
        ) as date
      ) as string
    ),
    null
  )`;

const unitId = 'if(jobs.id is null, invoices.businessUnitId, jobs.businessUnitId)';

const rollupJoin = `
  left join st_ref.dim_bu_rollup as rollup_units
    on rollup_units.tenant_id = invoices.tenant_id and rollup_units.businessUnitId = ${unitId}`;

/**
 * Names come from the raw tables, which every sync brings up to date; the unit they roll up to from the last build. The
 * unit is the job's, where the job is known (docs/decisions.md#the-unit-of-a-record).
 */
const selectInvoices = (condition: string, hasRollup: boolean): string => `
  select
    invoices.id as invoice_id,
    ${localDate('invoices.invoiceDate')} as invoice_date,
    coalesce(
      ${hasRollup ? "nullif(trim(rollup_units.rollupName), '')," : ''}
      nullif(trim(units.name), ''),
      if(
        jobs.id is null or jobs.businessUnitId = invoices.businessUnitId,
        nullif(trim(invoices.businessUnitName), ''),
        null
      )
    ) as business_unit,
    coalesce(nullif(trim(job_types.name), ''), nullif(trim(invoices.jobType), '')) as job_type,
    invoices.total as total_amount,
    coalesce(invoices._modified_on, invoices.createdOn, invoices._extracted_at) as updated_at,
    (not invoices._deleted and coalesce(invoices.active, true)) as is_active
  from
    st_raw.raw_invoices as invoices
    left join st_raw.raw_jobs as jobs
      on jobs.tenant_id = invoices.tenant_id and jobs.id = invoices.jobId
    left join st_raw.raw_job_types as job_types
      on job_types.tenant_id = jobs.tenant_id and job_types.id = jobs.jobTypeId
    left join st_raw.raw_business_units as units
      on units.tenant_id = invoices.tenant_id and units.id = ${unitId}
    ${hasRollup ? rollupJoin : ''}
  where
    invoices.tenant_id = @tenant and ${condition}`;

const isActive = 'not invoices._deleted and coalesce(invoices.active, true)';

const recentLoads = `(
      select load_id
      from st_ops.ledger
      where tenant_id = @tenant and committed_at > cast(@since as timestamp)
    )`;

const isRecent = `(invoices._load_id in ${recentLoads} or jobs._load_id in ${recentLoads})`;

const pageSql = ({ pageRows, since = null }: InvoiceQuery, hasRollup: boolean): string => `
  ${selectInvoices(`invoices.id > cast(@after as int64) and ${since === null ? isActive : isRecent}`, hasRollup)}
  order by invoices.id
  limit ${pageRows}`;

const textOf = (row: Row, column: string): string | null => {
  const value = row[column] ?? null;
  return value === null ? null : String(value);
};

const toInvoice = (row: Row): PublishedInvoice => ({
  invoiceId: row.invoice_id as number | string,
  invoiceDate: textOf(row, 'invoice_date'),
  businessUnit: textOf(row, 'business_unit'),
  jobType: textOf(row, 'job_type'),
  totalAmount: textOf(row, 'total_amount'),
  updatedAt: textOf(row, 'updated_at'),
  isActive: row.is_active === true,
});

const smallestId = '-9223372036854775808';

const knowsRollup = async ({ warehouse, tenantId }: InvoiceDeps): Promise<boolean> => {
  const [built] = await warehouse.query(builtRollups, { tenant: tenantId });
  return Number(built?.n ?? 0) > 0;
};

/**
 * Pages of invoices in the order of their ids: one row per invoice, of which the warehouse keeps the newest. Inactive
 * and deleted ones, which count in no number, are left out of a reading of all.
 */
export async function* readInvoices(
  deps: InvoiceDeps,
  query: InvoiceQuery,
): AsyncGenerator<PublishedInvoice[]> {
  const sql = pageSql(query, await knowsRollup(deps));
  const parameters = {
    ...{ tenant: deps.tenantId, zone: deps.timeZone },
    ...(query.since == null ? {} : { since: query.since }),
  };
  let after = smallestId;
  for (;;) {
    const rows = await deps.warehouse.query(sql, { ...parameters, after });
    if (rows.length > 0) yield rows.map(toInvoice);
    if (rows.length < query.pageRows) return;
    after = String(rows.at(-1)?.invoice_id);
  }
}

/** What a unit invoiced on a local date; money is exact text, tax included. */
export type UnitDay = { businessUnit: string | null; revenue: string; invoices: number };

/** The active invoices of a local date by unit. */
export const readUnitDays = async (deps: InvoiceDeps, date: string): Promise<UnitDay[]> => {
  const rows = await deps.warehouse.query(
    `select business_unit, coalesce(sum(total_amount), 0) as revenue, count(*) as n
    from (${selectInvoices(isActive, await knowsRollup(deps))}) as found
    where invoice_date = @date
    group by business_unit
    order by business_unit`,
    { tenant: deps.tenantId, zone: deps.timeZone, date },
  );
  return rows.map((row) => ({
    businessUnit: textOf(row, 'business_unit'),
    revenue: String(row.revenue),
    invoices: Number(row.n),
  }));
};
