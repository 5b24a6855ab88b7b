import { byCount, keep, pattern, rename, type FunctionRules } from '../call.ts';

const quotient = (n: string, d: string): string => `(${n}) // gs_divisor(${d})`;

/** Functions on numbers, conditions and lists. */
export const numberFunctions: FunctionRules = {
  ...keep('abs', 'sign', 'ceil', 'ceiling', 'floor', 'sqrt', 'exp', 'ln', 'pow', 'power'),
  ...keep('coalesce', 'ifnull', 'nullif', 'if', 'safe_divide'),
  is_nan: rename('isnan'),
  is_inf: rename('isinf'),
  rand: rename('random'),
  round: byCount({ 1: rename('round'), 2: rename('round') }),
  trunc: byCount({ 1: rename('trunc'), 2: rename('trunc') }),
  log: byCount({ 1: rename('ln'), 2: pattern('log($2, $1)') }),
  log10: rename('log10'),
  mod: pattern('($1) % gs_divisor($2)'),
  div: pattern(quotient('$1', '$2')),
  ieee_divide: pattern('cast($1 as double) / cast($2 as double)'),
  parse_numeric: rename('gs_cast_numeric'),
  error: ({ sql }) => `error('\x01' || ${sql.join(', ')})`,
  array_length: rename('len'),
  array_reverse: rename('list_reverse'),
  array_concat: ({ sql }) => `list_concat(${sql.join(', ')})`,
  array_to_string: byCount({ 2: rename('array_to_string'), 3: rename('gs_array_to_string') }),
  generate_array: byCount({ 2: rename('generate_series'), 3: rename('generate_series') }),
  generate_date_array: byCount({
    2: pattern('cast(generate_series($1, $2, interval 1 day) as date[])'),
    3: pattern('cast(generate_series($1, $2, $3) as date[])'),
  }),
  offset: pattern('($1) + 1'),
  safe_offset: pattern('($1) + 1'),
  ordinal: pattern('$1'),
  safe_ordinal: pattern('$1'),
};
