-- st_mart.kpi_num_estimates: estimate visits completed on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.completed_estimates
-- units: a count
-- decision: docs/decisions.md#completed-estimates
with records as (select * from st_mart.completed_estimates)
select tenant_id, event_date, business_unit, cast(sum(num_estimates) as INT64) as num_estimates
from records
group by tenant_id, event_date, business_unit;
