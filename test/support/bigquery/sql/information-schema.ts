import { refusals } from '../refusals.ts';
import { describeType } from '../values/sql-type.ts';
import { toNamedType, type Field } from '../values/field.ts';
import { quoteText } from '../values/literals.ts';
import type { Table } from '../catalog/dataset.ts';
import type { Run } from './run.ts';

/** `dataset.INFORMATION_SCHEMA.VIEW`, with or without the project. */
export const isInformation = (path: readonly string[]): boolean =>
  path.at(-2)?.toUpperCase() === 'INFORMATION_SCHEMA';

type View = { columns: string[]; rows: (run: Run, tables: Table[]) => string[][] };

const text = (value: string | undefined): string =>
  value === undefined ? 'null' : quoteText(value);

const namesOf = ({ ref }: Table): string[] =>
  [ref.projectId, ref.datasetId, ref.tableId].map(quoteText);

const yesNo = (condition: boolean): string => (condition ? "'YES'" : "'NO'");

const columnRow = (table: Table, field: Field, index: number): string[] => [
  ...namesOf(table),
  quoteText(field.name),
  String(index + 1),
  yesNo(field.mode !== 'REQUIRED'),
  quoteText(describeType(toNamedType(field).type)),
  yesNo(table.timePartitioning?.field?.toLowerCase() === field.name.toLowerCase()),
  placeInClusters(table, field),
];

const placeInClusters = ({ clustering = [] }: Table, { name }: Field): string => {
  const place = clustering.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  return place < 0 ? 'null' : String(place + 1);
};

const millis = (ms: number): string => `make_timestamptz(${ms}000)`;

const tableNames = ['table_catalog', 'table_schema', 'table_name'];

/** The few of BigQuery's views that the stand-in has, with those of their columns that mean something here. */
const views: Readonly<Record<string, View>> = {
  SCHEMATA: {
    columns: ['catalog_name', 'schema_name', 'location', 'creation_time'],
    rows: ({ world }) =>
      [...world.catalog.datasets.values()].map((one) => [
        ...[world.projectId, one.datasetId, one.location].map(quoteText),
        millis(one.creationTime),
      ]),
  },
  TABLES: {
    columns: [...tableNames, 'table_type', 'creation_time'],
    rows: (_, tables) =>
      tables.map((table) => [
        ...namesOf(table),
        table.type === 'VIEW' ? "'VIEW'" : "'BASE TABLE'",
        millis(table.creationTime),
      ]),
  },
  COLUMNS: {
    columns: [
      ...[...tableNames, 'column_name', 'ordinal_position', 'is_nullable', 'data_type'],
      ...['is_partitioning_column', 'clustering_ordinal_position'],
    ],
    rows: (_, tables) =>
      tables.flatMap((table) => table.fields.map((field, i) => columnRow(table, field, i))),
  },
  COLUMN_FIELD_PATHS: {
    columns: [...tableNames, 'column_name', 'field_path', 'data_type', 'description'],
    rows: (_, tables) =>
      tables.flatMap((table) =>
        table.fields.map((field) => [
          ...namesOf(table),
          ...[field.name, field.name, describeType(toNamedType(field).type)].map(quoteText),
          text(field.description),
        ]),
      ),
  },
};

const types: Readonly<Record<string, string>> = {
  ordinal_position: 'bigint',
  clustering_ordinal_position: 'bigint',
  creation_time: 'timestamptz',
};

/**
 * A view of INFORMATION_SCHEMA as a subquery of constants.
 * @throws Refusal for one that the stand-in lacks.
 */
export const writeInformation = (run: Run, path: readonly string[]): string => {
  const name = (path.at(-1) ?? '').toUpperCase();
  const view = views[name];
  if (view === undefined) throw refusals.unsupported(`INFORMATION_SCHEMA.${name}`);
  const dataset = run.world.catalog.datasets.get(path.at(-3) ?? '');
  const now = run.world.now().getTime();
  const tables = [...(dataset?.tables.values() ?? [])].filter(
    ({ expirationTime }) => expirationTime === undefined || expirationTime > now,
  );
  if (dataset === undefined && name !== 'SCHEMATA') {
    throw refusals.notFound(`Dataset ${run.world.projectId}:${path.at(-3) ?? ''}`);
  }
  const columns = view.columns.map(
    (column) => `cast(null as ${types[column] ?? 'varchar'}) as ${column}`,
  );
  const rows = view.rows(run, tables).map((row) => `(${row.join(', ')})`);
  const empty = `select ${columns.join(', ')} where false`;
  return rows.length === 0 ? `(${empty})` : `(${empty} union all values ${rows.join(', ')})`;
};

const fieldTypes: Readonly<Record<string, string>> = {
  bigint: 'INTEGER',
  timestamptz: 'TIMESTAMP',
};

/** The views as tables, for the analyzer: paths without the dataset, and their columns. */
export const informationTables = (): { path: string[]; fields: Field[] }[] =>
  Object.entries(views).map(([name, { columns }]) => ({
    path: ['INFORMATION_SCHEMA', name],
    fields: columns.map((column) => ({
      name: column,
      type: fieldTypes[types[column] ?? ''] ?? 'STRING',
      mode: 'NULLABLE',
    })),
  }));
