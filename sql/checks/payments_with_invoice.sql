-- payments_with_invoice: payments are applied to invoices that are known
-- severity: yellow
-- threshold: below 90 percent of a tenant's payment money, refunds counted as positive
-- sources: st_mart.collected_payments, st_dim.dim_invoices
-- decision: docs/decisions.md#the-checks-that-are-yellow
with
  limits as (select 90 as percent_min),
  collected_payments as (select * from st_mart.collected_payments),
  invoices as (select * from st_dim.dim_invoices),
  shares as (
    select
      collected_payments.tenant_id,
      sum(abs(collected_payments.dollars_collected)) as money,
      sum(
        if(invoices.invoiceId is NULL, 0, abs(collected_payments.dollars_collected))
      ) as with_invoice
    from
      collected_payments
      left join invoices
        on invoices.tenant_id = collected_payments.tenant_id
        and invoices.invoiceId = collected_payments.invoice_id
    group by collected_payments.tenant_id
  )
select shares.tenant_id, shares.money, shares.with_invoice, limits.percent_min
from
  shares
  cross join limits
where shares.with_invoice * 100 < shares.money * limits.percent_min
order by shares.tenant_id;
