-- st_ref.dim_bu_rollup: which unit each business unit counts under, its kind and region, as a person wrote it in the seed
-- grain: one row per tenant and business unit that the seed knows, by id or else by name
-- sources: st_ref.dim_business_units, st_ref.seed_business_unit_rollup, st_raw.raw_jobs, st_raw.raw_invoices, st_raw.raw_payments
-- units: unitKind is SALES, PRODUCTION or NONE
-- decision: docs/decisions.md#ids-win-over-names-in-the-roll-up
-- columns:
--   tenant_id: the tenant of the source
--   businessUnitId: id of the business unit in the source
--   businessUnitName: its name in the source, trimmed; the name in the seed where the source no longer lists it
--   unitKind: SALES, PRODUCTION or NONE, which is left out of the marts on purpose
--   rollupName: the unit that it counts under, under the name that analysts know
--   region: region of the unit
with
  business_units as (select * from st_ref.dim_business_units),
  seed as (select * from st_ref.seed_business_unit_rollup),
  units_of_records as (
    select tenant_id, businessUnitId from st_raw.raw_jobs
    union distinct
    select tenant_id, businessUnitId from st_raw.raw_invoices
    union distinct
    select tenant_id, businessUnitId from st_raw.raw_payments
  ),
  -- A record can name a unit that the source no longer lists; the seed can still know its id.
  known_units as (
    select tenant_id, businessUnitId, businessUnitName from business_units
    union all
    select units_of_records.tenant_id, units_of_records.businessUnitId, cast(NULL as STRING)
    from
      units_of_records
      left join business_units
        on business_units.tenant_id = units_of_records.tenant_id
        and business_units.businessUnitId = units_of_records.businessUnitId
    where units_of_records.businessUnitId is not NULL and business_units.businessUnitId is NULL
  ),
  matched as (
    select
      known_units.tenant_id,
      known_units.businessUnitId,
      coalesce(known_units.businessUnitName, trim(seed.business_unit_name)) as businessUnitName,
      upper(trim(seed.unit_kind)) as unitKind,
      trim(seed.rolls_up_to) as rollupName,
      trim(seed.region) as region,
      trim(coalesce(seed.business_unit_id, '')) = cast(
        known_units.businessUnitId as STRING
      ) as isMatchedById
    from
      known_units
      inner join seed
        on trim(coalesce(seed.business_unit_id, '')) = cast(known_units.businessUnitId as STRING)
        or (
          trim(coalesce(seed.business_unit_id, '')) = ''
          and lower(trim(seed.business_unit_name)) = lower(known_units.businessUnitName)
        )
  )
select tenant_id, businessUnitId, businessUnitName, unitKind, rollupName, region
from matched
qualify
  row_number() over (
    partition by tenant_id, businessUnitId
    order by isMatchedById desc, rollupName, unitKind, region
  ) = 1;
