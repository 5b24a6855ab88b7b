-- st_mart.weekly_kpis: the ten KPIs of each week and unit
-- grain: one row per tenant, week_start and business_unit; the first and the last week can be incomplete
-- sources: st_mart.daily_kpis, st_mart.kpi_days, st_mart.lead_jobs
-- units: week_start is the Monday; counts and money are sums of the days; percentages come from the parts' sums; lead_customers are counted again as distinct; a snapshot is the last one of the week
-- decision: docs/decisions.md#weeks
-- columns:
--   week_start: Monday of the week, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it; (no unit) for money that reaches none
--   lead_count: leads created, a count of jobs; NULL for units that do not sell
--   total_booked: money before tax of the estimates sold; NULL for units that do not sell
--   dollars_produced: revenue before tax of the production jobs that started; NULL for units that do not produce
--   gpm_percent: gross margin: dollars_produced less production_cost, in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for units that do not produce
--   dollars_collected: payments collected, refunds taken off
--   num_estimates: estimate visits completed, a count of jobs; NULL for units that do not sell
--   close_rate_percent: closed_opportunities in percent of sales_opportunities, rounded to 2 decimals; NULL without opportunities and for units that do not sell
--   future_bookings: revenue before tax of the production work ahead, as it stood at the last snapshot of the week; NULL in a week without one and for units that do not produce
--   warranty_percent: warranty_cost in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for units that do not produce
--   outstanding_ar: money that locations owe, as it stood at the last snapshot of the week; NULL in a week without one and for units that do not produce
--   lead_customers: customers of the leads, each counted once a week, so that they do not add up; NULL for units that do not sell
--   sales_opportunities: jobs that could be sold, a count; NULL for units that do not sell
--   closed_opportunities: those of them that were sold, a count; NULL for units that do not sell
--   production_cost: cost of the production jobs that started, as money; NULL for units that do not produce
--   warranty_cost: cost of those of them that are warranty work, as money; NULL for units that do not produce
--   region: region of the unit; (no unit) for money that reaches none
--   unit_kind: SALES or PRODUCTION; NULL for money that reaches no unit
--   tenant_id: the tenant of the source
with
  daily_kpis as (select * from st_mart.daily_kpis),
  days as (select * from st_mart.kpi_days),
  lead_jobs as (select * from st_mart.lead_jobs),
  weeks as (
    select
      days.tenant_id,
      days.week_start,
      days.business_unit,
      days.region,
      days.unit_kind,
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
      round(safe_divide(100 * sum(warranty_cost), sum(dollars_produced)), 2) as warranty_percent,
      cast(sum(sales_opportunities) as INT64) as sales_opportunities,
      cast(sum(closed_opportunities) as INT64) as closed_opportunities,
      sum(production_cost) as production_cost,
      sum(warranty_cost) as warranty_cost
    from
      days
      inner join daily_kpis
        on daily_kpis.tenant_id = days.tenant_id
        and daily_kpis.event_date = days.event_date
        and daily_kpis.business_unit = days.business_unit
    group by days.tenant_id, days.week_start, days.business_unit, days.region, days.unit_kind
  ),
  week_leads as (
    select
      days.tenant_id,
      days.week_start,
      days.business_unit,
      count(distinct lead_jobs.customer_id) as lead_customers
    from
      days
      inner join lead_jobs
        on lead_jobs.tenant_id = days.tenant_id
        and lead_jobs.event_date = days.event_date
        and lead_jobs.business_unit = days.business_unit
    group by days.tenant_id, days.week_start, days.business_unit
  ),
  last_bookings as (
    select days.tenant_id, days.week_start, days.business_unit, daily_kpis.future_bookings
    from
      days
      inner join daily_kpis
        on daily_kpis.tenant_id = days.tenant_id
        and daily_kpis.event_date = days.event_date
        and daily_kpis.business_unit = days.business_unit
    where daily_kpis.future_bookings is not NULL
    qualify
      row_number() over (
        partition by days.tenant_id, days.week_start, days.business_unit
        order by days.event_date desc
      ) = 1
  ),
  last_balances as (
    select days.tenant_id, days.week_start, days.business_unit, daily_kpis.outstanding_ar
    from
      days
      inner join daily_kpis
        on daily_kpis.tenant_id = days.tenant_id
        and daily_kpis.event_date = days.event_date
        and daily_kpis.business_unit = days.business_unit
    where daily_kpis.outstanding_ar is not NULL
    qualify
      row_number() over (
        partition by days.tenant_id, days.week_start, days.business_unit
        order by days.event_date desc
      ) = 1
  )
select
  weeks.week_start,
  weeks.business_unit,
  weeks.lead_count,
  weeks.total_booked,
  weeks.dollars_produced,
  weeks.gpm_percent,
  weeks.dollars_collected,
  weeks.num_estimates,
  weeks.close_rate_percent,
  last_bookings.future_bookings,
  weeks.warranty_percent,
  last_balances.outstanding_ar,
  if(weeks.unit_kind = 'SALES', coalesce(week_leads.lead_customers, 0), NULL) as lead_customers,
  weeks.sales_opportunities,
  weeks.closed_opportunities,
  weeks.production_cost,
  weeks.warranty_cost,
  weeks.region,
  weeks.unit_kind,
  weeks.tenant_id
from
  weeks
  left join week_leads
    on week_leads.tenant_id = weeks.tenant_id
    and week_leads.week_start = weeks.week_start
    and week_leads.business_unit = weeks.business_unit
  left join last_bookings
    on last_bookings.tenant_id = weeks.tenant_id
    and last_bookings.week_start = weeks.week_start
    and last_bookings.business_unit = weeks.business_unit
  left join last_balances
    on last_balances.tenant_id = weeks.tenant_id
    and last_balances.week_start = weeks.week_start
    and last_balances.business_unit = weeks.business_unit;
