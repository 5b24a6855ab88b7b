-- st_ref.dim_business_units: the source's business units, retired ones included, since they still name old records
-- grain: one row per tenant and business unit
-- sources: st_raw.raw_business_units
-- units: names trimmed of stray spaces; isActive false also for units that the source no longer has
-- decision: docs/decisions.md#inactive-and-deleted-records
-- columns:
--   tenant_id: the tenant of the source
--   businessUnitId: id of the business unit in the source
--   businessUnitName: its name, trimmed
--   officialName: its official name, trimmed
--   tradeName: trade it belongs to, as the source names it
--   divisionName: division it belongs to, as the source names it
--   isActive: the source has it and does not call it inactive
--   createdOn: when it was created, in UTC
--   modifiedOn: when the source last changed it, in UTC
with business_units as (select * from st_raw.raw_business_units)
select
  tenant_id,
  id as businessUnitId,
  trim(name) as businessUnitName,
  trim(officialName) as officialName,
  tradeName,
  divisionName,
  (not _deleted and coalesce(active, TRUE)) as isActive,
  createdOn,
  modifiedOn
from business_units;
