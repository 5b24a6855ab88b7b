const mantissa = `regexp_extract(t, '^-?([0-9.]+)', 1)`;
const whole = `split_part(${mantissa}, '.', 1)`;
const digits = `replace(${mantissa}, '.', '')`;
const exponentText = `regexp_extract(t, '[eE]([-+]?[0-9]+)$', 1)`;
const exponent = `coalesce(try_cast(${exponentText} as integer), if(starts_with(${exponentText}, '-'), -999, 999))`;
const point = `(length(${whole}) + ${exponent})`;

/**
 * Defines the macro `expand_exponent(t)`: a number's text without its exponent, NULL where it is out of all bounds.
 * DuckDB's own cast rounds small ones wrongly: '6e-12' becomes 0.000000001 as a DECIMAL(38,9).
 */
export const expandExponentSql = `
create or replace temp macro expand_exponent(t) as
  if(starts_with(t, '-'), '-', '') || case
    when ${point} > 400 then null
    when ${point} < -400 then '0'
    when ${point} <= 0 then '0.' || repeat('0', -${point}) || ${digits}
    when ${point} >= length(${digits}) then ${digits} || repeat('0', ${point} - length(${digits}))
    else left(${digits}, ${point}) || '.' || substr(${digits}, ${point} + 1)
  end`;
