-- daily_kpis_by_region_add_up: every count, sum and snapshot of a region is that of its units, on each date
-- severity: red
-- threshold: any difference; the columns show what the units have more than the region
-- sources: st_mart.daily_kpis, st_mart.daily_kpis_by_region
-- decision: docs/decisions.md#the-checks-that-are-red
with
  daily_kpis as (select * from st_mart.daily_kpis),
  region_kpis as (select * from st_mart.daily_kpis_by_region),
  signed_rows as (
    select
      tenant_id,
      event_date,
      region,
      lead_count,
      total_booked,
      dollars_produced,
      dollars_collected,
      num_estimates,
      sales_opportunities,
      closed_opportunities,
      production_cost,
      warranty_cost,
      future_bookings,
      outstanding_ar
    from daily_kpis
    union all
    select
      tenant_id,
      event_date,
      region,
      -lead_count,
      -total_booked,
      -dollars_produced,
      -dollars_collected,
      -num_estimates,
      -sales_opportunities,
      -closed_opportunities,
      -production_cost,
      -warranty_cost,
      -future_bookings,
      -outstanding_ar
    from region_kpis
  ),
  differences as (
    select
      tenant_id,
      event_date,
      region,
      coalesce(sum(lead_count), 0) as lead_count,
      coalesce(sum(total_booked), 0) as total_booked,
      coalesce(sum(dollars_produced), 0) as dollars_produced,
      coalesce(sum(dollars_collected), 0) as dollars_collected,
      coalesce(sum(num_estimates), 0) as num_estimates,
      coalesce(sum(sales_opportunities), 0) as sales_opportunities,
      coalesce(sum(closed_opportunities), 0) as closed_opportunities,
      coalesce(sum(production_cost), 0) as production_cost,
      coalesce(sum(warranty_cost), 0) as warranty_cost,
      coalesce(sum(future_bookings), 0) as future_bookings,
      coalesce(sum(outstanding_ar), 0) as outstanding_ar
    from signed_rows
    group by tenant_id, event_date, region
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
  or future_bookings != 0
  or outstanding_ar != 0
order by tenant_id, event_date, region;
