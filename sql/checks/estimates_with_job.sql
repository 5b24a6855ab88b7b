-- estimates_with_job: estimates belong to a job that is known
-- severity: yellow
-- threshold: below 95 percent of a tenant's active estimates
-- sources: st_raw.raw_estimates, st_dim.dim_jobs
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  limits as (select 95 as percent_min),
  estimates as (select * from st_raw.raw_estimates where not _deleted and coalesce(active, TRUE)),
  jobs as (select * from st_dim.dim_jobs),
  shares as (
    select
      estimates.tenant_id,
      count(*) as estimate_count,
      countif(jobs.jobId is not NULL) as with_job
    from
      estimates
      left join jobs on jobs.tenant_id = estimates.tenant_id and jobs.jobId = estimates.jobId
    group by estimates.tenant_id
  )
select shares.tenant_id, shares.estimate_count, shares.with_job, limits.percent_min
from
  shares
  cross join limits
where shares.with_job * 100 < shares.estimate_count * limits.percent_min
order by shares.tenant_id;
