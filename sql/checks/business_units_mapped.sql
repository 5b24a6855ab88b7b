-- business_units_mapped: every business unit is in a row of the roll-up
-- severity: yellow
-- threshold: any business unit in no row; jobs and invoices say what is left out of the KPIs by it
-- sources: st_ref.dim_business_units, st_ref.dim_bu_rollup, st_dim.dim_jobs, st_dim.dim_invoices
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  business_units as (select * from st_ref.dim_business_units),
  rollup_units as (select * from st_ref.dim_bu_rollup),
  job_counts as (
    select tenant_id, businessUnitId, count(*) as jobs
    from st_dim.dim_jobs
    where isActive
    group by tenant_id, businessUnitId
  ),
  invoice_counts as (
    select tenant_id, businessUnitId, count(*) as invoices
    from st_dim.dim_invoices
    where isActive
    group by tenant_id, businessUnitId
  ),
  -- A record can name a unit that was never loaded, or none at all (-1).
  named_units as (
    select tenant_id, coalesce(businessUnitId, -1) as unit_key
    from business_units
    union distinct
    select tenant_id, coalesce(businessUnitId, -1)
    from job_counts
    union distinct
    select tenant_id, coalesce(businessUnitId, -1)
    from invoice_counts
  )
select
  named_units.tenant_id,
  nullif(named_units.unit_key, -1) as business_unit_id,
  business_units.businessUnitName as business_unit_name,
  coalesce(job_counts.jobs, 0) as jobs,
  coalesce(invoice_counts.invoices, 0) as invoices
from
  named_units
  left join rollup_units
    on rollup_units.tenant_id = named_units.tenant_id
    and rollup_units.businessUnitId = named_units.unit_key
  left join business_units
    on business_units.tenant_id = named_units.tenant_id
    and business_units.businessUnitId = named_units.unit_key
  left join job_counts
    on job_counts.tenant_id = named_units.tenant_id
    and coalesce(job_counts.businessUnitId, -1) = named_units.unit_key
  left join invoice_counts
    on invoice_counts.tenant_id = named_units.tenant_id
    and coalesce(invoice_counts.businessUnitId, -1) = named_units.unit_key
where rollup_units.businessUnitId is NULL
order by jobs desc, invoices desc, business_unit_id;
