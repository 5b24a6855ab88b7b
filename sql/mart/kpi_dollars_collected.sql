-- st_mart.kpi_dollars_collected: money collected on each day, refunds taken off
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.collected_payments
-- units: money
-- decision: docs/decisions.md#where-a-payment-belongs
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the payments, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it; (no unit) for money that reaches none
--   dollars_collected: money, refunds taken off
with records as (select * from st_mart.collected_payments)
select tenant_id, event_date, business_unit, sum(dollars_collected) as dollars_collected
from records
group by tenant_id, event_date, business_unit;
