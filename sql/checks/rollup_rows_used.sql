-- rollup_rows_used: every row of the roll-up stands for a business unit of the source
-- severity: yellow
-- threshold: any row of sql/seeds/business_unit_rollup.csv that fits no business unit, once there are any
-- sources: st_ref.seed_business_unit_rollup, st_ref.dim_business_units
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  seed as (
    select
      trim(coalesce(business_unit_id, '')) as id_text,
      lower(trim(coalesce(business_unit_name, ''))) as name_folded,
      business_unit_id,
      business_unit_name,
      rolls_up_to
    from st_ref.seed_business_unit_rollup
  ),
  business_units as (
    select cast(businessUnitId as STRING) as id_text, lower(businessUnitName) as name_folded
    from st_ref.dim_business_units
  )
select seed.business_unit_id, seed.business_unit_name, seed.rolls_up_to
from seed
where
  exists (select 1 from business_units)
  and not exists (
    select 1
    from business_units
    where
      business_units.id_text = seed.id_text
      or (seed.id_text = '' and business_units.name_folded = seed.name_folded)
  )
order by seed.business_unit_name;
