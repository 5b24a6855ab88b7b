-- invoices_kept: dim_invoices has every row of raw_invoices once
-- severity: red
-- threshold: any difference in the number of rows
-- sources: st_raw.raw_invoices, st_dim.dim_invoices
-- decision: docs/decisions.md#the-checks-that-are-red
with
  loaded as (
    select tenant_id, count(*) as loaded_rows
    from st_raw.raw_invoices
    group by tenant_id
  ),
  kept as (
    select tenant_id, count(*) as kept_rows, count(distinct invoiceId) as distinct_invoices
    from st_dim.dim_invoices
    group by tenant_id
  )
select
  coalesce(loaded.tenant_id, kept.tenant_id) as tenant_id,
  coalesce(loaded.loaded_rows, 0) as loaded_rows,
  coalesce(kept.kept_rows, 0) as kept_rows,
  coalesce(kept.distinct_invoices, 0) as distinct_invoices
from
  loaded
  full join kept on kept.tenant_id = loaded.tenant_id
where
  coalesce(loaded.loaded_rows, 0) != coalesce(kept.kept_rows, 0)
  or coalesce(kept.kept_rows, 0) != coalesce(kept.distinct_invoices, 0)
order by tenant_id;
