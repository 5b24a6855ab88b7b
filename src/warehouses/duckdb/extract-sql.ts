import type { Column, Entity } from '../../model.ts';
import { quoteName, quoteText } from '../sql-text.ts';
import { notJson } from '../staging.ts';
import { castSql, expandedSql, fieldSql } from './cast-sql.ts';
import { columnTypes } from './column-types.ts';

/** Shape of a record as from_json takes it: fields are texts, nested objects are shapes. */
type Shape = { [field: string]: 'VARCHAR' | Shape };

/** A nested object that columns are read from. */
type Parent = { path: string[]; fields: string[] };

const addPath = (shape: Shape, column: Column): void => {
  let at = shape;
  for (const field of column.path.slice(0, -1)) {
    const inner = (at[field] ??= {});
    if (inner === 'VARCHAR') throw new Error(`Paths overlap at column ${column.name}`);
    at = inner;
  }
  const leaf = column.path.at(-1);
  if (leaf === undefined || typeof at[leaf] === 'object') {
    throw new Error(`Column ${column.name} has no path of its own`);
  }
  at[leaf] = 'VARCHAR';
};

/** The record's fields as texts, in one struct: one pass over the JSON for all columns. */
const recordSql = (entity: Entity, json: string): string => {
  const shape: Shape = {};
  for (const column of entity.columns) addPath(shape, column);
  return `from_json(${json}, ${quoteText(JSON.stringify(shape))})`;
};

const parentsOf = (entity: Entity): Parent[] => {
  const parents = new Map<string, Parent>();
  for (const { path } of entity.columns) {
    for (let depth = 1; depth < path.length; depth += 1) {
      const parent = { path: path.slice(0, depth), fields: [] as string[] };
      const known = parents.get(JSON.stringify(parent.path)) ?? parent;
      const field = path[depth];
      if (field !== undefined && !known.fields.includes(field)) known.fields.push(field);
      parents.set(JSON.stringify(parent.path), known);
    }
  }
  return [...parents.values()];
};

const jsonPath = (path: readonly string[]): string =>
  quoteText(`$${path.map((field) => `."${field.replaceAll('"', '\\"')}"`).join('')}`);

/** The parent is there but no object. Looked up only where all its fields are NULL: that costs a parse. */
const noObjectSql = ({ path, fields }: Parent): string => {
  const empty = fields.map((field) => `${fieldSql([...path, field])} is null`).join(' and ');
  return (
    `case when ${fieldSql(path)} is not null and ${empty} ` +
    `then json_type(_json, ${jsonPath(path)}) not in ('OBJECT', 'NULL') else false end`
  );
};

type DriftRule = { field: string; kind: string; sql: string };

/** What counts as drift, over the columns of {@link typedSql}. */
const driftRules = (entity: Entity): DriftRule[] => [
  ...entity.columns
    .filter(({ type }) => type !== 'string')
    .map(({ name, path, type }) => ({
      field: path.join('.'),
      kind: `does not fit ${columnTypes[type]}`,
      sql: `(${quoteName(name)} is null and ${fieldSql(path)} is not null)`,
    })),
  ...parentsOf(entity).map((parent) => ({
    field: parent.path.join('.'),
    kind: 'is not an object',
    sql: noObjectSql(parent),
  })),
];

/** Where the rows to extract from stand. */
export type Lines = {
  /** Relation (rowid, payload): one record a line; its rowid numbers them. */
  lines: string;
  /** Table (line, file, position, tenant_id, load_id, extracted_at), in the order of the lines. */
  stamps: string;
  /** Table (line, payload): the same records, rewritten so that DuckDB reads them; NULL where nothing helps. */
  readable: string;
};

/** Lines to extract from as they stand, none of them rewritten. */
export type PlainLines = Omit<Lines, 'readable'> & { readable: null };

