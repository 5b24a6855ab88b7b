-- jobs_per_day: as many jobs were created on the last full day as usual on that weekday
-- severity: yellow
-- threshold: below half of the mean of the same weekday in the 4 weeks before, where that mean is at least 5
-- sources: st_dim.dim_jobs, st_ref.dim_tenants
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  limits as (select 4 as weeks, 2 as part, 5 as mean_min),
  jobs as (select * from st_dim.dim_jobs where isActive),
  tenants as (select * from st_ref.dim_tenants),
  ages as (
    select
      tenants.tenant_id,
      tenants.buildDate,
      unix_date(tenants.buildDate) - 1 - unix_date(
        cast(datetime(jobs.createdOn, tenants.timeZone) as DATE)
      ) as days_ago
    from
      jobs
      inner join tenants on tenants.tenant_id = jobs.tenant_id
  ),
  counts as (
    select
      ages.tenant_id,
      date_from_unix_date(unix_date(ages.buildDate) - 1) as event_date,
      countif(ages.days_ago = 0) as jobs,
      countif(
        ages.days_ago > 0 and ages.days_ago <= 7 * limits.weeks and mod(ages.days_ago, 7) = 0
      ) as jobs_in_weeks_before
    from
      ages
      cross join limits
    group by ages.tenant_id, ages.buildDate
  )
select
  counts.tenant_id,
  counts.event_date,
  counts.jobs,
  counts.jobs_in_weeks_before,
  limits.weeks
from
  counts
  cross join limits
where
  counts.jobs_in_weeks_before >= limits.mean_min * limits.weeks
  and counts.jobs * limits.part * limits.weeks < counts.jobs_in_weeks_before
order by counts.tenant_id;
