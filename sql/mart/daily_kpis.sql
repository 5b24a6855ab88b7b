-- st_mart.daily_kpis: the ten KPIs of each day and unit, and the parts of the ratios
-- grain: one row per tenant, event_date and business_unit, without gaps from the first activity to the build date
-- sources: st_mart.kpi_days, st_mart.kpi_lead_count, st_mart.kpi_total_booked, st_mart.kpi_dollars_produced, st_mart.kpi_gpm_percent, st_mart.kpi_dollars_collected, st_mart.kpi_num_estimates, st_mart.kpi_close_rate_percent, st_mart.kpi_future_bookings, st_mart.kpi_warranty_percent, st_mart.kpi_outstanding_ar
-- units: counts and money are 0 on a day without activity; percentages 0 to 100 with 2 decimals, NULL without a denominator; a KPI that does not apply to the unit's kind is NULL; snapshots are NULL on a day without one
-- decision: docs/decisions.md#ratios-are-made-of-sums
-- columns:
--   event_date: the day, a local date in the time zone of the tenant
--   business_unit: the unit, as the roll-up names it; (no unit) for money that reaches none
--   lead_count: leads created, a count of jobs; NULL for units that do not sell
--   total_booked: money before tax of the estimates sold; NULL for units that do not sell
--   dollars_produced: revenue before tax of the production jobs that started; NULL for units that do not produce
--   gpm_percent: gross margin: dollars_produced less production_cost, in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for units that do not produce
--   dollars_collected: payments collected, refunds taken off
--   num_estimates: estimate visits completed, a count of jobs; NULL for units that do not sell
--   close_rate_percent: closed_opportunities in percent of sales_opportunities, rounded to 2 decimals; NULL without opportunities and for units that do not sell
--   future_bookings: revenue before tax of the production work ahead, as it stood at the snapshot of the day; NULL on a day without one and for units that do not produce
--   warranty_percent: warranty_cost in percent of dollars_produced, rounded to 2 decimals; NULL without revenue and for units that do not produce
--   outstanding_ar: money that locations owe, as it stood at the snapshot of the day; NULL on a day without one and for units that do not produce
--   lead_customers: customers of the leads, each counted once a day, so that they do not add up; NULL for units that do not sell
--   sales_opportunities: jobs that could be sold, a count; NULL for units that do not sell
--   closed_opportunities: those of them that were sold, a count; NULL for units that do not sell
--   production_cost: cost of the production jobs that started, as money; NULL for units that do not produce
--   warranty_cost: cost of those of them that are warranty work, as money; NULL for units that do not produce
--   region: region of the unit; (no unit) for money that reaches none
--   unit_kind: SALES or PRODUCTION; NULL for money that reaches no unit
--   tenant_id: the tenant of the source
with
  days as (select * from st_mart.kpi_days),
  kpi_lead_count as (select * from st_mart.kpi_lead_count),
  kpi_total_booked as (select * from st_mart.kpi_total_booked),
  kpi_dollars_produced as (select * from st_mart.kpi_dollars_produced),
  kpi_gpm_percent as (select * from st_mart.kpi_gpm_percent),
  kpi_dollars_collected as (select * from st_mart.kpi_dollars_collected),
  kpi_num_estimates as (select * from st_mart.kpi_num_estimates),
  kpi_close_rate_percent as (select * from st_mart.kpi_close_rate_percent),
  kpi_future_bookings as (select * from st_mart.kpi_future_bookings),
  kpi_warranty_percent as (select * from st_mart.kpi_warranty_percent),
  kpi_outstanding_ar as (select * from st_mart.kpi_outstanding_ar)
