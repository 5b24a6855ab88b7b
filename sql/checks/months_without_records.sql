-- months_without_records: no month is empty between months that have records
-- severity: yellow
-- threshold: any month without records, of an entity with at least 5 records in its average month
-- sources: st_mart.record_months
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  limits as (select 5 as mean_min),
  record_months as (select * from st_mart.record_months),
  means as (
    select tenant_id, entity, sum(records) as records, count(*) as months
    from record_months
    group by tenant_id, entity
  )
select record_months.tenant_id, record_months.entity, record_months.month_start
from
  record_months
  inner join means
    on means.tenant_id = record_months.tenant_id and means.entity = record_months.entity
  cross join limits
where record_months.is_gap and means.records >= limits.mean_min * means.months
order by record_months.tenant_id, record_months.entity, record_months.month_start;
