import { windowMonths } from '../../limits.ts';
import type { Column, Entity, FieldType } from '../../model.ts';
import type { ServiceTitanEntity } from './entity.ts';

/** The column of a field: `businessUnit.id` → `businessUnitId`. */
export const flattenName = (field: string): string =>
  field.replace(/\.(\w)/g, (_dot, letter: string) => letter.toUpperCase());

const isTyped = (field: [string, FieldType]): field is [string, Column['type']] =>
  field[1] !== 'json';

/** Where a row has a value both flat and nested (`batchId`, `batch.id`), the flat one is the column. */
const toColumns = (fields: Readonly<Record<string, FieldType>>): Column[] =>
  Object.entries(fields)
    .filter(isTyped)
    .map(([field, type]) => ({ name: flattenName(field), path: field.split('.'), type }))
    .filter(({ name, path }) => path.length === 1 || !(name in fields));

const findCreated = ({ backfill, fields }: ServiceTitanEntity): string | undefined => {
  if (backfill.by === 'window') return flattenName(backfill.field);
  return 'createdOn' in fields ? 'createdOn' : undefined;
};

/** The contract of an entity in the words of the rest of the program. */
export const toEntity = (entity: ServiceTitanEntity): Entity => {
  const { name, keyFields, backfill, sync } = entity;
  const fields = { ...entity.fields, ...entity.exportFields };
  const window = backfill.by === 'window' ? backfill : undefined;
  return {
    name,
    table: `raw_${name.replaceAll('-', '_')}`,
    columns: toColumns(fields),
    key: keyFields === undefined ? { kind: 'id' } : { kind: 'idOrFields', fields: [...keyFields] },
    createdColumn: findCreated(entity),
    modifiedColumn: 'modifiedOn' in fields ? 'modifiedOn' : undefined,
    backfill: backfill.by,
    windows: {
      months: window?.months ?? windowMonths,
      calendar: window?.calendar === true,
      replaces: window?.replaces === true,
    },
    feed: {
      completes: entity.exportFields !== undefined && backfill.by !== 'feed' && sync.by === 'feed',
      fromStart: backfill.by === 'feed' && backfill.fromStart === true,
    },
    sync: sync.by,
  };
};
