-- st_mart.kpi_num_estimates: estimate visits completed on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.completed_estimates
-- units: a count
-- decision: docs/decisions.md#completed-estimates
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date on which the visits were completed, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   num_estimates: estimate visits, a count of jobs
with records as (select * from st_mart.completed_estimates)
select tenant_id, event_date, business_unit, cast(sum(num_estimates) as INT64) as num_estimates
from records
group by tenant_id, event_date, business_unit;
