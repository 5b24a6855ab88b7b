-- daily_kpis_grain: daily_kpis has one row per tenant, date and unit, and none of the three is missing
-- severity: red
-- threshold: any such row that stands twice or lacks one of them
-- sources: st_mart.daily_kpis
-- decision: docs/decisions.md#the-checks-that-are-red
with daily_kpis as (select * from st_mart.daily_kpis)
select tenant_id, event_date, business_unit, count(*) as row_count
from daily_kpis
group by tenant_id, event_date, business_unit
having count(*) > 1 or tenant_id is NULL or event_date is NULL or business_unit is NULL
order by tenant_id, event_date, business_unit;
