-- st_mart.produced_jobs: the jobs of production units with their revenue and cost, whatever their status
-- grain: one row per tenant and job
-- sources: st_mart.job_costs
-- units: event_date is the local date of the job start; warranty_cost is the whole cost of a warranty job, 0 of any other
-- decision: docs/decisions.md#cost-of-a-job
with job_costs as (select * from st_mart.job_costs)
select
  tenant_id,
  event_date,
  business_unit,
  region,
  job_id,
  revenue as dollars_produced,
  total_cost as production_cost,
  if(is_warranty, total_cost, 0) as warranty_cost
from job_costs
where unit_kind = 'PRODUCTION' and event_date is not NULL;
