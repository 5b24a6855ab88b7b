-- st_dim.dim_invoices: every invoice with its job, the unit it counts under and the name of its location
-- grain: one row per tenant and invoice; as many rows as st_raw.raw_invoices
-- sources: st_raw.raw_invoices, st_raw.raw_locations, st_dim.dim_jobs, st_ref.dim_bu_rollup
-- units: money before tax in subTotal, open amount in balance; jobId is NULL where the job is not known
-- decision: docs/decisions.md#the-unit-of-a-record
-- columns:
--   tenant_id: the tenant of the source
--   invoiceId: id of the invoice in the source
--   jobId: id of its job; NULL where that is not known
--   businessUnitId: id of the business unit of its job, or its own where the job is not known
--   rollupName: the unit that it counts under; NULL where the roll-up does not know the business unit
--   unitKind: SALES, PRODUCTION or NONE; NULL where the roll-up does not know the business unit
--   region: region of the unit; NULL where the roll-up does not know the business unit
--   locationId: id of its location in the source
--   locationName: name of the location, trimmed: its own record's, else the one in the invoice; NULL if both are blank
--   invoiceDate: the date of the invoice, as the source writes it: an instant in UTC
--   createdOn: when it was created, in UTC
--   subTotal: money before tax
--   balance: money still open; negative for a credit
--   isActive: the source has it and does not call it inactive: only then it counts
with
  invoices as (select * from st_raw.raw_invoices),
  locations as (select * from st_raw.raw_locations),
  jobs as (select * from st_dim.dim_jobs),
  rollup_units as (select * from st_ref.dim_bu_rollup),
  placed_invoices as (
    select
      invoices.tenant_id,
      invoices.id as invoiceId,
      jobs.jobId,
      if(jobs.jobId is NULL, invoices.businessUnitId, jobs.businessUnitId) as businessUnitId,
      invoices.locationId,
      coalesce(
        nullif(trim(locations.name), ''),
        nullif(trim(invoices.locationName), '')
      ) as locationName,
      invoices.invoiceDate,
      invoices.createdOn,
      invoices.subTotal,
      invoices.balance,
      (not invoices._deleted and coalesce(invoices.active, TRUE)) as isActive
    from
      invoices
      left join jobs on jobs.tenant_id = invoices.tenant_id and jobs.jobId = invoices.jobId
      left join locations
        on locations.tenant_id = invoices.tenant_id and locations.id = invoices.locationId
  )
select
  placed_invoices.tenant_id,
  placed_invoices.invoiceId,
  placed_invoices.jobId,
  placed_invoices.businessUnitId,
  rollup_units.rollupName,
  rollup_units.unitKind,
  rollup_units.region,
  placed_invoices.locationId,
  placed_invoices.locationName,
  placed_invoices.invoiceDate,
  placed_invoices.createdOn,
  placed_invoices.subTotal,
  placed_invoices.balance,
  placed_invoices.isActive
from
  placed_invoices
  left join rollup_units
    on rollup_units.tenant_id = placed_invoices.tenant_id
    and rollup_units.businessUnitId = placed_invoices.businessUnitId;
