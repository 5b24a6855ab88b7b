-- rollup_rows_used: every row of the roll-up stands for a business unit of the source
-- severity: yellow
-- threshold: any row of sql/seeds/business_unit_rollup.csv that fits no business unit, once there are any
-- sources: st_ref.seed_business_unit_rollup, st_ref.dim_business_units, st_ref.dim_bu_rollup
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
  business_units as (select * from st_ref.dim_business_units),
  rollup_units as (select * from st_ref.dim_bu_rollup),
  unit_ids as (select distinct cast(businessUnitId as STRING) as id_text from rollup_units),
  unit_names as (select distinct lower(businessUnitName) as name_folded from business_units),
  unit_counts as (select count(*) as units from business_units)
select seed.business_unit_id, seed.business_unit_name, seed.rolls_up_to
from
  seed
  cross join unit_counts
  left join unit_ids on unit_ids.id_text = seed.id_text
  left join unit_names on unit_names.name_folded = seed.name_folded
where
  unit_counts.units > 0
  and unit_ids.id_text is NULL
  and (seed.id_text != '' or unit_names.name_folded is NULL)
order by seed.business_unit_name;
