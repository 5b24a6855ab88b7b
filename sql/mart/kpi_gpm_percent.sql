-- st_mart.kpi_gpm_percent: gross margin of the production jobs that started on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.produced_jobs
-- units: money; percent, NULL without revenue
-- decision: docs/decisions.md#cost-of-a-job
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the job starts, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   production_cost: cost of the jobs, as money
--   gpm_percent: revenue less production_cost, in percent of the revenue, rounded to 2 decimals; NULL without revenue
with records as (select * from st_mart.produced_jobs)
select
  tenant_id,
  event_date,
  business_unit,
  sum(production_cost) as production_cost,
  round(
    safe_divide(100 * (sum(dollars_produced) - sum(production_cost)), sum(dollars_produced)),
    2
  ) as gpm_percent
from records
group by tenant_id, event_date, business_unit;
