-- st_mart.kpi_dollars_produced: revenue of the production jobs that started on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.produced_jobs
-- units: money before tax
-- decision: docs/decisions.md#late-postings
with records as (select * from st_mart.produced_jobs)
select tenant_id, event_date, business_unit, sum(dollars_produced) as dollars_produced
from records
group by tenant_id, event_date, business_unit;
