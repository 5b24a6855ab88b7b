-- weekly_kpis_by_region_grain: weekly_kpis_by_region has one row per tenant, week and region, and none of the three is missing
-- severity: red
-- threshold: any such row that stands twice or lacks one of them
-- sources: st_mart.weekly_kpis_by_region
-- decision: docs/decisions.md#the-checks-that-are-red
with weekly_kpis_by_region as (select * from st_mart.weekly_kpis_by_region)
select tenant_id, week_start, region, count(*) as row_count
from weekly_kpis_by_region
group by tenant_id, week_start, region
having count(*) > 1 or tenant_id is NULL or week_start is NULL or region is NULL
order by tenant_id, week_start, region;
