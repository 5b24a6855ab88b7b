-- daily_kpis_by_region_grain: daily_kpis_by_region has one row per tenant, date and region, and none of the three is missing
-- severity: red
-- threshold: any such row that stands twice or lacks one of them
-- sources: st_mart.daily_kpis_by_region
-- decision: docs/decisions.md#the-checks-that-are-red
with daily_kpis_by_region as (select * from st_mart.daily_kpis_by_region)
select tenant_id, event_date, region, count(*) as row_count
from daily_kpis_by_region
group by tenant_id, event_date, region
having count(*) > 1 or tenant_id is NULL or event_date is NULL or region is NULL
order by tenant_id, event_date, region;
