import type { Session } from '../engine/open-database.ts';
import { refusals } from '../refusals.ts';
import { quote, toDuckdb } from '../values/duckdb-types.ts';
import { toNamedType, type Field } from '../values/field.ts';
import { nameTable, type Dataset, type Table, type TableRef } from './dataset.ts';

/** The datasets and tables of one project. Their rows stand in DuckDB, in a schema for each dataset. */
export type Catalog = {
  projectId: string;
  datasets: Map<string, Dataset>;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** For the changes that no job makes. */
  session: Session;
};

/** What a table is made with; the rest follows. */
export type NewTable = Pick<Table, 'type' | 'fields'> &
  Partial<
    Pick<
      Table,
      | 'description'
      | 'friendlyName'
      | 'labels'
      | 'timePartitioning'
      | 'clustering'
      | 'expirationTime'
      | 'primaryKey'
      | 'query'
    >
  >;

const schemasOfDuckdb = ['main', 'temp', 'system', 'pg_catalog', 'information_schema'];

/** DuckDB's name of a table. */
export const storedName = ({ datasetId, tableId }: TableRef): string =>
  `${quote(datasetId)}.${quote(tableId)}`;

/** @throws Refusal as BigQuery has it. */
export const findDataset = (catalog: Catalog, datasetId: string): Dataset => {
  const dataset = catalog.datasets.get(datasetId);
  if (dataset !== undefined) return dataset;
  throw refusals.notFound(`Dataset ${catalog.projectId}:${datasetId}`);
};

/** The table, unless it has expired; undefined when there is none. */
export const lookUpTable = (catalog: Catalog, ref: TableRef): Table | undefined => {
  const table = findDataset(catalog, ref.datasetId).tables.get(ref.tableId);
  const isExpired = table?.expirationTime !== undefined && table.expirationTime <= catalog.nowMs();
  return isExpired ? undefined : table;
};

/** @throws Refusal as BigQuery has it. */
export const findTable = (catalog: Catalog, ref: TableRef): Table => {
  const table = lookUpTable(catalog, ref);
  if (table === undefined) throw refusals.notFound(`Table ${nameTable(ref)}`);
  return table;
};

/** Counts a change. */
export const touch = (catalog: Catalog, changed: Dataset | Table): void => {
  changed.version += 1;
  changed.lastModifiedTime = catalog.nowMs();
};

/** @throws Refusal when the name is taken or is no name. */
export const addDataset = async (
  catalog: Catalog,
  given: Pick<Dataset, 'datasetId' | 'location'> & Partial<Dataset>,
): Promise<Dataset> => {
  const { datasetId } = given;
  if (!/^[A-Za-z0-9_]{1,1024}$/.test(datasetId)) {
    throw refusals.invalid(
      `Invalid dataset ID "${datasetId}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
    );
  }
  const taken = [...catalog.datasets.keys()].find(
    (name) => name.toLowerCase() === datasetId.toLowerCase(),
  );
  if (taken === datasetId) throw refusals.duplicate(`Dataset ${catalog.projectId}:${datasetId}`);
  if (taken !== undefined || schemasOfDuckdb.includes(datasetId.toLowerCase())) {
    throw refusals.unsupported(`a dataset of the name ${datasetId}: DuckDB tells no cases apart`);
  }
  const now = catalog.nowMs();
  const dataset: Dataset = {
    ...{ description: undefined, friendlyName: undefined, labels: {} },
    ...{ defaultTableExpirationMs: undefined, access: undefined },
    ...given,
    ...{ creationTime: now, lastModifiedTime: now, version: 1, tables: new Map() },
  };
  await catalog.session.run(`create schema ${quote(datasetId)}`);
  catalog.datasets.set(datasetId, dataset);
  return dataset;
};

/** @throws Refusal when the dataset holds tables that are not to be deleted with it. */
export const removeDataset = async (
  catalog: Catalog,
  datasetId: string,
  withContents: boolean,
): Promise<void> => {
  const dataset = findDataset(catalog, datasetId);
  if (dataset.tables.size > 0 && !withContents) {
    throw refusals.inUse(`Dataset ${catalog.projectId}:${datasetId}`);
  }
  await catalog.session.run(`drop schema ${quote(datasetId)} cascade`);
  catalog.datasets.delete(datasetId);
};

const columnSql = (field: Field): string => {
  const { name, type } = toNamedType(field);
  return `${quote(name)} ${toDuckdb(type)}${field.mode === 'REQUIRED' ? ' not null' : ''}`;
};

/** DuckDB's definition of the columns. */
export const columnsSql = (fields: readonly Field[]): string => {
  if (fields.length === 0) throw refusals.unsupported('tables without columns');
  return fields.map(columnSql).join(', ');
};
