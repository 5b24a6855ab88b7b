-- st_mart.kpi_days: every date and unit that the marts have a row for
-- grain: one row per tenant, date and unit, without gaps; money of no unit has rows of its own
-- sources: st_mart.lead_jobs, st_mart.booked_estimates, st_mart.produced_jobs, st_mart.collected_payments, st_mart.completed_estimates, st_mart.sales_opportunities, st_mart.future_booking_jobs, st_mart.outstanding_invoices, st_ref.dim_dates, st_ref.dim_tenants, st_ref.dim_units
-- units: local dates from the first record of any KPI to the build date; unit_kind is SALES, PRODUCTION, or NULL for '(no unit)'
-- decision: docs/decisions.md#units-of-the-marts
-- columns:
--   tenant_id: the tenant of the source
--   event_date: the date, a local date in the time zone of the tenant
--   week_start: Monday on or before it: the name of its week
--   business_unit: the unit, as the roll-up names it; (no unit) for money that reaches none
--   region: region of the unit; (no unit) for money that reaches none
--   unit_kind: SALES or PRODUCTION; NULL for money that reaches no unit
with
  tenants as (select * from st_ref.dim_tenants),
  dates as (select * from st_ref.dim_dates),
  units as (select * from st_ref.dim_units),
  collected_payments as (select * from st_mart.collected_payments),
  record_dates as (
    select tenant_id, event_date from st_mart.lead_jobs
    union all
    select tenant_id, event_date from st_mart.booked_estimates
    union all
    select tenant_id, event_date from st_mart.produced_jobs
    union all
    select tenant_id, event_date from st_mart.collected_payments
    union all
    select tenant_id, event_date from st_mart.completed_estimates
    union all
    select tenant_id, event_date from st_mart.sales_opportunities
    union all
    select tenant_id, event_date from st_mart.future_booking_jobs
    union all
    select tenant_id, event_date from st_mart.outstanding_invoices
  ),
  first_dates as (
    select tenant_id, min(event_date) as first_date from record_dates group by tenant_id
  ),
  days as (
    select tenants.tenant_id, dates.event_date, dates.week_start
    from
      tenants
      inner join first_dates on first_dates.tenant_id = tenants.tenant_id
      inner join dates
        on dates.event_date >= first_dates.first_date and dates.event_date <= tenants.buildDate
  ),
  days_without_unit as (
    select distinct tenant_id, event_date
    from collected_payments
    where business_unit = '(no unit)' and dollars_collected != 0
  )
select
  days.tenant_id,
  days.event_date,
  days.week_start,
  units.business_unit,
  units.region,
  units.unit_kind
from
  days
  inner join units on units.tenant_id = days.tenant_id
union all
select
  days.tenant_id,
  days.event_date,
  days.week_start,
  '(no unit)',
  '(no unit)',
  cast(NULL as STRING)
from
  days
  inner join days_without_unit
    on days_without_unit.tenant_id = days.tenant_id
    and days_without_unit.event_date = days.event_date;
