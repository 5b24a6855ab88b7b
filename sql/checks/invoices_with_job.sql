-- invoices_with_job: invoices belong to a job that is known
-- severity: yellow
-- threshold: below 95 percent of a tenant's active invoices
-- sources: st_dim.dim_invoices
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  limits as (select 95 as percent_min),
  invoices as (select * from st_dim.dim_invoices where isActive),
  shares as (
    select tenant_id, count(*) as invoice_count, countif(jobId is not NULL) as with_job
    from invoices
    group by tenant_id
  )
select shares.tenant_id, shares.invoice_count, shares.with_job, limits.percent_min
from
  shares
  cross join limits
where shares.with_job * 100 < shares.invoice_count * limits.percent_min
order by shares.tenant_id;
