-- entities_fresh: every entity was read to its end shortly before the build
-- severity: yellow
-- threshold: no backfill or sync of it that went well and ended in the 36 hours before the build began, or none ever
-- sources: st_ops.runs, st_ref.dim_tenants
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  runs as (select * from st_ops.runs where outcome = 'ok' and command in ('backfill', 'sync')),
  tenants as (select * from st_ref.dim_tenants),
  entities as (
    select 'jobs' as entity
    union all
    select 'appointments'
    union all
    select 'projects'
    union all
    select 'job-types'
    union all
    select 'job-canceled-logs'
    union all
    select 'estimates'
    union all
    select 'invoices'
    union all
    select 'invoice-items'
    union all
    select 'payments'
    union all
    select 'payment-types'
    union all
    select 'inventory-bills'
    union all
    select 'payroll'
    union all
    select 'payroll-periods'
    union all
    select 'payroll-adjustments'
    union all
    select 'timesheets'
    union all
    select 'business-units'
    union all
    select 'technicians'
    union all
    select 'employees'
    union all
    select 'tag-types'
    union all
    select 'campaigns'
    union all
    select 'customers'
    union all
    select 'locations'
    union all
    select 'purchase-orders'
    union all
    select 'returns'
  ),
  last_runs as (
    select tenant_id, entity, max(ended_at) as last_run
    from runs
    group by tenant_id, entity
  )
select tenants.tenant_id, entities.entity, last_runs.last_run, tenants.builtAt as built_at
from
  tenants
  cross join entities
  left join last_runs
    on last_runs.tenant_id = tenants.tenant_id and last_runs.entity = entities.entity
where last_runs.last_run is NULL or last_runs.last_run < tenants.builtAt - interval 36 hour
order by tenants.tenant_id, entities.entity;
