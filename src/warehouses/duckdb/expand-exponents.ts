const exponentText = `regexp_extract(t, '[eE]([-+]?[0-9]+)$', 1)`;

/** Of each number: its sign, its digits, and how many of them stand before the point once the exponent is applied. */
const partsSql = `
  list_transform(texts, lambda t: {
    'sign': if(starts_with(t, '-'), '-', ''),
    'digits': replace(regexp_extract(t, '^-?([0-9.]+)', 1), '.', ''),
    'point': length(regexp_extract(t, '^-?([0-9]+)', 1)) +
      coalesce(try_cast(${exponentText} as integer), if(regexp_matches(t, '[eE]-'), -999, 999))
  })`;

/**
 * Defines the macro `expand_exponents(texts)`: of each text that is a number with an exponent the same number without
 * it, NULL where it is out of all bounds. DuckDB's own cast rounds small ones wrongly: '6e-12' becomes 0.000000001 as a
 * DECIMAL(38,9).
 */
export const expandExponentsSql = `
create or replace temp macro expand_exponents(texts) as
  list_transform(${partsSql}, lambda n: n.sign || case
    when n.point > 400 then null
    when n.point < -400 then '0'
    when n.point <= 0 then '0.' || repeat('0', -n.point) || n.digits
    when n.point >= length(n.digits) then n.digits || repeat('0', n.point - length(n.digits))
    else left(n.digits, n.point) || '.' || substr(n.digits, n.point + 1)
  end)`;
