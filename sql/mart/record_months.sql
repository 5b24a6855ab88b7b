-- st_mart.record_months: how many records of each entity were created in each month, to see where some are missing
-- grain: one row per tenant, entity and month, from the first month with records to the last
-- sources: st_raw.raw_jobs, st_raw.raw_appointments, st_raw.raw_projects, st_raw.raw_job_types, st_raw.raw_job_canceled_logs, st_raw.raw_estimates, st_raw.raw_invoices, st_raw.raw_invoice_items, st_raw.raw_payments, st_raw.raw_payment_types, st_raw.raw_inventory_bills, st_raw.raw_payroll, st_raw.raw_payroll_periods, st_raw.raw_payroll_adjustments, st_raw.raw_timesheets, st_raw.raw_business_units, st_raw.raw_technicians, st_raw.raw_employees, st_raw.raw_tag_types, st_raw.raw_campaigns, st_raw.raw_customers, st_raw.raw_locations, st_raw.raw_purchase_orders, st_raw.raw_returns, st_ref.dim_dates, st_ref.dim_tenants
-- units: month_start is the first of a month of local dates; records that the source still has, pay items by their date; is_gap where there are none
-- decision: docs/decisions.md#months-without-records
-- columns:
--   tenant_id: the tenant of the source
--   entity: name of the entity, as on the command line
--   month_start: first day of the month, a local date in the time zone of the tenant
--   records: records created in it that the source still has, pay items by their date; a count
--   is_gap: there are none, though there are some in months before and after
with
  tenants as (select * from st_ref.dim_tenants),
  months as (
    select event_date as month_start
    from st_ref.dim_dates
    where extract(day from event_date) = 1
  ),
  records as (
    select 'jobs' as entity, tenant_id, createdOn from st_raw.raw_jobs where not _deleted
    union all
    select 'appointments', tenant_id, createdOn from st_raw.raw_appointments where not _deleted
    union all
    select 'projects', tenant_id, createdOn from st_raw.raw_projects where not _deleted
    union all
    select 'job-types', tenant_id, createdOn from st_raw.raw_job_types where not _deleted
    union all
    select 'job-canceled-logs', tenant_id, createdOn
    from st_raw.raw_job_canceled_logs
    where not _deleted
    union all
    select 'estimates', tenant_id, createdOn from st_raw.raw_estimates where not _deleted
    union all
    select 'invoices', tenant_id, createdOn from st_raw.raw_invoices where not _deleted
    union all
    select 'invoice-items', tenant_id, createdOn from st_raw.raw_invoice_items where not _deleted
    union all
    select 'payments', tenant_id, createdOn from st_raw.raw_payments where not _deleted
    union all
    select 'payment-types', tenant_id, createdOn from st_raw.raw_payment_types where not _deleted
    union all
    select 'inventory-bills', tenant_id, createdOn
    from st_raw.raw_inventory_bills
    where not _deleted
    union all
    select 'payroll-periods', tenant_id, createdOn
    from st_raw.raw_payroll_periods
    where not _deleted
    union all
    select 'payroll-adjustments', tenant_id, createdOn
    from st_raw.raw_payroll_adjustments
    where not _deleted
    union all
    select 'timesheets', tenant_id, createdOn from st_raw.raw_timesheets where not _deleted
    union all
    select 'business-units', tenant_id, createdOn from st_raw.raw_business_units where not _deleted
    union all
    select 'technicians', tenant_id, createdOn from st_raw.raw_technicians where not _deleted
    union all
    select 'employees', tenant_id, createdOn from st_raw.raw_employees where not _deleted
    union all
    select 'tag-types', tenant_id, createdOn from st_raw.raw_tag_types where not _deleted
    union all
    select 'campaigns', tenant_id, createdOn from st_raw.raw_campaigns where not _deleted
    union all
    select 'customers', tenant_id, createdOn from st_raw.raw_customers where not _deleted
    union all
    select 'locations', tenant_id, createdOn from st_raw.raw_locations where not _deleted
    union all
    select 'purchase-orders', tenant_id, createdOn
    from st_raw.raw_purchase_orders
    where not _deleted
    union all
    select 'returns', tenant_id, createdOn from st_raw.raw_returns where not _deleted
  ),
  pay_days as (
    select tenant_id, pay_items.date, count(*) as record_count
    from st_raw.raw_payroll as pay_items
    where not _deleted and pay_items.date >= timestamp '2000-01-01 00:00:00+00'
    group by tenant_id, pay_items.date
  ),
  record_days as (
    select
      records.tenant_id,
      records.entity,
      cast(datetime(records.createdOn, tenants.timeZone) as DATE) as created_date,
      count(*) as record_count
    from
      records
      inner join tenants on tenants.tenant_id = records.tenant_id
    where records.createdOn >= timestamp '2000-01-01 00:00:00+00'
    group by records.tenant_id, records.entity, created_date
    union all
    -- The date of a pay item is a calendar date: midnight UTC.
    select
      pay_days.tenant_id,
      'payroll',
      cast(datetime(pay_days.date, 'UTC') as DATE),
      pay_days.record_count
    from
      pay_days
      inner join tenants on tenants.tenant_id = pay_days.tenant_id
  ),
  counts as (
    select
      tenant_id,
      entity,
      date_from_unix_date(
        unix_date(created_date) - extract(day from created_date) + 1
      ) as month_start,
      cast(sum(record_count) as INT64) as records
    from record_days
    group by tenant_id, entity, month_start
  ),
  extents as (
    select
      tenant_id,
      entity,
      min(month_start) as first_month,
      max(month_start) as last_month
    from counts
    group by tenant_id, entity
  )
select
  extents.tenant_id,
  extents.entity,
  months.month_start,
  coalesce(counts.records, 0) as records,
  counts.records is NULL as is_gap
from
  extents
  inner join months
    on months.month_start >= extents.first_month and months.month_start <= extents.last_month
  left join counts
    on counts.tenant_id = extents.tenant_id
    and counts.entity = extents.entity
    and counts.month_start = months.month_start;
