import type { BuildPlan } from '../warehouse.ts';
import { quoteColumn } from './googlesql-text.ts';
import { sqlType } from './field-types.ts';
import type { Field } from './job.ts';

/** The names under which a build makes its tables before they are published. */
export type Aside = {
  /** `st_dim.dim_jobs` → `st_stage.build_3f2a_st_dim_dim_jobs`. */
  nameOf: (table: string) => string;
  /** The same for the tables of the build; others keep their names. */
  rename: (table: string) => string;
};

export const nameAside = (buildId: string, { seeds, tables }: BuildPlan): Aside => {
  const own = new Set([...seeds, ...tables].map(({ table }) => table));
  const nameOf = (table: string): string => `st_stage.build_${buildId}_${table.replace('.', '_')}`;
  return { nameOf, rename: (table) => (own.has(table) ? nameOf(table) : table) };
};

const dateColumns = ['event_date', 'week_start', 'month_start'];
const clusterColumns = ['tenant_id', 'business_unit', 'region'];

/**
 * How the table of a query's rows is laid out: by month of its date, then by tenant, unit and region, where it has these
 * columns. A partition a day would be more partitions than one statement may write.
 */
export const layOutSql = (columns: readonly Field[]): string => {
  const dated = dateColumns.find((date) =>
    columns.some(({ name, type }) => name === date && sqlType(type) === 'DATE'),
  );
  const clusters = clusterColumns.filter((name) => columns.some((column) => column.name === name));
  return [
    dated !== undefined ? `partition by date_trunc(${dated}, month)` : '',
    clusters.length > 0 ? `cluster by ${clusters.join(', ')}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
};

/** Makes a table anew of a query's rows. */
export const createTableSql = (table: string, columns: readonly Field[], sql: string): string =>
  `create or replace table ${table}\n${layOutSql(columns)}\nas\n${sql}`;

/** The columns of several tables in one order, each name once. */
export const joinColumns = (...tables: readonly (readonly Field[])[]): Field[] => {
  const joined = new Map<string, Field>();
  for (const column of tables.flat()) {
    const name = column.name.toLowerCase();
    if (!joined.has(name)) joined.set(name, column);
  }
  return [...joined.values()];
};

/** A table's columns in the order of others, NULL for those that it lacks. */
export const selectColumns = (wanted: readonly Field[], columns: readonly Field[]): string => {
  const has = new Set(columns.map(({ name }) => name.toLowerCase()));
  return wanted
    .map(({ name, type }) =>
      has.has(name.toLowerCase())
        ? quoteColumn(name)
        : `cast(null as ${sqlType(type)}) as ${quoteColumn(name)}`,
    )
    .join(', ');
};
