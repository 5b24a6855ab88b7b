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

const findMissing = ({ resource }: TableSpec, { schema }: TableResource): Field[] =>
  (resource.schema.fields ?? []).filter(
    (field) => findColumn(schema?.fields ?? [], field) === undefined,
  );

/**
 * Creates the table, or adds the columns that it lacks; extra ones stay.
 * @throws WarehouseError, with the column, when someone altered it.
 */
const prepareTable = async (session: Session, spec: TableSpec): Promise<void> => {
  const { api } = session;
  const id = toTableId(session, spec.name);
  const stored = await api.getTable(id);
  if (stored === null) {
    await api.createTable(id, spec.resource);
    return;
  }
  checkColumns(spec, stored.schema?.fields ?? []);
  const missing = findMissing(spec, stored);
  if (missing.length === 0) return;
  await api.patchTable(id, { schema: { fields: [...(stored.schema?.fields ?? []), ...missing] } });
};

/**
 * After a statement that BigQuery does not take: is it because of a table that changed since it was prepared?
 * @throws WarehouseError, with the column, when one did.
 */
export const checkTables = async (session: Session, entity: Entity): Promise<void> => {
  const names = [`st_raw.${entity.table}`, 'st_ops.cursors', 'st_ops.ledger', 'st_ops.rejects'];
  for (const spec of describeTables([entity]).filter(({ name }) => names.includes(name))) {
    const stored = await session.api.getTable(toTableId(session, spec.name));
    if (stored === null) continue;
    checkColumns(spec, stored.schema?.fields ?? []);
    const [missing] = findMissing(spec, stored);
    if (missing === undefined) continue;
    throw new WarehouseError(
      `Cannot use ${spec.name}: its column ${missing.name} is gone, someone altered the table; repeat the command, ` +
        'which adds it again',
    );
  }
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
