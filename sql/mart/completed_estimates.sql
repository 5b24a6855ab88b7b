-- st_mart.completed_estimates: the estimate visits of sales units that took place
-- grain: one row per tenant and job
-- sources: st_dim.dim_jobs, st_ref.dim_tenants
-- units: event_date is the local date of the job's completedOn; num_estimates is 1
-- decision: docs/decisions.md#completed-estimates
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of completedOn, a local date in the time zone of the tenant
--   business_unit: the sales unit that the job counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   job_id: id of the job in the source
--   num_estimates: always 1
with jobs as (select * from st_dim.dim_jobs), tenants as (select * from st_ref.dim_tenants)
select
  jobs.tenant_id,
  cast(datetime(jobs.completedOn, tenants.timeZone) as DATE) as event_date,
  jobs.rollupName as business_unit,
  jobs.region,
  jobs.jobId as job_id,
  1 as num_estimates
from
  jobs
  inner join tenants on tenants.tenant_id = jobs.tenant_id
where
  jobs.isActive
  and jobs.unitKind = 'SALES'
  and jobs.isEstimateType
  -- A canceled job can carry completedOn.
  and lower(trim(jobs.jobStatus)) = 'completed'
  and jobs.completedOn is not NULL;
