-- st_ref.dim_numbers: the whole numbers from 0, to make rows of a list or of a calendar with
-- grain: one row per number from 0 to 39,999, more than the days of the calendar
-- sources: none
-- units: none
-- decision: docs/decisions.md#rows-from-a-list
-- columns:
--   number: the number, from 0
with
  digits as (
    select 0 as digit
    union all
    select 1
    union all
    select 2
    union all
    select 3
    union all
    select 4
    union all
    select 5
    union all
    select 6
    union all
    select 7
    union all
    select 8
    union all
    select 9
  )
select
  ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * ten_thousands.digit as number
from
  digits as ones
  cross join digits as tens
  cross join digits as hundreds
  cross join digits as thousands
  cross join digits as ten_thousands
where ten_thousands.digit < 4;
