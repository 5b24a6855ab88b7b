-- st_ref.dim_bu_rollup: which unit each business unit counts under, its kind and region, as a person wrote it in the seed
-- grain: one row per tenant and business unit that the seed knows, by id or else by name
-- sources: st_ref.dim_business_units, st_ref.seed_business_unit_rollup
-- units: unitKind is SALES, PRODUCTION or NONE
-- decision: docs/decisions.md#ids-win-over-names-in-the-roll-up
with
  business_units as (select * from st_ref.dim_business_units),
  seed as (select * from st_ref.seed_business_unit_rollup),
  matched as (
    select
      business_units.tenant_id,
      business_units.businessUnitId,
      business_units.businessUnitName,
      upper(trim(seed.unit_kind)) as unitKind,
      trim(seed.rolls_up_to) as rollupName,
      trim(seed.region) as region,
      trim(coalesce(seed.business_unit_id, '')) = cast(
        business_units.businessUnitId as STRING
      ) as isMatchedById
    from
      business_units
      inner join seed
        on trim(coalesce(seed.business_unit_id, '')) = cast(business_units.businessUnitId as STRING)
        or (
          trim(coalesce(seed.business_unit_id, '')) = ''
          and lower(trim(seed.business_unit_name)) = lower(business_units.businessUnitName)
        )
  )
select tenant_id, businessUnitId, businessUnitName, unitKind, rollupName, region
from matched
qualify
  row_number() over (
    partition by tenant_id, businessUnitId
    order by isMatchedById desc, rollupName, unitKind, region
  ) = 1;
