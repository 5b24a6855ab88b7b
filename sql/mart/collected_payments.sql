-- st_mart.collected_payments: where each payment's money went: to the units of the invoices it was applied to, the rest to its own
-- grain: one row per tenant, payment and applied amount, and one for what was not applied
-- sources: st_raw.raw_payments, st_dim.dim_invoices, st_ref.dim_bu_rollup, st_ref.dim_numbers, st_ref.dim_tenants
-- units: event_date is the payment's date; refunds are negative; invoice_id is NULL for the unapplied rest; money that reaches no unit has business_unit and region '(no unit)'
-- decision: docs/decisions.md#where-a-payment-belongs
-- columns:
--   tenant_id: the tenant of the source
--   event_date: date of the payment, a local date in the time zone of the tenant
--   business_unit: the unit that the money goes to: that of the invoice, for the rest the payment's own; (no unit) if there is none
--   region: region of the unit; (no unit) if there is none
--   payment_id: id of the payment in the source
--   invoice_id: id of the invoice that this part was applied to; NULL for what was not applied
--   dollars_collected: money; negative for a refund
with
  payments as (select * from st_raw.raw_payments where not _deleted and coalesce(active, TRUE)),
  invoices as (select * from st_dim.dim_invoices),
  rollup_units as (select * from st_ref.dim_bu_rollup),
  numbers as (select * from st_ref.dim_numbers),
  tenants as (select * from st_ref.dim_tenants),
  payment_texts as (
    select
      *,
      json_value(payload, '$.date') as date_text,
      json_query_array(payload, '$.appliedTo') as parts
    from payments
  ),
  dated_payments as (
    select
      payment_texts.tenant_id,
      payment_texts.id as payment_id,
      payment_texts.businessUnitId,
      coalesce(payment_texts.total, 0) as total,
      payment_texts.parts,
      case
        when payment_texts.date >= timestamp '2000-01-01 00:00:00+00' then cast(
          datetime(
            payment_texts.date,
            -- A calendar date is taken as written: midnight UTC, or a text without a zone.
            case
              when regexp_contains(payment_texts.date_text, '[+-][0-9][0-9]:?[0-9][0-9]$')
              and not regexp_contains(payment_texts.date_text, '[+-]00:?00$') then tenants.timeZone
              when cast(datetime(payment_texts.date, 'UTC') as TIME) = time '00:00:00' then 'UTC'
              when regexp_contains(
                payment_texts.date_text,
                '([Zz]|[+-]00:?00)$'
              ) then tenants.timeZone
              when payment_texts.date_text is NULL then tenants.timeZone
              else 'UTC'
            end
          ) as DATE
        )
        when payment_texts.createdOn >= timestamp '2000-01-01 00:00:00+00' then cast(
          datetime(payment_texts.createdOn, tenants.timeZone) as DATE
        )
      end as event_date
    from
      payment_texts
      inner join tenants on tenants.tenant_id = payment_texts.tenant_id
  ),
  -- As many as the longest list has.
  positions as (
    select number
    from numbers
    where number < (select coalesce(max(array_length(parts)), 0) from dated_payments)
  ),
  part_texts as (
    select
      dated_payments.tenant_id,
      dated_payments.payment_id,
      dated_payments.event_date,
      json_value(
        dated_payments.parts[safe_offset(positions.number)],
        '$.appliedTo'
      ) as invoice_text,
      json_value(
        dated_payments.parts[safe_offset(positions.number)],
        '$.appliedAmount'
      ) as amount_text
    from
      dated_payments
      inner join positions on positions.number < array_length(dated_payments.parts)
  ),
  readable_parts as (
    select
      *,
      coalesce(regexp_contains(amount_text, '^-?[0-9]{1,20}([.][0-9]+)?$'), FALSE) as is_amount
    from part_texts
  ),
  applied_parts as (
    select
      tenant_id,
      payment_id,
      event_date,
      if(
        regexp_contains(invoice_text, '^[0-9]{1,18}$'),
        cast(invoice_text as INT64),
        NULL
      ) as invoice_id,
      -- An engine may read the text before it filters.
      if(is_amount, parse_numeric(amount_text), NULL) as amount
    from readable_parts
    where is_amount
  ),
  applied_sums as (
    select tenant_id, payment_id, sum(amount) as applied
    from applied_parts
    group by tenant_id, payment_id
  ),
  applied_money as (
    select
      applied_parts.tenant_id,
      applied_parts.event_date,
      if(invoices.unitKind in ('SALES', 'PRODUCTION'), invoices.rollupName, NULL) as business_unit,
      if(invoices.unitKind in ('SALES', 'PRODUCTION'), invoices.region, NULL) as region,
      applied_parts.payment_id,
      applied_parts.invoice_id,
      applied_parts.amount
    from
      applied_parts
      left join invoices
        on invoices.tenant_id = applied_parts.tenant_id
        and invoices.invoiceId = applied_parts.invoice_id
  ),
  unapplied_money as (
    select
      dated_payments.tenant_id,
      dated_payments.event_date,
      if(
        rollup_units.unitKind in ('SALES', 'PRODUCTION'),
        rollup_units.rollupName,
        NULL
      ) as business_unit,
      if(rollup_units.unitKind in ('SALES', 'PRODUCTION'), rollup_units.region, NULL) as region,
      dated_payments.payment_id,
      cast(NULL as INT64) as invoice_id,
      dated_payments.total - coalesce(applied_sums.applied, 0) as amount
    from
      dated_payments
      left join applied_sums
        on applied_sums.tenant_id = dated_payments.tenant_id
        and applied_sums.payment_id = dated_payments.payment_id
      left join rollup_units
        on rollup_units.tenant_id = dated_payments.tenant_id
        and rollup_units.businessUnitId = dated_payments.businessUnitId
    where applied_sums.payment_id is NULL or dated_payments.total != applied_sums.applied
  ),
  money as (
    select * from applied_money
    union all
    select * from unapplied_money
  )
select
  tenant_id,
  event_date,
  coalesce(business_unit, '(no unit)') as business_unit,
  coalesce(region, '(no unit)') as region,
  payment_id,
  invoice_id,
  amount as dollars_collected
from money
where event_date is not NULL;
