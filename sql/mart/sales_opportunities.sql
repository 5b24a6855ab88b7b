-- st_mart.sales_opportunities: the jobs of sales units that could be sold, and whether one of their estimates was
-- grain: one row per tenant and job
-- sources: st_dim.dim_jobs, st_dim.dim_invoices, st_raw.raw_estimates, st_ref.dim_tenants
-- units: event_date is the local date of the earliest soldOn of the sold estimates, else of completedOn; sales_opportunities is 1, closed_opportunities 1 or 0
-- decision: docs/decisions.md#opportunities
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the earliest soldOn of its sold estimates, else of completedOn, a local date in the time zone of the tenant
--   business_unit: the sales unit that the job counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   job_id: id of the job in the source
--   sales_opportunities: always 1
--   closed_opportunities: 1 if one of its estimates was sold, else 0
with
  jobs as (select * from st_dim.dim_jobs where isActive and unitKind = 'SALES'),
  invoices as (select * from st_dim.dim_invoices where isActive),
  estimates as (select * from st_raw.raw_estimates where not _deleted and coalesce(active, TRUE)),
  tenants as (select * from st_ref.dim_tenants),
  job_estimates as (
    select
      tenant_id,
      jobId,
      logical_or(coalesce(lower(trim(statusName)) = 'sold', FALSE)) as is_closed,
      min(
        if(
          lower(trim(statusName)) = 'sold' and soldOn >= timestamp '2000-01-01 00:00:00+00',
          soldOn,
          NULL
        )
      ) as first_sold_on
    from estimates
    group by tenant_id, jobId
  ),
  job_invoices as (
    select tenant_id, jobId, sum(subTotal) as revenue
    from invoices
    group by tenant_id, jobId
  ),
  opportunities as (
    select
      jobs.tenant_id,
      cast(
        datetime(coalesce(job_estimates.first_sold_on, jobs.completedOn), tenants.timeZone) as DATE
      ) as event_date,
      jobs.rollupName as business_unit,
      jobs.region,
      jobs.jobId as job_id,
      coalesce(job_estimates.is_closed, FALSE) as is_closed
    from
      jobs
      inner join tenants on tenants.tenant_id = jobs.tenant_id
      left join job_estimates
        on job_estimates.tenant_id = jobs.tenant_id and job_estimates.jobId = jobs.jobId
      left join job_invoices
        on job_invoices.tenant_id = jobs.tenant_id and job_invoices.jobId = jobs.jobId
    -- No estimate and nothing invoiced: a "no charge" visit, which nobody could have sold.
    where job_estimates.jobId is not NULL or coalesce(job_invoices.revenue, 0) != 0
  )
select
  tenant_id,
  event_date,
  business_unit,
  region,
  job_id,
  1 as sales_opportunities,
  if(is_closed, 1, 0) as closed_opportunities
from opportunities
where event_date is not NULL;
