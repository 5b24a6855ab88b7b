-- st_mart.kpi_outstanding_ar: what locations owe, one snapshot a day
-- grain: one row per tenant, snapshot date and production unit that the roll-up then knew
-- history: event_date
-- sources: st_mart.outstanding_invoices, st_ref.dim_units, st_ref.dim_tenants
-- units: event_date is the snapshot's date; money, 0 where the unit has nothing
-- decision: docs/decisions.md#what-a-location-owes
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the snapshot, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it
--   outstanding_ar: what locations that owe 10.00 or more owe, as money; 0 where nobody does
with
  records as (select * from st_mart.outstanding_invoices),
  units as (select * from st_ref.dim_units where unit_kind = 'PRODUCTION'),
  tenants as (select * from st_ref.dim_tenants)
select
  units.tenant_id,
  tenants.buildDate as event_date,
  units.business_unit,
  coalesce(sum(records.outstanding_ar), 0) as outstanding_ar
from
  units
  inner join tenants on tenants.tenant_id = units.tenant_id
  left join records
    on records.tenant_id = units.tenant_id
    and records.business_unit = units.business_unit
    and records.event_date = tenants.buildDate
group by units.tenant_id, tenants.buildDate, units.business_unit;
