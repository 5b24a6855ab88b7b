-- st_mart.kpi_total_booked: money of the estimates sold on each day
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.booked_estimates
-- units: money before tax
-- decision: docs/decisions.md#the-unit-of-a-record
with records as (select * from st_mart.booked_estimates)
select tenant_id, event_date, business_unit, sum(total_booked) as total_booked
from records
group by tenant_id, event_date, business_unit;
