import type { SimpleCatalogProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/SimpleCatalogProto.js';
import type { SimpleTableProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/SimpleTableProto.js';
import type { TypeProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/TypeProto.js';
import { TypeKind } from '@fivetrandevelopers/zetasql/lib/types/zetasql/TypeKind.js';
import type { ValueProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/ValueProto.js';
import type { Entity } from '../../../src/model.ts';
import { rawColumns, type RawType } from '../../../src/warehouses/raw-table.ts';
import { stateTables, type StateColumn } from '../../../src/warehouses/state-tables.ts';

/** GoogleSQL's types, as far as our tables have them. */
export const typeKinds = {
  INT64: TypeKind.TYPE_INT64,
  FLOAT64: TypeKind.TYPE_DOUBLE,
  NUMERIC: TypeKind.TYPE_NUMERIC,
  BOOL: TypeKind.TYPE_BOOL,
  STRING: TypeKind.TYPE_STRING,
  DATE: TypeKind.TYPE_DATE,
  TIMESTAMP: TypeKind.TYPE_TIMESTAMP,
} as const;

export type TypeName = keyof typeof typeKinds;

export type Column = { name: string; type: TypeName };

/** A table as the analyzer sees it. */
export type Table = { name: string; columns: Column[] };

/** A table with its rows, in the server's own form: what a query gave can be read by the next one as it is. */
export type FilledTable = Table & { rows: ValueProto[][] };

const rawTypes: Readonly<Record<RawType, TypeName>> = {
  int64: 'INT64',
  decimal: 'NUMERIC',
  decimalText: 'NUMERIC',
  float64: 'FLOAT64',
  bool: 'BOOL',
  string: 'STRING',
  timestamp: 'TIMESTAMP',
};

const stateTypes: Readonly<Record<StateColumn['type'], TypeName>> = {
  text: 'STRING',
  integer: 'INT64',
  boolean: 'BOOL',
  instant: 'TIMESTAMP',
};

/** The raw tables and the state tables, as BigQuery has them. */
export const describeTables = (entities: readonly Entity[]): Table[] => [
  ...entities.map((entity) => ({
    name: `st_raw.${entity.table}`,
    columns: rawColumns(entity).map(({ name, type }) => ({ name, type: rawTypes[type] })),
  })),
  ...Object.entries(stateTables).map(([name, columns]) => ({
    name: `st_ops.${name}`,
    columns: columns.map((column) => ({ name: column.name, type: stateTypes[column.type] })),
  })),
];

/**
 * The name of a type of the server's.
 * @throws Error for a type that no column of ours should have.
 */
export const nameType = (type: TypeProto | null | undefined): TypeName => {
  const found = Object.entries(typeKinds).find(([, kind]) => kind === type?.typeKind);
  if (found === undefined) throw new Error(`No column may be of type ${JSON.stringify(type)}.`);
  return found[0] as TypeName;
};

const toProto = (name: string, { columns }: Table): SimpleTableProto => ({
  name,
  column: columns.map((column) => ({
    name: column.name,
    type: { typeKind: typeKinds[column.type] },
  })),
});

/** `st_raw.raw_jobs` is the table `raw_jobs` in the catalog `st_raw`, which is how BigQuery's datasets look. */
export const nestTables = (tables: readonly Table[]): SimpleCatalogProto => {
  const datasets = new Map<string, SimpleTableProto[]>();
  for (const table of tables) {
    const [dataset = '', name = ''] = table.name.split('.');
    datasets.set(dataset, [...(datasets.get(dataset) ?? []), toProto(name, table)]);
  }
  return { catalog: [...datasets].map(([name, table]) => ({ name, table })) };
};

/** Every table under its full name: only tables of the outermost catalog can have rows. */
export const flattenTables = (tables: readonly Table[]): SimpleCatalogProto => ({
  table: tables.map((table) => toProto(table.name, table)),
});
