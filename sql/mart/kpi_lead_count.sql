-- st_mart.kpi_lead_count: leads of each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.lead_jobs
-- units: lead_customers are distinct on that day and do not add up over days
-- decision: docs/decisions.md#leads
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date on which the jobs were created, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   lead_count: leads, a count of jobs
--   lead_customers: their customers, each counted once a day, so that they do not add up over days
with records as (select * from st_mart.lead_jobs)
select
  tenant_id,
  event_date,
  business_unit,
  cast(sum(lead_count) as INT64) as lead_count,
  count(distinct customer_id) as lead_customers
from records
group by tenant_id, event_date, business_unit;
