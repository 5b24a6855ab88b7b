-- st_ref.dim_job_types: the source's job types with the groups a person put them in
-- grain: one row per tenant and job type
-- sources: st_raw.raw_job_types, st_ref.seed_job_type_groups
-- units: names trimmed; jobTypeGroup is estimate, warranty, production_exclude or NULL, the first of them by name if a type is in several
-- decision: docs/decisions.md#names-are-compared-trimmed-and-case-folded
-- columns:
--   tenant_id: the tenant of the source
--   jobTypeId: id of the job type in the source
--   jobTypeName: its name, trimmed
--   jobTypeGroup: estimate, warranty or production_exclude, the first by name if it is in several; NULL if it is in none
--   isEstimateType: it is in the group estimate
--   isWarrantyType: it is in the group warranty
--   isProductionExcluded: it is in the group production_exclude
--   noCharge: jobs of this type are not charged for, as the source says
--   isActive: the source has it and does not call it inactive
--   createdOn: when it was created, in UTC
--   modifiedOn: when the source last changed it, in UTC
with
  job_types as (select * from st_raw.raw_job_types),
  seed as (select * from st_ref.seed_job_type_groups),
  job_type_groups as (
    select
      lower(trim(job_type_name)) as name_folded,
      min(lower(trim(job_type_group))) as jobTypeGroup,
      logical_or(lower(trim(job_type_group)) = 'estimate') as isEstimateType,
      logical_or(lower(trim(job_type_group)) = 'warranty') as isWarrantyType,
      logical_or(lower(trim(job_type_group)) = 'production_exclude') as isProductionExcluded
    from seed
    group by lower(trim(job_type_name))
  )
select
  job_types.tenant_id,
  job_types.id as jobTypeId,
  trim(job_types.name) as jobTypeName,
  job_type_groups.jobTypeGroup,
  coalesce(job_type_groups.isEstimateType, FALSE) as isEstimateType,
  coalesce(job_type_groups.isWarrantyType, FALSE) as isWarrantyType,
  coalesce(job_type_groups.isProductionExcluded, FALSE) as isProductionExcluded,
  job_types.noCharge,
  (not job_types._deleted and coalesce(job_types.active, TRUE)) as isActive,
  job_types.createdOn,
  job_types.modifiedOn
from
  job_types
  left join job_type_groups on job_type_groups.name_folded = lower(trim(job_types.name));
