import type { Entity } from '../../model.ts';
import { canFill, mendByFilling } from '../contract.ts';
import { keyColumn, rawColumns } from '../raw-table.ts';
import { stateTables } from '../state-tables.ts';
import type { DatasetResource, TableResource } from './api.ts';
import { columnTypes, stateTypes } from './column-types.ts';
import { describeStateColumn } from './describe-state.ts';
import { stageDataset } from './googlesql-text.ts';
import { findPartition } from './partition.ts';

/** A table as it should be: `st_raw.raw_jobs`, and how the API describes it. */
export type TableSpec = {
  name: string;
  /** What to do when it cannot be used as it is. */
  mend: string;
  /** What to do about a column that somebody altered. */
  mendColumn: (column: string) => string;
  resource: TableResource & { schema: { fields: NonNullable<TableResource['schema']>['fields'] } };
};

/** BigQuery keeps what was. */
export const restoring = 'restore the table as it was (BigQuery keeps seven days)';

/** By these the tables of fieldmart are found in Google's own reports. */
export const tableLabels = { application: 'fieldmart' };

/** Long enough to look at what a failed run left. */
const stageExpirationMs = 3 * 86_400_000;

/** What stands in each dataset. */
const datasetDescriptions: Readonly<Record<string, string>> = {
  st_raw: 'fieldmart: the records of the source as they were received, with typed columns',
  st_ref: 'fieldmart: reference tables that the models read',
  st_dim: 'fieldmart: jobs and invoices with their names and units',
  st_mart: 'fieldmart: the KPIs and the records that count in them',
  st_ops: 'fieldmart: control rows, ledger, runs, builds, rejects and drift; no content of records',
  [stageDataset]:
    'fieldmart: staging and builds under way; each table is dropped, or expires after three days',
};

/** A dataset as it should be; `dataset` without prefix. */
export const describeDataset = (dataset: string): DatasetResource => ({
  description: datasetDescriptions[dataset] ?? '',
  labels: tableLabels,
  ...(dataset === stageDataset && { defaultTableExpirationMs: String(stageExpirationMs) }),
});

const rawDescriptions: Readonly<Record<string, string>> = {
  tenant_id: 'The tenant of the source.',
  _key: 'id:… where the source gives an id, else a hash of the key fields and an ordinal.',
  payload: 'The record as received, byte for byte.',
  _modified_on: 'When the source says the record changed: the newest version wins. UTC.',
  _extracted_at: 'When the source last said so. UTC.',
  _load_id: 'The load that said it, as in st_ops.ledger.',
  _deleted: 'A complete reading of its set no longer held the record.',
};

const stateDescriptions: Readonly<Record<string, string>> = {
  state: 'The version of the state, and what the typed columns of each raw table were computed by.',
  cursors: 'One row per stream: how far it is. Its version is the fence against a second writer.',
  ledger:
    'One row per committed batch; rows_inserted summed over an entity equals the rows of its raw table.',
  costs: 'What the jobs of a run cost, by entity or model and step.',
  runs: 'One row per run, command, tenant and entity.',
  tenants: 'One row per tenant: its time zone, and when its latest build began.',
  builds: 'One row per build and model.',
  rejects: 'Records that could not be stored, with the reason and without their content.',
  drift:
    'How records depart from what the source documents: fields, kinds of values, values that do not fit.',
};

/** BigQuery keeps rows of one tenant, then of neighbouring keys, together, and reads only the blocks it needs. */
const stateClusters: Readonly<Record<string, string[]>> = {
  cursors: ['tenant_id', 'entity', 'stream'],
  ledger: ['tenant_id', 'entity', 'load_id'],
  costs: ['entity', 'step'],
  runs: ['tenant_id', 'entity'],
  tenants: ['tenant_id'],
  builds: ['tenant_id', 'model'],
  rejects: ['tenant_id', 'entity'],
  drift: ['tenant_id', 'entity'],
};

/** Tables that grow with every run: what is asked of a month reads that month. */
const stateMonths: Readonly<Record<string, string>> = {
  ledger: 'committed_at',
  costs: 'ended_at',
};

const describeColumn = (entity: Entity, name: string): string => {
  const column = entity.columns.find((candidate) => candidate.name === name);
  if (column === undefined) return rawDescriptions[name] ?? '';
  const zone = column.type === 'timestamp' ? ' In UTC.' : '';
  return `Field ${column.path.join('.')} of the record; NULL where it does not fit.${zone}`;
};

const describeRaw = (entity: Entity): TableSpec => {
  const partition = findPartition(entity);
  return {
    name: `st_raw.${entity.table}`,
    mend: 'backfill into other datasets (DATASET_PREFIX)',
    mendColumn: (column) =>
      canFill(entity, column) && column !== partition ? mendByFilling : restoring,
    resource: {
      description: `Records of ${entity.name}: one row per tenant and ${keyColumn(entity)}.`,
      labels: tableLabels,
      schema: {
        fields: rawColumns(entity).map(({ name, type }) => ({
          name,
          type: columnTypes[type],
          description: describeColumn(entity, name),
        })),
      },
      clustering: { fields: ['tenant_id', keyColumn(entity)] },
      ...(partition !== undefined && { timePartitioning: { type: 'MONTH', field: partition } }),
    },
  };
};

const describeState = (name: string): TableSpec => ({
  name: `st_ops.${name}`,
  mend: restoring,
  mendColumn: () => restoring,
  resource: {
    description: stateDescriptions[name] ?? '',
    labels: tableLabels,
    schema: {
      fields: (stateTables[name] ?? []).map((column) => ({
        name: column.name,
        type: stateTypes[column.type],
        description: describeStateColumn(name, column.name),
      })),
    },
    ...(stateClusters[name] !== undefined && { clustering: { fields: stateClusters[name] } }),
    ...(stateMonths[name] !== undefined && {
      timePartitioning: { type: 'MONTH', field: stateMonths[name] },
    }),
  },
});

/** Every table of the warehouse that is not a model. */
export const describeTables = (entities: readonly Entity[]): TableSpec[] => [
  ...Object.keys(stateTables).map(describeState),
  ...entities.map(describeRaw),
];
