import type { Column, Entity } from '../../model.ts';
import { quoteName } from '../sql-text.ts';

const numberPattern = '-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?';
const instantPattern =
  '[0-9]{4}-[0-9]{2}-[0-9]{2}' +
  '([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?)?';

/** A field of the record, as text. */
export const fieldSql = (path: readonly string[]): string => `_s.${path.map(quoteName).join('.')}`;

/** Casting to a 64-bit decimal first is six times as fast, and the same. */
const decimalSql = (text: string): string =>
  `coalesce(try_cast(${text} as decimal(18, 9))::decimal(38, 9), try_cast(${text} as decimal(38, 9)))`;

const isDecimal = ({ type }: Column): boolean => type === 'decimal' || type === 'decimalText';

/**
 * A list: for each decimal column its text without the exponent, NULL where it has none; no list where no text has one.
 * One expression for all columns: the expansion is long, and planning it takes longer than a small load.
 */
export const expandedSql = (entity: Entity): string => {
  const texts = entity.columns.filter(isDecimal).map(({ path }) => fieldSql(path));
  if (texts.length === 0) return 'null::varchar[]';
  return (
    `case when regexp_matches(concat_ws(' ', ${texts.join(', ')}), '[eE]') then ` +
    `expand_exponents(list_transform([${texts.join(', ')}], ` +
    `lambda t: case when regexp_full_match(t, '${numberPattern}') and regexp_matches(t, '[eE]') then t end)) end`
  );
};

/**
 * The text as the column's type, NULL where it does not fit. try_cast alone is too kind: it rounds 1.5 to an integer
 * and takes ' 1 ', '1_000', 'yes' and 'epoch'.
 */
export const castSql = (entity: Entity, column: Column): string => {
  const text = fieldSql(column.path);
  switch (column.type) {
    case 'int64':
      return (
        `case when try_cast(${text} as bigint)::varchar = ${text} then try_cast(${text} as bigint) ` +
        `when regexp_full_match(${text}, '-?[0-9]+') then try_cast(${text} as bigint) end`
      );
    case 'decimal':
    case 'decimalText':
      return (
        `case when regexp_full_match(${text}, '-?[0-9]+([.][0-9]+)?') then ${decimalSql(text)} ` +
        `else ${decimalSql(`_expanded[${entity.columns.filter(isDecimal).indexOf(column) + 1}]`)} end`
      );
    case 'float64':
      return `case when regexp_full_match(${text}, '${numberPattern}') then try_cast(${text} as double) end`;
    case 'bool':
      return `case ${text} when 'true' then true when 'false' then false end`;
    case 'timestamp':
      return `case when regexp_full_match(${text}, '${instantPattern}') then try_cast(${text} as timestamptz) end`;
    case 'string':
      return text;
  }
};
