-- weekly_kpis_add_up: every count and sum of a week is that of its days
-- severity: red
-- threshold: any difference; the columns show what the days have more than the week
-- sources: st_mart.daily_kpis, st_mart.weekly_kpis, st_ref.dim_dates
-- decision: docs/decisions.md#the-checks-that-are-red
with
  daily_kpis as (select * from st_mart.daily_kpis),
  weekly_kpis as (select * from st_mart.weekly_kpis),
  dates as (select * from st_ref.dim_dates),
  signed_rows as (
    select
      daily_kpis.tenant_id,
      dates.week_start,
      daily_kpis.business_unit,
      lead_count,
      total_booked,
      dollars_produced,
      dollars_collected,
      num_estimates,
      sales_opportunities,
      closed_opportunities,
      production_cost,
      warranty_cost
    from
      daily_kpis
      inner join dates on dates.event_date = daily_kpis.event_date
    union all
    select
      tenant_id,
      week_start,
      business_unit,
      -lead_count,
      -total_booked,
      -dollars_produced,
      -dollars_collected,
      -num_estimates,
      -sales_opportunities,
      -closed_opportunities,
      -production_cost,
      -warranty_cost
    from weekly_kpis
  ),
  differences as (
    select
      tenant_id,
      week_start,
      business_unit,
      coalesce(sum(lead_count), 0) as lead_count,
      coalesce(sum(total_booked), 0) as total_booked,
      coalesce(sum(dollars_produced), 0) as dollars_produced,
      coalesce(sum(dollars_collected), 0) as dollars_collected,
      coalesce(sum(num_estimates), 0) as num_estimates,
      coalesce(sum(sales_opportunities), 0) as sales_opportunities,
      coalesce(sum(closed_opportunities), 0) as closed_opportunities,
      coalesce(sum(production_cost), 0) as production_cost,
      coalesce(sum(warranty_cost), 0) as warranty_cost
    from signed_rows
    group by tenant_id, week_start, business_unit
  )
select *
from differences
where
  lead_count != 0
  or total_booked != 0
  or dollars_produced != 0
  or dollars_collected != 0
  or num_estimates != 0
  or sales_opportunities != 0
  or closed_opportunities != 0
  or production_cost != 0
  or warranty_cost != 0
order by tenant_id, week_start, business_unit;
