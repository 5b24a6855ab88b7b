-- st_mart.job_costs: what each job brought in and what it cost
-- grain: one row per tenant and active job
-- sources: st_dim.dim_jobs, st_dim.dim_invoices, st_raw.raw_invoice_items, st_raw.raw_payroll, st_raw.raw_purchase_orders, st_raw.raw_returns, st_ref.dim_tenants
-- units: money, exact to nine decimals; event_date is the local date of the job start; total_cost = labor_cost + purchase_order_cost + invoice_item_cost - return_credit; business_unit, unit_kind and region are NULL where the roll-up has none
-- decision: docs/decisions.md#cost-of-a-job
-- columns:
--   tenant_id: the tenant of the source
--   job_id: id of the job in the source
--   event_date: date of the job start, a local date in the time zone of the tenant; NULL for a job without any date
--   business_unit: the unit that the job counts under, as the roll-up names it; NULL where it has none
--   unit_kind: SALES or PRODUCTION; NULL where the roll-up has no unit
--   region: region of the unit, as the roll-up names it; NULL where it has none
--   is_warranty: its job type is in the group warranty
--   revenue: subtotals of its active invoices: money before tax
--   labor_cost: gross pay items, as money
--   purchase_order_cost: purchase orders that were not canceled, as money
--   invoice_item_cost: materials and equipment on its active invoices, as money
--   return_credit: returns that were not canceled, as money; taken off the cost
--   total_cost: labor_cost + purchase_order_cost + invoice_item_cost - return_credit, as money
with
  jobs as (select * from st_dim.dim_jobs where isActive),
  invoices as (select * from st_dim.dim_invoices where isActive and jobId is not NULL),
  invoice_items as (
    select * from st_raw.raw_invoice_items where not _deleted and coalesce(active, TRUE)
  ),
  pay_items as (select * from st_raw.raw_payroll where not _deleted and coalesce(active, TRUE)),
  purchase_orders as (select * from st_raw.raw_purchase_orders where not _deleted),
  returns as (select * from st_raw.raw_returns where not _deleted and coalesce(active, TRUE)),
  tenants as (select * from st_ref.dim_tenants),
  job_revenue as (
    select tenant_id, jobId, sum(subTotal) as revenue
    from invoices
    group by tenant_id, jobId
  ),
  job_labor as (
    select tenant_id, jobId, sum(amount) as labor_cost
    from pay_items
    group by tenant_id, jobId
  ),
  job_purchase_orders as (
    select tenant_id, jobId, sum(total) as purchase_order_cost
    from purchase_orders
    where lower(trim(coalesce(status, ''))) != 'canceled'
    group by tenant_id, jobId
  ),
  job_invoice_items as (
    select
      invoices.tenant_id,
      invoices.jobId,
      sum(
        coalesce(
          invoice_items.totalCost,
          cast(invoice_items.cost * invoice_items.quantity as NUMERIC(38, 9))
        )
      ) as invoice_item_cost
    from
      invoice_items
      inner join invoices
        on invoices.tenant_id = invoice_items.tenant_id
        and invoices.invoiceId = invoice_items.invoiceId
    where lower(trim(invoice_items.type)) in ('material', 'equipment')
    group by invoices.tenant_id, invoices.jobId
  ),
  job_returns as (
    select tenant_id, jobId, sum(returnAmount) as return_credit
    from returns
    where lower(trim(coalesce(status, ''))) != 'canceled'
    group by tenant_id, jobId
  ),
  costed_jobs as (
    select
      jobs.tenant_id,
      jobs.jobId as job_id,
      cast(datetime(jobs.jobStart, tenants.timeZone) as DATE) as event_date,
      if(jobs.unitKind in ('SALES', 'PRODUCTION'), jobs.rollupName, NULL) as business_unit,
      if(jobs.unitKind in ('SALES', 'PRODUCTION'), jobs.unitKind, NULL) as unit_kind,
      if(jobs.unitKind in ('SALES', 'PRODUCTION'), jobs.region, NULL) as region,
      jobs.isWarrantyType as is_warranty,
      coalesce(job_revenue.revenue, 0) as revenue,
      coalesce(job_labor.labor_cost, 0) as labor_cost,
      coalesce(job_purchase_orders.purchase_order_cost, 0) as purchase_order_cost,
      coalesce(job_invoice_items.invoice_item_cost, 0) as invoice_item_cost,
      coalesce(job_returns.return_credit, 0) as return_credit
    from
      jobs
      inner join tenants on tenants.tenant_id = jobs.tenant_id
      left join job_revenue
        on job_revenue.tenant_id = jobs.tenant_id and job_revenue.jobId = jobs.jobId
      left join job_labor on job_labor.tenant_id = jobs.tenant_id and job_labor.jobId = jobs.jobId
      left join job_purchase_orders
        on job_purchase_orders.tenant_id = jobs.tenant_id and job_purchase_orders.jobId = jobs.jobId
      left join job_invoice_items
        on job_invoice_items.tenant_id = jobs.tenant_id and job_invoice_items.jobId = jobs.jobId
      left join job_returns
        on job_returns.tenant_id = jobs.tenant_id and job_returns.jobId = jobs.jobId
  )
select
  *,
  labor_cost + purchase_order_cost + invoice_item_cost - return_credit as total_cost
from costed_jobs;
