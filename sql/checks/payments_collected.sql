-- payments_collected: the money of every payment is in collected_payments, all of it and no more, whatever it was applied to
-- severity: red
-- threshold: any payment whose parts do not add up to its total; those without any date are left out
-- sources: st_raw.raw_payments, st_ref.dim_tenants, st_mart.collected_payments
-- decision: docs/decisions.md#the-checks-that-are-red
with
  payments as (
    select raw_payments.tenant_id, raw_payments.id as payment_id, coalesce(total, 0) as total
    from
      st_raw.raw_payments
      inner join st_ref.dim_tenants on dim_tenants.tenant_id = raw_payments.tenant_id
    where
      not _deleted
      and coalesce(active, TRUE)
      and (
        raw_payments.date >= timestamp '2000-01-01 00:00:00+00'
        or createdOn >= timestamp '2000-01-01 00:00:00+00'
      )
  ),
  collected_payments as (select * from st_mart.collected_payments),
  money as (
    select tenant_id, payment_id, total, cast(0 as NUMERIC(38, 9)) as collected
    from payments
    union all
    select tenant_id, payment_id, cast(0 as NUMERIC(38, 9)), dollars_collected
    from collected_payments
  ),
  sums as (
    select tenant_id, payment_id, sum(total) as total, sum(collected) as collected
    from money
    group by tenant_id, payment_id
  )
select *
from sums
where total != collected
order by tenant_id, payment_id;
