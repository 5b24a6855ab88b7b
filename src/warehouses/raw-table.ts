import type { Entity } from '../model.ts';

/** The type of a raw table's column; each warehouse has its own name for it. */
export type RawType = Entity['columns'][number]['type'];

/** A column of a raw table. */
export type RawColumn = { name: string; type: RawType };

/** The column that, with the tenant, identifies a row. */
export const keyColumn = ({ key }: Entity): string => (key.kind === 'id' ? 'id' : '_key');

/**
 * Every column of an entity's raw table, in order. `payload` is the record as received; `_modified_on` the value of
 * the entity's `modifiedColumn`; `_extracted_at` when the source last said so; `_load_id` the load that said it.
 */
export const rawColumns = (entity: Entity): RawColumn[] => [
  { name: 'tenant_id', type: 'string' },
  ...(entity.key.kind === 'idOrFields' ? [{ name: '_key', type: 'string' } as const] : []),
  ...entity.columns.map(({ name, type }) => ({ name, type })),
  { name: 'payload', type: 'string' },
  { name: '_modified_on', type: 'timestamp' },
  { name: '_extracted_at', type: 'timestamp' },
  { name: '_load_id', type: 'string' },
  { name: '_deleted', type: 'bool' },
];

/** The raw table's name in SQL. Names of tables and keys need no quotes, in which engines differ. */
export const rawTable = ({ table }: Entity): string => `st_raw.${table}`;

/**
 * A key made of fields names no lasting record: what a later reading of the set says under it is right, whatever its
 * `_modified_on`.
 */
const hasFieldsKey = (entity: Entity, alias: string): string =>
  entity.key.kind === 'id' ? 'false' : `starts_with(${alias}._key, 'h:')`;

/**
 * Condition under which the incoming row (`s`) replaces the stored row (`t`) of the same key.
 * - Newer `_modified_on` wins; a row without one is older than any with one.
 * - Equal stamps, or neither has one: the later extraction wins, and the incoming one when they are equal.
 * - A stored row that is marked deleted was missing at its extraction: only a reading from then on brings it back, and
 *   any such reading does.
 */
export const winsSql = (entity: Entity): string => `
  case
    when t._deleted or ${hasFieldsKey(entity, 's')} then s._extracted_at >= t._extracted_at
    when s._modified_on is not distinct from t._modified_on
      then s._extracted_at >= t._extracted_at
    else s._modified_on is not null
      and (t._modified_on is null or s._modified_on > t._modified_on)
  end`;

/** The same rule as an order, newest first, among rows of one key that are loaded together. */
export const newestFirstSql = (entity: Entity): string =>
  `case when ${hasFieldsKey(entity, 's')} then null else s._modified_on end desc nulls last,` +
  ` s._extracted_at desc, s._line desc`;

/** Joins the incoming row (`s`) with the stored row (`t`) of the same key. */
export const sameKeySql = (entity: Entity): string => {
  const key = keyColumn(entity);
  return `t.tenant_id = s.tenant_id and t.${key} = s.${key}`;
};
