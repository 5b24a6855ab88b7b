-- st_dim.dim_jobs: every job with its names, the unit it counts under and its start
-- grain: one row per tenant and job; as many rows as st_raw.raw_jobs
-- sources: st_raw.raw_jobs, st_raw.raw_appointments, st_raw.raw_customers, st_raw.raw_campaigns, st_ref.dim_business_units, st_ref.dim_job_types, st_ref.dim_bu_rollup
-- units: instants in UTC; jobStart is the earliest appointment, canceled ones included, else completedOn, else createdOn
-- decision: docs/decisions.md#job-start
-- columns:
--   tenant_id: the tenant of the source
--   jobId: id of the job in the source
--   jobNumber: its number, as people in the office call it
--   jobStatus: its status, as the source names it: Scheduled, Completed, Canceled and others
--   customerId: id of its customer in the source
--   customerName: name of the customer, trimmed
--   locationId: id of its location in the source
--   projectId: id of the project it belongs to in the source
--   jobTypeId: id of its job type in the source
--   jobTypeName: name of the job type, trimmed
--   jobTypeGroup: estimate, warranty or production_exclude, the first by name if the type is in several; NULL if it is in none
--   isEstimateType: its type is in the group estimate
--   isWarrantyType: its type is in the group warranty
--   isProductionExcluded: its type is in the group production_exclude
--   campaignId: id of its campaign in the source
--   campaignName: name of the campaign, trimmed
--   businessUnitId: id of its business unit in the source
--   businessUnitName: name of the business unit, trimmed
--   rollupName: the unit that it counts under; NULL where the roll-up does not know the business unit
--   unitKind: SALES, PRODUCTION or NONE; NULL where the roll-up does not know the business unit
--   region: region of the unit; NULL where the roll-up does not know the business unit
--   jobStart: start of its earliest appointment, canceled ones included, else completedOn, else createdOn, in UTC
--   firstAppointmentStart: start of its earliest appointment, canceled ones included, in UTC; NULL without one
--   createdOn: when it was created, in UTC; NULL for the source's dates before 2000, which mean none
--   completedOn: when it was completed, in UTC; NULL for the source's dates before 2000, which mean none
--   noCharge: the job is not charged for, as the source says
--   total: its total, as money, as the source gives it
--   invoiceId: id of its invoice in the source
--   recallForId: id of the job that it is a recall for
--   warrantyId: id of the job that it is warranty work for
--   createdFromEstimateId: id of the estimate that it was created from
--   soldById: id of the technician who sold it
--   isActive: the source has it and does not call it inactive: only then it counts
--   modifiedOn: when the source last changed it, in UTC
with
  jobs as (
    select
      *,
      if(completedOn >= timestamp '2000-01-01 00:00:00+00', completedOn, NULL) as datedCompletedOn,
      if(createdOn >= timestamp '2000-01-01 00:00:00+00', createdOn, NULL) as datedCreatedOn
    from st_raw.raw_jobs
  ),
  appointments as (select * from st_raw.raw_appointments),
  customers as (select * from st_raw.raw_customers),
  campaigns as (select * from st_raw.raw_campaigns),
  business_units as (select * from st_ref.dim_business_units),
  job_types as (select * from st_ref.dim_job_types),
  rollup_units as (select * from st_ref.dim_bu_rollup),
  first_appointments as (
    select tenant_id, jobId, min(appointments.start) as firstAppointmentStart
    from appointments
    where
      not _deleted
      and coalesce(active, TRUE)
      and appointments.start >= timestamp '2000-01-01 00:00:00+00'
    group by tenant_id, jobId
  )
select
  jobs.tenant_id,
  jobs.id as jobId,
  jobs.jobNumber,
  jobs.jobStatus,
  jobs.customerId,
  trim(customers.name) as customerName,
  jobs.locationId,
  jobs.projectId,
  jobs.jobTypeId,
  job_types.jobTypeName,
  job_types.jobTypeGroup,
  coalesce(job_types.isEstimateType, FALSE) as isEstimateType,
  coalesce(job_types.isWarrantyType, FALSE) as isWarrantyType,
  coalesce(job_types.isProductionExcluded, FALSE) as isProductionExcluded,
  jobs.campaignId,
  trim(campaigns.name) as campaignName,
  jobs.businessUnitId,
  business_units.businessUnitName,
  rollup_units.rollupName,
  rollup_units.unitKind,
  rollup_units.region,
  coalesce(
    first_appointments.firstAppointmentStart,
    jobs.datedCompletedOn,
    jobs.datedCreatedOn
  ) as jobStart,
  first_appointments.firstAppointmentStart,
  jobs.datedCreatedOn as createdOn,
  jobs.datedCompletedOn as completedOn,
  jobs.noCharge,
  jobs.total,
  jobs.invoiceId,
  jobs.recallForId,
  jobs.warrantyId,
  jobs.createdFromEstimateId,
  jobs.soldById,
  (not jobs._deleted and coalesce(jobs.active, TRUE)) as isActive,
  jobs.modifiedOn
from
  jobs
  left join first_appointments
    on first_appointments.tenant_id = jobs.tenant_id and first_appointments.jobId = jobs.id
  left join customers on customers.tenant_id = jobs.tenant_id and customers.id = jobs.customerId
  left join campaigns on campaigns.tenant_id = jobs.tenant_id and campaigns.id = jobs.campaignId
  left join business_units
    on business_units.tenant_id = jobs.tenant_id
    and business_units.businessUnitId = jobs.businessUnitId
  left join job_types
    on job_types.tenant_id = jobs.tenant_id and job_types.jobTypeId = jobs.jobTypeId
  left join rollup_units
    on rollup_units.tenant_id = jobs.tenant_id
    and rollup_units.businessUnitId = jobs.businessUnitId;
