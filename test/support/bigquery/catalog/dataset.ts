import type { Field } from '../values/field.ts';

export type Labels = Readonly<Record<string, string>>;

/** Of a table: each `table` of one project and dataset. */
export type TableRef = { projectId: string; datasetId: string; tableId: string };

export type TimePartitioning = {
  type: string;
  field?: string | undefined;
  expirationMs?: string | undefined;
};

/** What a table has besides its rows, which are in DuckDB. Instants are milliseconds since 1970. */
export type Table = {
  ref: TableRef;
  type: 'TABLE' | 'VIEW';
  fields: Field[];
  description: string | undefined;
  friendlyName: string | undefined;
  labels: Labels;
  timePartitioning: TimePartitioning | undefined;
  clustering: string[] | undefined;
  expirationTime: number | undefined;
  primaryKey: string[] | undefined;
  /** Of a view. */
  query: string | undefined;
  creationTime: number;
  lastModifiedTime: number;
  /** Counts its changes; part of its etag. */
  version: number;
};

export type Dataset = {
  datasetId: string;
  location: string;
  description: string | undefined;
  friendlyName: string | undefined;
  labels: Labels;
  defaultTableExpirationMs: number | undefined;
  access: unknown[] | undefined;
  creationTime: number;
  lastModifiedTime: number;
  version: number;
  tables: Map<string, Table>;
};

/** `project:dataset.table`, as Google's messages name a table. */
export const nameTable = ({ projectId, datasetId, tableId }: TableRef): string =>
  `${projectId}:${datasetId}.${tableId}`;
