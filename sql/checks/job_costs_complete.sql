-- job_costs_complete: every invoice, pay item, purchase order, invoice item and return of an active job is in job_costs once
-- severity: red
-- threshold: any difference between what was loaded and what is in job_costs, per tenant and kind
-- sources: st_dim.dim_jobs, st_dim.dim_invoices, st_raw.raw_invoice_items, st_raw.raw_payroll, st_raw.raw_purchase_orders, st_raw.raw_returns, st_ref.dim_tenants, st_mart.job_costs
-- decision: docs/decisions.md#the-checks-that-are-red
with
  jobs as (
    select dim_jobs.tenant_id, dim_jobs.jobId
    from
      st_dim.dim_jobs
      inner join st_ref.dim_tenants on dim_tenants.tenant_id = dim_jobs.tenant_id
    where dim_jobs.isActive
  ),
  invoices as (select * from st_dim.dim_invoices where isActive),
  job_costs as (select * from st_mart.job_costs),
  posted as (
    select 'revenue' as kind, tenant_id, jobId, subTotal as amount
    from invoices
    union all
    select 'labor_cost', tenant_id, jobId, amount
    from st_raw.raw_payroll
    where not _deleted and coalesce(active, TRUE)
    union all
    select 'purchase_order_cost', tenant_id, jobId, total
    from st_raw.raw_purchase_orders
    where not _deleted and lower(trim(coalesce(status, ''))) != 'canceled'
    union all
    select
      'invoice_item_cost',
      invoices.tenant_id,
      invoices.jobId,
      coalesce(items.totalCost, cast(items.cost * items.quantity as NUMERIC(38, 9)))
    from
      st_raw.raw_invoice_items as items
      inner join invoices
        on invoices.tenant_id = items.tenant_id and invoices.invoiceId = items.invoiceId
    where
      not items._deleted
      and coalesce(items.active, TRUE)
      and lower(trim(items.type)) in ('material', 'equipment')
    union all
    select 'return_credit', tenant_id, jobId, returnAmount
    from st_raw.raw_returns
    where
      not _deleted
      and coalesce(active, TRUE)
      and lower(trim(coalesce(status, ''))) != 'canceled'
  ),
  posted_sums as (
    select posted.tenant_id, posted.kind, sum(posted.amount) as posted_amount
    from posted
    where
      exists (
        select 1 from jobs where jobs.tenant_id = posted.tenant_id and jobs.jobId = posted.jobId
      )
    group by posted.tenant_id, posted.kind
  ),
  counted_sums as (
    select tenant_id, 'revenue' as kind, sum(revenue) as counted_amount
    from job_costs
    group by tenant_id
    union all
    select tenant_id, 'labor_cost', sum(labor_cost)
    from job_costs
    group by tenant_id
    union all
    select tenant_id, 'purchase_order_cost', sum(purchase_order_cost)
    from job_costs
    group by tenant_id
    union all
    select tenant_id, 'invoice_item_cost', sum(invoice_item_cost)
    from job_costs
    group by tenant_id
    union all
    select tenant_id, 'return_credit', sum(return_credit)
    from job_costs
    group by tenant_id
  )
select
  coalesce(posted_sums.tenant_id, counted_sums.tenant_id) as tenant_id,
  coalesce(posted_sums.kind, counted_sums.kind) as kind,
  coalesce(posted_sums.posted_amount, 0) as posted_amount,
  coalesce(counted_sums.counted_amount, 0) as counted_amount
from
  posted_sums
  full join counted_sums
    on counted_sums.tenant_id = posted_sums.tenant_id and counted_sums.kind = posted_sums.kind
where coalesce(posted_sums.posted_amount, 0) != coalesce(counted_sums.counted_amount, 0)
order by tenant_id, kind;
