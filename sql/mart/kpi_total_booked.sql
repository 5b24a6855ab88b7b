-- st_mart.kpi_total_booked: money of the estimates sold on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.booked_estimates
-- units: money before tax
-- decision: docs/decisions.md#the-unit-of-a-record
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date on which the estimates were sold, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   total_booked: money before tax
with records as (select * from st_mart.booked_estimates)
select tenant_id, event_date, business_unit, sum(total_booked) as total_booked
from records
group by tenant_id, event_date, business_unit;
