-- st_ref.dim_tenants: the tenants of this warehouse, each with its time zone and the date up to which the marts go
-- grain: one row per tenant that was ever built
-- sources: st_ops.tenants
-- units: builtAt in UTC; buildDate is the local date on which the build began
-- decision: docs/decisions.md#the-time-zone-is-a-row-not-a-text-in-the-sql
-- columns:
--   tenant_id: the tenant of the source
--   timeZone: its time zone, an IANA name: the dates of the marts are local dates of this zone
--   builtAt: when its latest build began, in UTC
--   buildDate: the local date of that instant: the last date of its marts
with tenants as (select * from st_ops.tenants)
select
  tenant_id,
  time_zone as timeZone,
  built_at as builtAt,
  cast(datetime(built_at, time_zone) as DATE) as buildDate
from tenants;
