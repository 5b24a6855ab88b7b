-- st_mart.kpi_future_bookings: revenue of the production work ahead, one snapshot a day
-- grain: one row per tenant, snapshot date and production unit that the roll-up then knew
-- history: event_date
-- sources: st_mart.future_booking_jobs, st_ref.dim_units, st_ref.dim_tenants
-- units: event_date is the snapshot's date; money, 0 where the unit has nothing
-- decision: docs/decisions.md#snapshots
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the snapshot, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   future_bookings: revenue of the production work ahead: money before tax, 0 where the unit has none
with
  records as (select * from st_mart.future_booking_jobs),
  units as (select * from st_ref.dim_units where unit_kind = 'PRODUCTION'),
  tenants as (select * from st_ref.dim_tenants)
select
  units.tenant_id,
  tenants.buildDate as event_date,
  units.business_unit,
  coalesce(sum(records.future_bookings), 0) as future_bookings
from
  units
  inner join tenants on tenants.tenant_id = units.tenant_id
  left join records
    on records.tenant_id = units.tenant_id
    and records.business_unit = units.business_unit
    and records.event_date = tenants.buildDate
group by units.tenant_id, tenants.buildDate, units.business_unit;