/** Lines to extract from while they are read: `spools` is a relation (file, payload) in the order of the stamps. */
export type SpoolLines = { spools: string; stamps: string };

/** The CTE `typed` over the CTE `texts`, of which it wants `_json`: the fields as texts (`_s`) and as typed columns. */
const typedFromTexts = (entity: Entity): string => `
parsed as (
  select *, ${recordSql(entity, '_json')} as _s from texts
),
expanded as (
  select *, ${expandedSql(entity)} as _expanded from parsed
),
typed as (
  select
    *,
    ${entity.columns
      .map((column) => `${castSql(entity, column)} as ${quoteName(column.name)}`)
      .join(',\n    ')}
  from expanded
)`;

const modifiedSql = ({ modifiedColumn }: Entity): string =>
  modifiedColumn === undefined ? 'null::timestamptz' : quoteName(modifiedColumn);

const readableSql = 'case when readable.line is null then lines.payload else readable.payload end';

const stampedSql = `
    stamps.line as _line, stamps.position as _position, stamps.tenant_id, stamps.load_id as _load_id,
    stamps.extracted_at as _extracted_at, lines.payload`;

/** A line and its stamp meet by their place alone; one that has no partner, or one of another file, is astray. */
const spooledTextsSql = ({ spools, stamps }: SpoolLines): string => `
  select${stampedSql}, lines.payload as _json, stamps.file is distinct from lines.file as _astray
  from ${spools} as lines
  positional join ${stamps} as stamps`;

const textsSql = (from: Lines | PlainLines, where: string): string => `
  select${stampedSql}, ${from.readable === null ? 'lines.payload' : readableSql} as _json, false as _astray
  from ${from.lines} as lines
  inner join ${from.stamps} as stamps on stamps.line = lines.rowid
  ${from.readable === null ? '' : `left join ${from.readable} as readable on readable.line = lines.rowid`}
  ${where}`;

/** The records as texts (`_s`) and as typed columns. */
const typedSql = (entity: Entity, from: Lines | PlainLines | SpoolLines, where: string): string => `
with texts as (${'spools' in from ? spooledTextsSql(from) : textsSql(from, where)}
),${typedFromTexts(entity)}`;

/**
 * The typed columns of stored records: `_line` (the rowid in `lines`), the entity's columns and `_modified_on`.
 * @param from Tables as in {@link Lines}.
 */
export const typedAgainSql = (entity: Entity, from: Omit<Lines, 'stamps'>): string => `
with texts as (
  select
    lines.rowid as _line,
    ${readableSql} as _json
  from ${from.lines} as lines
  left join ${from.readable} as readable on readable.line = lines.rowid
),${typedFromTexts(entity)}
select
  _line, ${entity.columns.map(({ name }) => quoteName(name)).join(', ')},
  ${modifiedSql(entity)} as _modified_on
from typed`;

const isObject = `case when starts_with(_json, '{') then true else starts_with(ltrim(_json, ' \t\r\n'), '{') end`;

const rejectSql = (entity: Entity): string => {
  const id = entity.columns.find(({ name }) => name === 'id');
  const unreadable =
    `case when _json is null then '${notJson}' ` + `when not (${isObject}) then 'is not an object'`;
  if (entity.key.kind === 'idOrFields') {
    const missing = entity.key.fields.map((name) => `${quoteName(name)} is null`);
    const idMissing = id === undefined ? [] : ['"id" is null'];
    return `${unreadable} when ${[...idMissing, ...missing].join(' and ')} then 'has no key' end`;
  }
  if (id === undefined) throw new Error(`Entity ${entity.name} has no column id`);
  return (
    `${unreadable} when ${fieldSql(id.path)} is null then 'has no id' ` +
    `when "id" is null then 'has an id that does not fit ${columnTypes[id.type]}' end`
  );
};

