import type { Entity } from '../../model.ts';
import { columnTypes } from './column-types.ts';
import { quoteColumn } from './googlesql-text.ts';
import { fieldText, jsonPath } from './json-path.ts';

/** What counts as drift: a condition over a record's texts and typed columns. */
export type DriftRule = { field: string; kind: string; sql: string };

/** Paths of the nested objects that columns are read from. */
const parentsOf = ({ columns }: Entity): string[][] => {
  const parents = new Map<string, string[]>();
  for (const { path } of columns) {
    for (let depth = 1; depth < path.length; depth += 1) {
      const parent = path.slice(0, depth);
      parents.set(parent.join('.'), parent);
    }
  }
  return [...parents.values()];
};

const isNoObject = (path: readonly string[]): string => {
  const found = `json_query(_json, ${jsonPath(path)})`;
  return `coalesce(not starts_with(${found}, '{'), false)`;
};

/** The rules of an entity, in an order that only depends on its columns. */
export const driftRules = (entity: Entity): DriftRule[] => [
  ...entity.columns.flatMap(({ name, path, type }, index) =>
    type === 'string'
      ? []
      : {
          field: path.join('.'),
          kind: `does not fit ${columnTypes[type]}`,
          sql: `${quoteColumn(name)} is null and ${fieldText(index)} is not null`,
        },
  ),
  ...parentsOf(entity).map((path) => ({
    field: path.join('.'),
    kind: 'is not an object',
    sql: isNoObject(path),
  })),
];
