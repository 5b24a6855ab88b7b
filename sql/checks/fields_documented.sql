-- fields_documented: records have the fields that the source documents, and values of their types
-- severity: yellow
-- threshold: any field that was not as documented in a load of the seven days before the build began, or later
-- sources: st_ops.drift, st_ref.dim_tenants
-- decision: docs/decisions.md#drift
with drift as (select * from st_ops.drift), tenants as (select * from st_ref.dim_tenants)
select
  drift.tenant_id,
  drift.entity,
  drift.field,
  drift.kind,
  drift.count as records,
  drift.first_seen,
  drift.last_seen
from
  drift
  inner join tenants on tenants.tenant_id = drift.tenant_id
where drift.last_seen >= tenants.builtAt - interval 168 hour
order by
  if(drift.kind = 'appeared', 1, 0),
  drift.first_seen desc,
  drift.entity,
  drift.field,
  drift.kind;
