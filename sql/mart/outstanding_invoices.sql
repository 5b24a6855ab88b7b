-- st_mart.outstanding_invoices: the open invoices of locations that owe a unit 10.00 or more, as they stood on each build date
-- grain: one row per tenant, snapshot date and invoice
-- history: event_date
-- sources: st_dim.dim_invoices, st_ref.dim_tenants
-- units: event_date is the snapshot's date; outstanding_ar is the invoice's balance, credits negative
-- decision: docs/decisions.md#what-a-location-owes
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the snapshot, a local date in the time zone of the tenant
--   business_unit: the production unit that the invoice counts under, as the roll-up names it
--   region: region of the unit, as the roll-up names it
--   invoice_id: id of the invoice in the source
--   location_id: id of its location in the source
--   outstanding_ar: balance of the invoice as it then was: money, negative for a credit
with
  invoices as (
    select *, coalesce(cast(locationId as STRING), 'named ' || locationName) as location_key
    from st_dim.dim_invoices
    where isActive and unitKind = 'PRODUCTION' and locationName is not NULL
  ),
  tenants as (select * from st_ref.dim_tenants),
  owing_locations as (
    select tenant_id, rollupName, location_key
    from invoices
    group by tenant_id, rollupName, location_key
    having sum(balance) >= 10
  )
select
  invoices.tenant_id,
  tenants.buildDate as event_date,
  invoices.rollupName as business_unit,
  invoices.region,
  invoices.invoiceId as invoice_id,
  invoices.locationId as location_id,
  invoices.balance as outstanding_ar
from
  invoices
  inner join owing_locations
    on owing_locations.tenant_id = invoices.tenant_id
    and owing_locations.rollupName = invoices.rollupName
    and owing_locations.location_key = invoices.location_key
  inner join tenants on tenants.tenant_id = invoices.tenant_id
where invoices.balance != 0;
