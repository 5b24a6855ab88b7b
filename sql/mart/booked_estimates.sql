-- st_mart.booked_estimates: the estimates that were sold for jobs of sales units, those of $0 too
-- grain: one row per tenant and estimate
-- sources: st_raw.raw_estimates, st_dim.dim_jobs, st_ref.dim_tenants
-- units: event_date is the local date of soldOn; total_booked is the subtotal, before tax
-- decision: docs/decisions.md#the-unit-of-a-record
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of soldOn, a local date in the time zone of the tenant
--   business_unit: the sales unit of the estimate's job, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   estimate_id: id of the estimate in the source
--   job_id: id of its job in the source
--   total_booked: subtotal of the estimate: money before tax
with
  estimates as (select * from st_raw.raw_estimates where not _deleted and coalesce(active, TRUE)),
  jobs as (select * from st_dim.dim_jobs),
  tenants as (select * from st_ref.dim_tenants)
select
  estimates.tenant_id,
  cast(datetime(estimates.soldOn, tenants.timeZone) as DATE) as event_date,
  jobs.rollupName as business_unit,
  jobs.region,
  estimates.id as estimate_id,
  jobs.jobId as job_id,
  coalesce(estimates.subtotal, 0) as total_booked
from
  estimates
  inner join jobs on jobs.tenant_id = estimates.tenant_id and jobs.jobId = estimates.jobId
  inner join tenants on tenants.tenant_id = estimates.tenant_id
where
  lower(trim(estimates.statusName)) = 'sold'
  and estimates.soldOn >= timestamp '2000-01-01 00:00:00+00'
  and jobs.unitKind = 'SALES';
