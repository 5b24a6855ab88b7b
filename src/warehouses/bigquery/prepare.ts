import pLimit from 'p-limit';
import { WarehouseError } from '../../errors.ts';
import type { Entity } from '../../model.ts';
import type { TableResource } from './api.ts';
import {
  datasetDescriptions,
  describeTables,
  tableLabels,
  type TableSpec,
} from './describe-tables.ts';
import { sqlType } from './field-types.ts';
import { allDatasets, stageDataset } from './googlesql-text.ts';
import type { Field } from './job.ts';
import { explained } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

const requestsInFlight = 8;

/** Long enough to look at what a failed run left. */
const stageExpirationMs = 3 * 86_400_000;

const prepareDataset = async (session: Session, dataset: string): Promise<void> => {
  const { api, address, datasetPrefix } = session;
  const name = datasetPrefix + dataset;
  const found = await api.getDataset(name);
  if (found === null) {
    await api.createDataset(name, {
      description: datasetDescriptions[dataset] ?? '',
      labels: tableLabels,
      ...(dataset === stageDataset && { defaultTableExpirationMs: String(stageExpirationMs) }),
    });
    return;
  }
  const location = found.location ?? '';
  if (location.toLowerCase() === address.location.toLowerCase()) return;
  throw new WarehouseError(
    `Cannot use dataset ${name}: it is in ${location} and BIGQUERY_LOCATION is ${address.location}; set ` +
      `BIGQUERY_LOCATION=${location}, or another DATASET_PREFIX`,
  );
};

const findColumn = (fields: readonly Field[], { name }: Field): Field | undefined =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

/** A column that somebody gave another type, or made required: rows could not be stored as they are. */
const checkColumns = ({ name, mend, resource }: TableSpec, stored: readonly Field[]): void => {
  for (const wanted of resource.schema.fields ?? []) {
    const found = findColumn(stored, wanted);
    if (found === undefined) continue;
    const [is, should] = [sqlType(found.type), sqlType(wanted.type)];
    const fault =
      is !== should
        ? `is ${is} and should be ${should}`
        : found.mode !== undefined && found.mode !== 'NULLABLE'
          ? `is ${found.mode} and should be NULLABLE`
          : undefined;
    if (fault === undefined) continue;
    throw new WarehouseError(
      `Cannot use ${name}: its column ${found.name} ${fault}, someone altered the table; ${mend}`,
    );
  }
};

const addColumns = (spec: TableSpec, stored: TableResource): TableResource | undefined => {
  const fields = stored.schema?.fields ?? [];
  const wanted = spec.resource.schema.fields ?? [];
  const missing = wanted.filter((field) => findColumn(fields, field) === undefined);
  return missing.length === 0 ? undefined : { schema: { fields: [...fields, ...missing] } };
};

/**
 * Creates the table, or adds the columns that it lacks; extra ones stay.
 * @throws WarehouseError, with the column, when someone altered it.
 */
export const prepareTable = async (session: Session, spec: TableSpec): Promise<void> => {
  const { api } = session;
  const id = toTableId(session, spec.name);
  const stored = await api.getTable(id);
  if (stored === null) {
    await api.createTable(id, spec.resource);
    return;
  }
  checkColumns(spec, stored.schema?.fields ?? []);
  const patch = addColumns(spec, stored);
  if (patch !== undefined) await api.patchTable(id, patch);
};

/**
 * Creates what is missing: datasets, state tables, raw tables, columns. Changes nothing that is there.
 * @throws WarehouseError when a dataset is in another location, or a table was altered.
 */
export const prepare = (session: Session, entities: readonly Entity[]): Promise<void> =>
  explained(session, 'prepare the warehouse', async () => {
    const limit = pLimit(requestsInFlight);
    const all = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
      await Promise.all(items.map((item) => limit(work, item)));
    };
    await all(allDatasets, (dataset) => prepareDataset(session, dataset));
    await all(describeTables(entities), (spec) => prepareTable(session, spec));
  });
