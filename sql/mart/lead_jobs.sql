-- st_mart.lead_jobs: the jobs that count as leads: estimate visits of sales units, canceled ones too, without test customers
-- grain: one row per tenant and job
-- sources: st_dim.dim_jobs, st_ref.dim_tenants
-- units: event_date is the local date of the job's createdOn; lead_count is 1
-- decision: docs/decisions.md#leads
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of createdOn, a local date in the time zone of the tenant
--   business_unit: the sales unit that the job counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   job_id: id of the job in the source
--   customer_id: id of its customer in the source
--   lead_count: always 1
with jobs as (select * from st_dim.dim_jobs), tenants as (select * from st_ref.dim_tenants)
select
  jobs.tenant_id,
  cast(datetime(jobs.createdOn, tenants.timeZone) as DATE) as event_date,
  jobs.rollupName as business_unit,
  jobs.region,
  jobs.jobId as job_id,
  jobs.customerId as customer_id,
  1 as lead_count
from
  jobs
  inner join tenants on tenants.tenant_id = jobs.tenant_id
where
  jobs.isActive
  and jobs.unitKind = 'SALES'
  and jobs.createdOn is not NULL
  and strpos(lower(jobs.jobTypeName), 'estimate') > 0
  and strpos(lower(coalesce(jobs.customerName, '')), 'test') = 0;
