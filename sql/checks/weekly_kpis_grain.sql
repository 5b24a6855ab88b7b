-- weekly_kpis_grain: weekly_kpis has one row per tenant, week and unit, and none of the three is missing
-- severity: red
-- threshold: any such row that stands twice or lacks one of them
-- sources: st_mart.weekly_kpis
-- decision: docs/decisions.md#the-checks-that-are-red
with weekly_kpis as (select * from st_mart.weekly_kpis)
select tenant_id, week_start, business_unit, count(*) as row_count
from weekly_kpis
group by tenant_id, week_start, business_unit
having count(*) > 1 or tenant_id is NULL or week_start is NULL or business_unit is NULL
order by tenant_id, week_start, business_unit;
