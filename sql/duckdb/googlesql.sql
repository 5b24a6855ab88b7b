-- What lets DuckDB run the models' GoogleSQL: the functions that it lacks, as macros, and the order of NULL.
-- Types: NUMERIC is decimal(38, 9), TIMESTAMP is timestamptz, a JSON text is a VARCHAR.

-- NULL comes before every value, and after them in descending order.
set default_null_order = 'nulls_first_on_asc_last_on_desc';

-- The wall clock in a time zone at an instant. DuckDB is ten times as fast where the zone is a constant.
create or replace temp macro datetime(instant, time_zone) as case time_zone
  when 'America/Phoenix' then instant at time zone 'America/Phoenix'
  when 'America/Los_Angeles' then instant at time zone 'America/Los_Angeles'
  when 'America/Denver' then instant at time zone 'America/Denver'
  when 'America/Chicago' then instant at time zone 'America/Chicago'
  when 'America/New_York' then instant at time zone 'America/New_York'
  when 'America/Toronto' then instant at time zone 'America/Toronto'
  when 'UTC' then instant at time zone 'UTC'
  else instant at time zone time_zone
end;

create or replace temp macro unix_date(day) as (day - date '1970-01-01');

create or replace temp macro date_from_unix_date(days) as (date '1970-01-01' + cast(days as integer));

-- GoogleSQL trims every white space of Unicode, DuckDB blanks alone.
create or replace temp macro white_space() as concat(
  chr(9), chr(10), chr(11), chr(12), chr(13), chr(32), chr(133), chr(160), chr(5760),
  chr(8192), chr(8193), chr(8194), chr(8195), chr(8196), chr(8197), chr(8198), chr(8199), chr(8200),
  chr(8201), chr(8202), chr(8232), chr(8233), chr(8239), chr(8287), chr(12288)
);

-- Most texts begin and end with a plain sign, and that is quickly seen.
create or replace temp macro trim(t) as case
  when left(t, 1) between '!' and '~' and right(t, 1) between '!' and '~' then t
  else ltrim(rtrim(t, white_space()), white_space())
end;

create or replace temp macro regexp_contains(t, pattern) as regexp_matches(t, pattern);

create or replace temp macro logical_or(condition) as bool_or(condition);

create or replace temp macro safe_offset(index) as index + 1;

-- DuckDB reads a text as a decimal of 64 bits a hundred times as fast as one of 128.
create or replace temp macro parse_numeric(t) as
  coalesce(cast(try_cast(t as decimal(18, 9)) as decimal(38, 9)), cast(t as decimal(38, 9)));

-- NUMERIC / NUMERIC is a double in DuckDB. Here the division of whole numbers of 1e-9, halves away from zero.
create or replace temp macro nanos(n) as cast(cast(n as decimal(38, 9)) * 1000000000 as hugeint);

create or replace temp macro divided_nanos(n, d) as (2 * abs(n) * 1000000000 + abs(d)) // (2 * abs(d));

create or replace temp macro from_nanos(n) as cast(n as decimal(38, 0)) * cast(0.000000001 as decimal(10, 9));

create or replace temp macro safe_divide(n, d) as case
  when d <> 0
    then from_nanos(if((n < 0) = (d < 0), 1, -1) * divided_nanos(nanos(n), nanos(d)))
end;

-- DuckDB refuses a JSON text with half of a surrogate pair. Such an escape is replaced, only for the reading; an
-- escape that follows a backslash stays well-formed too.
create or replace temp macro readable_json(j) as
  regexp_replace(j, '\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\ufffd', 'g');

create or replace temp macro json_at(j, path) as
  coalesce(try(json_extract(j, path)), json_extract(readable_json(j), path));

-- NULL for an object or an array, of which DuckDB would give the text.
create or replace temp macro json_value(j, path) as case
  when left(json_at(j, path), 1) not in ('{', '[') then json_extract_string(json_at(j, path), '$')
end;

-- NULL for what is no array, of which DuckDB would make an empty list.
create or replace temp macro json_query_array(j, path) as case
  when left(json_at(j, path), 1) = '[' then json_extract(json_at(j, path), '$[*]')
end;
