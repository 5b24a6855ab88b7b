-- st_mart.future_booking_jobs: the production work ahead, as it stood on each build date
-- grain: one row per tenant, snapshot date and job
-- history: event_date
-- sources: st_mart.job_costs, st_dim.dim_jobs, st_ref.dim_dates, st_ref.dim_tenants
-- units: event_date is the snapshot's date; job_start_date a local date; future_bookings is the job's revenue
-- decision: docs/decisions.md#snapshots
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the snapshot, a local date in the time zone of the tenant
--   business_unit: the production unit that the job counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   job_id: id of the job in the source
--   job_start_date: date of the job start as it then was, a local date in the time zone of the tenant
--   future_bookings: revenue of the job as it then was: money before tax
with
  job_costs as (select * from st_mart.job_costs),
  jobs as (select * from st_dim.dim_jobs),
  dates as (select * from st_ref.dim_dates),
  tenants as (select * from st_ref.dim_tenants)
select
  job_costs.tenant_id,
  tenants.buildDate as event_date,
  job_costs.business_unit,
  job_costs.region,
  job_costs.job_id,
  job_costs.event_date as job_start_date,
  job_costs.revenue as future_bookings
from
  job_costs
  inner join jobs on jobs.tenant_id = job_costs.tenant_id and jobs.jobId = job_costs.job_id
  inner join tenants on tenants.tenant_id = job_costs.tenant_id
  inner join dates on dates.event_date = tenants.buildDate
where
  job_costs.unit_kind = 'PRODUCTION'
  and lower(trim(coalesce(jobs.jobStatus, ''))) != 'canceled'
  and not jobs.isProductionExcluded
  and job_costs.event_date >= dates.week_start
  and job_costs.event_date <= cast(date_add(dates.week_start, interval 1 year) as DATE);