select
  days.event_date,
  days.business_unit,
  if(days.unit_kind = 'SALES', coalesce(kpi_lead_count.lead_count, 0), NULL) as lead_count,
  if(days.unit_kind = 'SALES', coalesce(kpi_total_booked.total_booked, 0), NULL) as total_booked,
  if(
    days.unit_kind = 'PRODUCTION',
    coalesce(kpi_dollars_produced.dollars_produced, 0),
    NULL
  ) as dollars_produced,
  if(days.unit_kind = 'PRODUCTION', kpi_gpm_percent.gpm_percent, NULL) as gpm_percent,
  coalesce(kpi_dollars_collected.dollars_collected, 0) as dollars_collected,
  if(days.unit_kind = 'SALES', coalesce(kpi_num_estimates.num_estimates, 0), NULL) as num_estimates,
  if(
    days.unit_kind = 'SALES',
    kpi_close_rate_percent.close_rate_percent,
    NULL
  ) as close_rate_percent,
  if(days.unit_kind = 'PRODUCTION', kpi_future_bookings.future_bookings, NULL) as future_bookings,
  if(
    days.unit_kind = 'PRODUCTION',
    kpi_warranty_percent.warranty_percent,
    NULL
  ) as warranty_percent,
  if(days.unit_kind = 'PRODUCTION', kpi_outstanding_ar.outstanding_ar, NULL) as outstanding_ar,
  if(days.unit_kind = 'SALES', coalesce(kpi_lead_count.lead_customers, 0), NULL) as lead_customers,
  if(
    days.unit_kind = 'SALES',
    coalesce(kpi_close_rate_percent.sales_opportunities, 0),
    NULL
  ) as sales_opportunities,
  if(
    days.unit_kind = 'SALES',
    coalesce(kpi_close_rate_percent.closed_opportunities, 0),
    NULL
  ) as closed_opportunities,
  if(
    days.unit_kind = 'PRODUCTION',
    coalesce(kpi_gpm_percent.production_cost, 0),
    NULL
  ) as production_cost,
  if(
    days.unit_kind = 'PRODUCTION',
    coalesce(kpi_warranty_percent.warranty_cost, 0),
    NULL
  ) as warranty_cost,
  days.region,
  days.unit_kind,
  days.tenant_id
from
  days
  left join kpi_lead_count
    on kpi_lead_count.tenant_id = days.tenant_id
    and kpi_lead_count.event_date = days.event_date
    and kpi_lead_count.business_unit = days.business_unit
  left join kpi_total_booked
    on kpi_total_booked.tenant_id = days.tenant_id
    and kpi_total_booked.event_date = days.event_date
    and kpi_total_booked.business_unit = days.business_unit
  left join kpi_dollars_produced
    on kpi_dollars_produced.tenant_id = days.tenant_id
    and kpi_dollars_produced.event_date = days.event_date
    and kpi_dollars_produced.business_unit = days.business_unit
  left join kpi_gpm_percent
    on kpi_gpm_percent.tenant_id = days.tenant_id
    and kpi_gpm_percent.event_date = days.event_date
    and kpi_gpm_percent.business_unit = days.business_unit
  left join kpi_dollars_collected
    on kpi_dollars_collected.tenant_id = days.tenant_id
    and kpi_dollars_collected.event_date = days.event_date
    and kpi_dollars_collected.business_unit = days.business_unit
  left join kpi_num_estimates
    on kpi_num_estimates.tenant_id = days.tenant_id
    and kpi_num_estimates.event_date = days.event_date
    and kpi_num_estimates.business_unit = days.business_unit
  left join kpi_close_rate_percent
    on kpi_close_rate_percent.tenant_id = days.tenant_id
    and kpi_close_rate_percent.event_date = days.event_date
    and kpi_close_rate_percent.business_unit = days.business_unit
  left join kpi_future_bookings
    on kpi_future_bookings.tenant_id = days.tenant_id
    and kpi_future_bookings.event_date = days.event_date
    and kpi_future_bookings.business_unit = days.business_unit
  left join kpi_warranty_percent
    on kpi_warranty_percent.tenant_id = days.tenant_id
    and kpi_warranty_percent.event_date = days.event_date
    and kpi_warranty_percent.business_unit = days.business_unit
  left join kpi_outstanding_ar
    on kpi_outstanding_ar.tenant_id = days.tenant_id
    and kpi_outstanding_ar.event_date = days.event_date
    and kpi_outstanding_ar.business_unit = days.business_unit;
