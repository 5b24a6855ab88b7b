-- st_ref.dim_dates: the calendar
-- grain: one row per date from 1999-12-31, where an evening of 2000 in UTC can fall, to 2099-12-31
-- sources: st_ref.dim_numbers
-- units: week_start is the Monday on or before the date
-- decision: docs/decisions.md#weeks
-- columns:
--   event_date: the date
--   week_start: Monday on or before it: the name of its week
with
  numbers as (select * from st_ref.dim_numbers),
  dates as (
    select date_from_unix_date(10956 + number) as event_date from numbers where number < 36526
  )
select
  event_date,
  -- Day 0 of unix_date was a Thursday.
  date_from_unix_date(unix_date(event_date) - mod(unix_date(event_date) + 3, 7)) as week_start
from dates;
