-- st_ref.dim_business_units: the source's business units, retired ones included, since they still name old records
-- grain: one row per tenant and business unit
-- sources: st_raw.raw_business_units
-- units: names trimmed of stray spaces; isActive false also for units that the source no longer has
-- decision: docs/decisions.md#inactive-and-deleted-records
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
