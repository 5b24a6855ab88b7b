-- st_mart.kpi_dollars_produced: revenue of the production jobs that started on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.produced_jobs
-- units: money before tax
-- decision: docs/decisions.md#late-postings
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the job starts, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   dollars_produced: revenue of the jobs: money before tax
with records as (select * from st_mart.produced_jobs)
select tenant_id, event_date, business_unit, sum(dollars_produced) as dollars_produced
from records
group by tenant_id, event_date, business_unit;
