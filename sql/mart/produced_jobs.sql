-- st_mart.produced_jobs: the jobs of production units with their revenue and cost, whatever their status
-- grain: one row per tenant and job
-- sources: st_mart.job_costs
-- units: event_date is the local date of the job start; warranty_cost is the whole cost of a warranty job, 0 of any other
-- decision: docs/decisions.md#cost-of-a-job
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the job start, a local date in the time zone of the tenant
--   business_unit: the production unit that the job counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   job_id: id of the job in the source
--   dollars_produced: revenue of the job: money before tax
--   production_cost: cost of the job, as money
--   warranty_cost: cost of the job if it is warranty work, as money; else 0
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
