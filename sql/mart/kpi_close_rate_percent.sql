-- st_mart.kpi_close_rate_percent: share of the opportunities of each day that were sold
-- grain: one row per tenant, date and unit that has any
-- sources: st_mart.sales_opportunities
-- units: counts; percent
-- decision: docs/decisions.md#opportunities
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the opportunities, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   sales_opportunities: jobs that could be sold, a count
--   closed_opportunities: those of them that were sold, a count
--   close_rate_percent: closed_opportunities in percent of sales_opportunities, rounded to 2 decimals
with records as (select * from st_mart.sales_opportunities)
select
  tenant_id,
  event_date,
  business_unit,
  cast(sum(sales_opportunities) as INT64) as sales_opportunities,
  cast(sum(closed_opportunities) as INT64) as closed_opportunities,
  round(
    safe_divide(
      cast(100 * sum(closed_opportunities) as NUMERIC(38, 9)),
      cast(sum(sales_opportunities) as NUMERIC(38, 9))
    ),
    2
  ) as close_rate_percent
from records
group by tenant_id, event_date, business_unit;
