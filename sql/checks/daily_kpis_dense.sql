-- daily_kpis_dense: every unit has a row for every date from the first record of any KPI to the build date
-- severity: red
-- threshold: any unit with a date too few or too many
-- sources: st_mart.daily_kpis, st_mart.lead_jobs, st_mart.booked_estimates, st_mart.produced_jobs, st_mart.collected_payments, st_mart.completed_estimates, st_mart.sales_opportunities, st_mart.future_booking_jobs, st_mart.outstanding_invoices, st_ref.dim_units, st_ref.dim_tenants
-- decision: docs/decisions.md#the-checks-that-are-red
with
  daily_kpis as (select * from st_mart.daily_kpis),
  units as (select * from st_ref.dim_units),
  tenants as (select * from st_ref.dim_tenants),
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
  ranges as (
    select
      tenants.tenant_id,
      min(record_dates.event_date) as first_date,
      tenants.buildDate as last_date
    from
      tenants
      inner join record_dates
        on record_dates.tenant_id = tenants.tenant_id
        and record_dates.event_date <= tenants.buildDate
    group by tenants.tenant_id, tenants.buildDate
  ),
  unit_days as (
    select
      tenant_id,
      business_unit,
      count(distinct event_date) as dates,
      min(event_date) as first_date,
      max(event_date) as last_date
    from daily_kpis
    group by tenant_id, business_unit
  )
select
  ranges.tenant_id,
  units.business_unit,
  ranges.first_date as first_date_expected,
  unit_days.first_date,
  ranges.last_date as last_date_expected,
  unit_days.last_date,
  coalesce(unit_days.dates, 0) as dates
from
  ranges
  inner join units on units.tenant_id = ranges.tenant_id
  left join unit_days
    on unit_days.tenant_id = units.tenant_id and unit_days.business_unit = units.business_unit
where
  unit_days.tenant_id is NULL
  or unit_days.first_date != ranges.first_date
  or unit_days.last_date != ranges.last_date
  or unit_days.dates != unix_date(ranges.last_date) - unix_date(ranges.first_date) + 1
order by ranges.tenant_id, units.business_unit;
