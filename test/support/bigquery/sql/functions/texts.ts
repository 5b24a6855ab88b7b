import { byCount, keep, pattern, rename, type Call, type FunctionRules } from '../call.ts';

/** Any NULL makes NULL: DuckDB's own leave it out. */
const nullIfAny = (call: Call, sql: string): string =>
  `case when ${call.sql.map((arg) => `(${arg}) is null`).join(' or ')} then null else ${sql} end`;

const formatPiece = (call: Call, sign: string, arg: string | undefined): string => {
  if (arg === undefined) throw call.refuse('FORMAT with fewer values than places');
  if (sign === 'd' || sign === 'i' || sign === 's' || sign === 't') return `gs_string(${arg})`;
  throw call.refuse(`FORMAT with %${sign}`);
};

/** `format('%s of %d', a, b)` as a concatenation; the pattern must be a literal. */
const writeFormat = (call: Call): string => {
  const [first, ...rest] = call.sql;
  const literal = call.args[0]?.[0];
  if (call.args[0]?.length !== 1 || literal?.kind !== 'string' || first === undefined) {
    throw call.refuse('FORMAT with a pattern that is no literal');
  }
  const pieces = literal.value.split(/(%[^])/);
  const written = pieces.map((piece) => {
    if (!piece.startsWith('%') || piece.length !== 2) return `'${piece.replaceAll("'", "''")}'`;
    return piece === '%%' ? "'%'" : formatPiece(call, piece.slice(1), rest.shift());
  });
  if (rest.length > 0) throw call.refuse('FORMAT with more values than places');
  return `(${written.join(' || ')})`;
};

/** The first group, if the pattern has one; no match is NULL. The pattern must be a literal. */
const writeRegexpExtract = (call: Call): string => {
  const [text = '', wanted = ''] = call.sql;
  const literal = call.args[1]?.[0];
  if (call.args[1]?.length !== 1 || literal?.kind !== 'string' || call.args.length > 2) {
    throw call.refuse('REGEXP_EXTRACT with a pattern that is no literal, or with more arguments');
  }
  const group = /(?:^|[^\\])\((?!\?)/.test(literal.value) ? 1 : 0;
  return `case when regexp_matches(${text}, ${wanted}) then regexp_extract(${text}, ${wanted}, ${group}) end`;
};

/** Functions on texts and bytes. */
export const textFunctions: FunctionRules = {
  ...keep('lower', 'upper', 'reverse', 'starts_with', 'ends_with', 'strpos', 'ascii', 'unicode'),
  ...keep('chr', 'translate', 'repeat', 'lpad', 'rpad', 'replace', 'from_base64'),
  concat: (call) => `(${call.sql.join(' || ')})`,
  trim: byCount({ 1: rename('trim'), 2: pattern('ltrim(rtrim($1, $2), $2)') }),
  ltrim: byCount({ 1: pattern('ltrim($1, white_space())'), 2: rename('ltrim') }),
  rtrim: byCount({ 1: pattern('rtrim($1, white_space())'), 2: rename('rtrim') }),
  length: rename('gs_length'),
  char_length: rename('length'),
  character_length: rename('length'),
  byte_length: pattern('strlen($1)'),
  octet_length: pattern('strlen($1)'),
  left: rename('left'),
  right: rename('right'),
  substr: byCount({ 2: rename('gs_substr_from'), 3: rename('gs_substr') }),
  substring: byCount({ 2: rename('gs_substr_from'), 3: rename('gs_substr') }),
  split: byCount({ 1: pattern("string_split($1, ',')"), 2: rename('string_split') }),
  regexp_contains: pattern('regexp_matches($1, $2)'),
  regexp_extract: writeRegexpExtract,
  regexp_replace: pattern("regexp_replace($1, $2, $3, 'g')"),
  format: writeFormat,
  string: byCount({ 1: rename('gs_string'), 2: rename('gs_string_in') }),
  to_hex: pattern('lower(hex($1))'),
  from_hex: rename('unhex'),
  md5: pattern('unhex(md5($1))'),
  sha1: pattern('unhex(sha1($1))'),
  sha256: pattern('unhex(sha256($1))'),
  to_base64: rename('to_base64'),
  generate_uuid: pattern('cast(uuid() as varchar)'),
  greatest: (call) => nullIfAny(call, `greatest(${call.sql.join(', ')})`),
  least: (call) => nullIfAny(call, `least(${call.sql.join(', ')})`),
  json_value: byCount({ 1: pattern("gs_json_value($1, '$')"), 2: rename('gs_json_value') }),
  json_query: byCount({ 1: pattern("gs_json_query($1, '$')"), 2: rename('gs_json_query') }),
  json_extract_scalar: byCount({ 2: rename('gs_json_value') }),
  json_query_array: byCount({
    1: pattern("gs_json_query_array($1, '$')"),
    2: rename('gs_json_query_array'),
  }),
  json_value_array: byCount({
    1: pattern("gs_json_value_array($1, '$')"),
    2: rename('gs_json_value_array'),
  }),
  to_json_string: byCount({ 1: rename('gs_to_json_string') }),
};
