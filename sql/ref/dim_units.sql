-- st_ref.dim_units: the units that analysts know: those that business units of the source roll up to
-- grain: one row per tenant and unit
-- sources: st_ref.dim_bu_rollup
-- units: unit_kind is SALES or PRODUCTION
-- decision: docs/decisions.md#units-of-the-marts
-- columns:
--   tenant_id: the tenant of the source
--   business_unit: the unit, under the name that analysts know
--   unit_kind: SALES or PRODUCTION
--   region: its region
with rollup_units as (select * from st_ref.dim_bu_rollup)
select tenant_id, rollupName as business_unit, min(unitKind) as unit_kind, min(region) as region
from rollup_units
where unitKind in ('SALES', 'PRODUCTION')
group by tenant_id, rollupName;
