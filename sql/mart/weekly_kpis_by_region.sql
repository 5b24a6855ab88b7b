-- st_mart.weekly_kpis_by_region: the ten KPIs of each week and region, sales and production in one row
-- grain: one row per tenant, week_start and region
-- sources: st_mart.weekly_kpis, st_mart.kpi_days, st_mart.lead_jobs
-- units: week_start is the Monday; counts, money and snapshots are sums of the region's units; percentages come from the parts' sums; lead_customers are counted again as distinct
-- decision: docs/decisions.md#weeks
-- columns:
--   week_start: Monday of the week, a local date in the time zone of the tenant
--   region: the region, as the roll-up names it; (no unit) for money that reaches no unit
--   lead_count: leads created, a count of jobs; NULL for a region without sales units
--   total_booked: money before tax of the estimates sold; NULL for a region without sales units
--   dollars_produced: revenue before tax of the production jobs that started; NULL for a region without production units
--   gpm_percent: gross margin: dollars_produced less production_cost, in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for a region without production units
--   dollars_collected: payments collected, refunds taken off
--   num_estimates: estimate visits completed, a count of jobs; NULL for a region without sales units
--   close_rate_percent: closed_opportunities in percent of sales_opportunities, rounded to 2 decimals; NULL without opportunities and for a region without sales units
--   future_bookings: revenue before tax of the production work ahead, as it stood at the last snapshot of the week; NULL in a week without one and for a region without production units
--   warranty_percent: warranty_cost in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for a region without production units
--   outstanding_ar: money that locations owe, as it stood at the last snapshot of the week; NULL in a week without one and for a region without production units
--   lead_customers: customers of the leads, each counted once a week, so that they do not add up; NULL for a region without sales units
--   sales_opportunities: jobs that could be sold, a count; NULL for a region without sales units
--   closed_opportunities: those of them that were sold, a count; NULL for a region without sales units
--   production_cost: cost of the production jobs that started, as money; NULL for a region without production units
--   warranty_cost: cost of those of them that are warranty work, as money; NULL for a region without production units
--   tenant_id: the tenant of the source
with
  unit_kpis as (select * from st_mart.weekly_kpis),
  days as (select * from st_mart.kpi_days),
  lead_jobs as (select * from st_mart.lead_jobs),
  regions as (
    select
      tenant_id,
      week_start,
      region,
      logical_or(coalesce(unit_kind = 'SALES', FALSE)) as has_sales,
      cast(sum(lead_count) as INT64) as lead_count,
      sum(total_booked) as total_booked,
      sum(dollars_produced) as dollars_produced,
      round(
        safe_divide(100 * (sum(dollars_produced) - sum(production_cost)), sum(dollars_produced)),
        2
      ) as gpm_percent,
      sum(dollars_collected) as dollars_collected,
      cast(sum(num_estimates) as INT64) as num_estimates,
      round(
        safe_divide(
          cast(100 * sum(closed_opportunities) as NUMERIC(38, 9)),
          cast(sum(sales_opportunities) as NUMERIC(38, 9))
        ),
        2
      ) as close_rate_percent,
      sum(future_bookings) as future_bookings,
      round(safe_divide(100 * sum(warranty_cost), sum(dollars_produced)), 2) as warranty_percent,
      sum(outstanding_ar) as outstanding_ar,
      cast(sum(sales_opportunities) as INT64) as sales_opportunities,
      cast(sum(closed_opportunities) as INT64) as closed_opportunities,
      sum(production_cost) as production_cost,
      sum(warranty_cost) as warranty_cost
    from unit_kpis
    group by tenant_id, week_start, region
  ),
  region_leads as (
    select
      days.tenant_id,
      days.week_start,
      days.region,
      count(distinct lead_jobs.customer_id) as lead_customers
    from
      days
      inner join lead_jobs
        on lead_jobs.tenant_id = days.tenant_id
        and lead_jobs.event_date = days.event_date
        and lead_jobs.business_unit = days.business_unit
    group by days.tenant_id, days.week_start, days.region
  )
select
  regions.week_start,
  regions.region,
  regions.lead_count,
  regions.total_booked,
  regions.dollars_produced,
  regions.gpm_percent,
  regions.dollars_collected,
  regions.num_estimates,
  regions.close_rate_percent,
  regions.future_bookings,
  regions.warranty_percent,
  regions.outstanding_ar,
  if(regions.has_sales, coalesce(region_leads.lead_customers, 0), NULL) as lead_customers,
  regions.sales_opportunities,
  regions.closed_opportunities,
  regions.production_cost,
  regions.warranty_cost,
  regions.tenant_id
from
  regions
  left join region_leads
    on region_leads.tenant_id = regions.tenant_id
    and region_leads.week_start = regions.week_start
    and region_leads.region = regions.region;
