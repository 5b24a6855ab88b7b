-- daily_kpis_add_up: every count and sum of daily_kpis is that of its records, on each date and in each unit
-- severity: red
-- threshold: any difference, up to the date of the build; snapshots of units that the roll-up still knows
-- sources: st_mart.daily_kpis, st_mart.lead_jobs, st_mart.completed_estimates, st_mart.sales_opportunities, st_mart.booked_estimates, st_mart.produced_jobs, st_mart.collected_payments, st_mart.future_booking_jobs, st_mart.outstanding_invoices, st_ref.dim_tenants, st_ref.dim_units
-- decision: docs/decisions.md#the-checks-that-are-red
with
  daily_kpis as (select * from st_mart.daily_kpis),
  tenants as (select * from st_ref.dim_tenants),
  units as (select * from st_ref.dim_units where unit_kind = 'PRODUCTION'),
  records as (
    select
      'lead_count' as kpi,
      tenant_id,
      event_date,
      business_unit,
      cast(lead_count as NUMERIC(38, 9)) as amount
    from st_mart.lead_jobs as records
    union all
    select
      'num_estimates',
      tenant_id,
      event_date,
      business_unit,
      cast(num_estimates as NUMERIC(38, 9))
    from st_mart.completed_estimates as records
    union all
    select
      'sales_opportunities',
      tenant_id,
      event_date,
      business_unit,
      cast(sales_opportunities as NUMERIC(38, 9))
    from st_mart.sales_opportunities as records
    union all
    select
      'closed_opportunities',
      tenant_id,
      event_date,
      business_unit,
      cast(closed_opportunities as NUMERIC(38, 9))
    from st_mart.sales_opportunities as records
    union all
    select 'total_booked', tenant_id, event_date, business_unit, total_booked
    from st_mart.booked_estimates as records
    union all
    select 'dollars_produced', tenant_id, event_date, business_unit, dollars_produced
    from st_mart.produced_jobs as records
    union all
    select 'production_cost', tenant_id, event_date, business_unit, production_cost
    from st_mart.produced_jobs as records
    union all
    select 'warranty_cost', tenant_id, event_date, business_unit, warranty_cost
    from st_mart.produced_jobs as records
    union all
    select 'dollars_collected', tenant_id, event_date, business_unit, dollars_collected
    from st_mart.collected_payments as records
  ),
  snapshot_records as (
    select 'future_bookings' as kpi, tenant_id, event_date, business_unit, future_bookings as amount
    from st_mart.future_booking_jobs as records
    union all
    select 'outstanding_ar', tenant_id, event_date, business_unit, outstanding_ar
    from st_mart.outstanding_invoices as records
  ),
  marts as (
    select
      'lead_count' as kpi,
      tenant_id,
      event_date,
      business_unit,
      cast(lead_count as NUMERIC(38, 9)) as amount
    from daily_kpis
    union all
    select
      'num_estimates',
      tenant_id,
      event_date,
      business_unit,
      cast(num_estimates as NUMERIC(38, 9))
    from daily_kpis
    union all
    select
      'sales_opportunities',
      tenant_id,
      event_date,
      business_unit,
      cast(sales_opportunities as NUMERIC(38, 9))
    from daily_kpis
    union all
    select
      'closed_opportunities',
      tenant_id,
      event_date,
      business_unit,
      cast(closed_opportunities as NUMERIC(38, 9))
    from daily_kpis
    union all
    select 'total_booked', tenant_id, event_date, business_unit, total_booked
    from daily_kpis
    union all
    select 'dollars_produced', tenant_id, event_date, business_unit, dollars_produced
    from daily_kpis
    union all
    select 'production_cost', tenant_id, event_date, business_unit, production_cost
    from daily_kpis
    union all
    select 'warranty_cost', tenant_id, event_date, business_unit, warranty_cost
    from daily_kpis
    union all
    select 'dollars_collected', tenant_id, event_date, business_unit, dollars_collected
    from daily_kpis
    union all
    select 'future_bookings', tenant_id, event_date, business_unit, future_bookings
    from daily_kpis
    union all
    select 'outstanding_ar', tenant_id, event_date, business_unit, outstanding_ar
    from daily_kpis
  ),
  amounts as (
    select
      records.kpi,
      records.tenant_id,
      records.event_date,
      records.business_unit,
      records.amount as records_amount,
      cast(0 as NUMERIC(38, 9)) as mart_amount
    from
      records
      inner join tenants
        on tenants.tenant_id = records.tenant_id and tenants.buildDate >= records.event_date
    union all
    select
      snapshot_records.kpi,
      snapshot_records.tenant_id,
      snapshot_records.event_date,
      snapshot_records.business_unit,
      snapshot_records.amount,
      cast(0 as NUMERIC(38, 9))
    from
      snapshot_records
      inner join units
        on units.tenant_id = snapshot_records.tenant_id
        and units.business_unit = snapshot_records.business_unit
      inner join tenants
        on tenants.tenant_id = snapshot_records.tenant_id
        and tenants.buildDate >= snapshot_records.event_date
    union all
    select kpi, tenant_id, event_date, business_unit, cast(0 as NUMERIC(38, 9)), amount
    from marts
    where amount != 0
  ),
  sums as (
    select
      tenant_id,
      kpi,
      event_date,
      business_unit,
      sum(records_amount) as records_amount,
      sum(mart_amount) as mart_amount
    from amounts
    group by tenant_id, kpi, event_date, business_unit
  )
select *
from sums
where records_amount != mart_amount
order by tenant_id, kpi, event_date, business_unit;
