-- st_mart.kpi_warranty_percent: cost of warranty work against the revenue of each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.produced_jobs
-- units: money; percent, NULL without revenue
-- decision: docs/decisions.md#cost-of-a-job
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the job starts, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   warranty_cost: cost of the jobs that are warranty work, as money
--   warranty_percent: warranty_cost in percent of the revenue of all jobs, rounded to 2 decimals; NULL without revenue
with records as (select * from st_mart.produced_jobs)
select
  tenant_id,
  event_date,
  business_unit,
  sum(warranty_cost) as warranty_cost,
  round(safe_divide(100 * sum(warranty_cost), sum(dollars_produced)), 2) as warranty_percent
from records
group by tenant_id, event_date, business_unit;