/**
 * Whether a decimal may have lost digits: DuckDB reads numbers as doubles. With less than seven digits before the point,
 * what it prints is within 2^-33 (1.2e-10) of what was sent, so that both are the same at nine digits after the point,
 * unless the tenth is near the half at which it is rounded.
 */
const inexactSql = (entity: Entity): string => {
  const texts = entity.columns
    .filter(({ type }) => type === 'decimal')
    .map(({ path }) => fieldSql(path));
  if (texts.length === 0) return 'false';
  return `regexp_matches(concat_ws(' ', ${texts.join(', ')}), '[eE]|[0-9]{7}[.]|[.][0-9]{9}[3-6]')`;
};

/** `id:…` where there is an id, else `h:` and a hash of the key fields' texts; the ordinal comes later. */
const keySql = (entity: Entity): string => {
  if (entity.key.kind === 'id') return '';
  const texts = entity.key.fields.map((name) => {
    const column = entity.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new Error(`Entity ${entity.name} has no column ${name}`);
    return fieldSql(column.path);
  });
  const hash = `'h:' || md5(to_json([${texts.join(', ')}])::varchar)`;
  const id = entity.columns.find(({ name }) => name === 'id');
  const sql = id === undefined ? hash : `coalesce('id:' || "id"::varchar, ${hash})`;
  return `${sql} as _key, `;
};

const idTextSql = (entity: Entity): string => {
  const id = entity.columns.find(({ name }) => name === 'id');
  return id === undefined ? 'null::varchar' : `left(${fieldSql(id.path)}, 64)`;
};

/** Rows whose records staging looks at again: to rewrite them, to name what drifts, to number those that have no id. */
const lookedAtAgainSql = ({ key }: Entity): string =>
  key.kind === 'id' ? '_inexact or _drift' : `_inexact or _drift or starts_with(_key, 'h:')`;

/**
 * The staging table's rows: the raw table's columns but `payload`, and `_line`, `_position`, `_reject` (reason or NULL),
 * `_drift` (some value does not fit), `_use` (goes into the raw table), `_inexact` (a decimal may have lost digits, and
 * is right only once the record is rewritten), `_astray` (the files do not hold what was to be read of them), `_bytes` and
 * `_hash` (of the payload), `_payload` (the payload; NULL where it can be read from the files again and staging does not
 * need it).
 * @param where Chooses among the lines; '' for all.
 */
export const stageSql = (
  entity: Entity,
  from: Lines | PlainLines | SpoolLines,
  where = '',
): string => `
${typedSql(entity, from, where)},
judged as (
  select
    *, ${keySql(entity)}${rejectSql(entity)} as _reject, ${idTextSql(entity)} as _id_text,
    ${inexactSql(entity)} as _inexact,
    coalesce(${driftRules(entity)
      .map(({ sql }) => sql)
      .concat('false')
      .join('\n      or ')}, false) as _drift
  from typed
)
select
  * exclude (_json, _s, _expanded, payload),
  strlen(payload) as _bytes, hash(payload) as _hash,
  ${'spools' in from ? `case when ${lookedAtAgainSql(entity)} then payload end` : 'payload'} as _payload,
  ${modifiedSql(entity)} as _modified_on,
  false as _deleted, _reject is null as _use
from judged`;

/** Drift of the staged rows, counted: tenant_id, field, kind, n. */
export const driftSql = (entity: Entity, from: Lines, staged: string): string => `
${typedSql(entity, from, `where lines.rowid in (select _line from ${staged} where _drift and _reject is null)`)},
found as (
  select tenant_id, unnest([${driftRules(entity)
    .map(
      ({ field, kind, sql }) =>
        `case when ${sql} then {'field': ${quoteText(field)}, 'kind': ${quoteText(kind)}} end`,
    )
    .concat(`null::struct(field varchar, kind varchar)`)
    .join(',\n    ')}]) as drift
  from typed
)
select tenant_id, drift.field as field, drift.kind as kind, count(*) as n
from found
where drift is not null
group by all`;
