import type { Column, Entity } from '../../model.ts';
import { keyColumn, newestFirstSql, rawColumns } from '../raw-table.ts';
import { columnTypes } from './column-types.ts';
import { driftRules } from './drift-rules.ts';
import { quoteColumn } from './googlesql-text.ts';
import { fieldText, readText } from './json-path.ts';
import { literalRows } from './literal-rows.ts';

/** What staging makes rows of. */
export type Lines = {
  /** The table of lines as they were uploaded: see encode-lines.ts. */
  table: string;
  /** The batches whose lines it holds, as they are numbered there. */
  batches: readonly { tenantId: string; loadId: string; rows: number }[];
};

const numberPattern = '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$';
const instantPattern =
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}' +
  '([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?)?$';

const matching = (text: string, pattern: string, cast: string): string =>
  `if(regexp_contains(${text}, '${pattern}'), ${cast}, null)`;

/** BigQuery takes six digits of a second, and wants the seconds: more are cut, and a bare minute begins. */
const readableInstant = (text: string): string =>
  `regexp_replace(regexp_replace(${text}, '([.][0-9]{6})[0-9]+', '\\\\1'), ` +
  `'^(.{10}[T ][0-9]{2}:[0-9]{2})$', '\\\\1:00')`;

/**
 * The text as the column's type, NULL where it does not fit. safe_cast alone is too kind: it takes ' 1 ', '0x1F', 'yes'
 * and 'inf'. A decimal is rounded half away from zero at nine digits; out of range, it does not fit.
 */
export const castSql = ({ type }: Column, text: string): string => {
  switch (type) {
    case 'int64':
      return matching(text, '^-?[0-9]+$', `safe_cast(${text} as int64)`);
    case 'decimal':
    case 'decimalText':
      return matching(text, numberPattern, `safe_cast(${text} as numeric(38, 9))`);
    case 'float64':
      return matching(text, numberPattern, `safe_cast(${text} as float64)`);
    case 'bool':
      return `case ${text} when 'true' then true when 'false' then false end`;
    case 'timestamp':
      return matching(text, instantPattern, `safe_cast(${readableInstant(text)} as timestamp)`);
    case 'string':
      return text;
  }
};

/** What the lines of each batch have in common. */
const batchesSql = ({ batches }: Lines): string => {
  let before = 0;
  return literalRows(
    batches.map(({ tenantId, loadId, rows }, index) => {
      const linesBefore = before;
      before += rows;
      return {
        batch: { type: 'int64', value: index + 1 },
        lines_before: { type: 'int64', value: linesBefore },
        tenant_id: { type: 'string', value: tenantId },
        load_id: { type: 'string', value: loadId },
      };
    }),
  );
};

/** `_line` numbers the lines over all batches that are staged together, from 1. */
const linesSql = (lines: Lines): string =>
  `select b.lines_before + l.line as _line, l.line as _position, l.\`at\` as _extracted_at, l.payload, ` +
  `if(l.fault is null, coalesce(l.json, l.payload), null) as _json, l.fault as _fault, ` +
  `b.tenant_id, b.load_id as _load_id from ${lines.table} as l\n  inner join ${batchesSql(lines)} as b on b.batch = l.batch`;

const idColumn = ({ columns }: Entity): Column | undefined =>
  columns.find(({ name }) => name === 'id');

const textOf = (entity: Entity, name: string): string => {
  const index = entity.columns.findIndex((column) => column.name === name);
  if (index === -1) throw new Error(`Entity ${entity.name} has no column ${name}`);
  return fieldText(index);
};

const rejectSql = (entity: Entity): string => {
  const id = idColumn(entity);
  if (entity.key.kind === 'idOrFields') {
    const missing = entity.key.fields.map((name) => `${quoteColumn(name)} is null`);
    const idMissing = id === undefined ? [] : ['`id` is null'];
    return `if(${[...idMissing, ...missing].join(' and ')}, 'has no key', null)`;
  }
  if (id === undefined) throw new Error(`Entity ${entity.name} has no column id`);
  return (
    `case when ${textOf(entity, 'id')} is null then 'has no id' ` +
    `when \`id\` is null then 'has an id that does not fit ${columnTypes[id.type]}' end`
  );
};

/** `id:…` where there is an id, else `h:` and a hash of the key fields' texts; the ordinal comes later. */
const keySql = (entity: Entity): string => {
  if (entity.key.kind === 'id') return '';
  const texts = entity.key.fields.map((name) => textOf(entity, name));
  const hash = `concat('h:', to_hex(md5(to_json_string([${texts.join(', ')}]))))`;
  const sql =
    idColumn(entity) === undefined
      ? hash
      : `coalesce(concat('id:', cast(\`id\` as string)), ${hash})`;
  return `${sql} as _hash,`;
};

/** Records without an id that are equal in all key fields are numbered in each load: a set is never split over two. */
const numberedKeySql = `
    if(
      starts_with(_hash, 'h:'),
      concat(_hash, ':', cast(row_number() over (
        partition by _load_id, _hash, _reject is null order by payload, _line
      ) as string)),
      _hash
    ) as _key,`;

const driftSql = (entity: Entity): string => {
  const marks = driftRules(entity).map(({ sql }, index) => `if(${sql}, '${index},', '')`);
  return marks.length === 0 ? `''` : `concat(${marks.join(', ')})`;
};

const idTextSql = (entity: Entity): string =>
  idColumn(entity) === undefined ? 'cast(null as string)' : `left(${textOf(entity, 'id')}, 64)`;

const modifiedSql = ({ modifiedColumn }: Entity): string =>
  modifiedColumn === undefined ? 'cast(null as timestamp)' : quoteColumn(modifiedColumn);

/**
 * The rows of a staging table: the raw table's columns, and `_line`, `_position` (in its load), `_reject` (reason or
 * NULL), `_id_text`, `_drift` (indexes of the drift rules that hold, each with a comma), `_use` (the newest of its key:
 * goes into the raw table). Typed columns are computed from the payload.
 */
export const typedSql = (entity: Entity, lines: Lines): string => `
with lines as (
  ${linesSql(lines)}
),
texts as (
  select
    *,
    ${entity.columns
      .map(({ path }, index) => `${readText(path)} as ${fieldText(index)}`)
      .join(',\n    ')}
  from lines
),
typed as (
  select
    *,
    ${entity.columns
      .map((column, index) => `${castSql(column, fieldText(index))} as ${quoteColumn(column.name)}`)
      .join(',\n    ')}
  from texts
),
judged as (
  select
    *,
    ${keySql(entity)}
    coalesce(_fault, ${rejectSql(entity)}) as _reject,
    ${idTextSql(entity)} as _id_text,
    ${driftSql(entity)} as _drift,
    ${modifiedSql(entity)} as _modified_on,
    false as _deleted
  from typed
),
keyed as (
  select
    *,${entity.key.kind === 'id' ? '' : numberedKeySql}
    _reject is null as _is_good
  from judged
)
select
  ${rawColumns(entity)
    .map(({ name }) => quoteColumn(name))
    .join(', ')},
  _line, _position, _reject, _id_text, _drift,
  _is_good and row_number() over (
    partition by _is_good, tenant_id, ${quoteColumn(keyColumn(entity))} order by ${newestFirstSql(entity)}
  ) = 1 as _use
from keyed as s`;
