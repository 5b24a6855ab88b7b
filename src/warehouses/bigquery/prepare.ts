import pLimit from 'p-limit';
import { WarehouseError } from '../../errors.ts';
import type { Entity } from '../../model.ts';
import { canFill, changedState, compareContract, explainAltered } from '../contract.ts';
import { assertNoneLost } from '../lost-tables.ts';
import { rawTable } from '../raw-table.ts';
import { assertKnownState, type State } from '../state-version.ts';
import type { DatasetResource, TableResource } from './api.ts';
import { describeDataset, describeTables, restoring, type TableSpec } from './describe-tables.ts';
import { sqlType } from './field-types.ts';
import { fillColumns } from './fill-columns.ts';
import { allDatasets, quoteColumn } from './googlesql-text.ts';
import type { Field } from './job.ts';
import { recordRows } from './record-rows.ts';
import { explained, readRows, runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

const requestsInFlight = 8;

/** @throws WarehouseError for a dataset in another location than it should be. */
export const checkLocation = (
  { address }: Session,
  name: string,
  { location = '' }: DatasetResource,
): void => {
  if (location.toLowerCase() === address.location.toLowerCase()) return;
  throw new WarehouseError(
    `Cannot use dataset ${name}: it is in ${location} and BIGQUERY_LOCATION is ${address.location}; set ` +
      `BIGQUERY_LOCATION=${location}, or another DATASET_PREFIX`,
  );
};

const prepareDataset = async (session: Session, dataset: string): Promise<void> => {
  const name = session.datasetPrefix + dataset;
  const found = await session.api.getDataset(name);
  if (found === null) await session.api.createDataset(name, describeDataset(dataset));
  else checkLocation(session, name, found);
};

const findColumn = (fields: readonly Field[], { name }: Field): Field | undefined =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

const faultOf = (wanted: Field, found: Field): string | undefined => {
  const [is, should] = [sqlType(found.type), sqlType(wanted.type)];
  if (is !== should) return `is ${is} and should be ${should}`;
  const isOptional = found.mode === undefined || found.mode === 'NULLABLE';
  return isOptional ? undefined : `is ${found.mode ?? ''} and should be NULLABLE`;
};

/** The columns that are not as they should be, so that rows could not be stored: with what is wrong. */
const findFaults = ({ resource }: TableSpec, stored: readonly Field[]): [string, string][] =>
  (resource.schema.fields ?? []).flatMap((wanted): [string, string][] => {
    const found = findColumn(stored, wanted);
    const fault = found === undefined ? undefined : faultOf(wanted, found);
    return fault === undefined ? [] : [[wanted.name, fault]];
  });

/** A column that somebody gave another type, or made required. */
const checkColumns = (spec: TableSpec, stored: readonly Field[]): void => {
  const [first] = findFaults(spec, stored);
  if (first === undefined) return;
  const [column, fault] = first;
  throw explainAltered(spec.name, { column, fault, mend: spec.mendColumn(column) });
};

const findMissing = ({ resource }: TableSpec, { schema }: TableResource): Field[] =>
  (resource.schema.fields ?? []).filter(
    (field) => findColumn(schema?.fields ?? [], field) === undefined,
  );

/** @throws WarehouseError for a table that is not there, or that somebody altered. */
export const checkTable = (spec: TableSpec, stored: TableResource | null): void => {
  if (stored === null) {
    throw new WarehouseError(`Cannot use ${spec.name}: it is not there; run fieldmart setup`);
  }
  checkColumns(spec, stored.schema?.fields ?? []);
  const [missing] = findMissing(spec, stored);
  if (missing === undefined) return;
  throw new WarehouseError(
    `Cannot use ${spec.name}: its column ${missing.name} is not there; run fieldmart setup, which adds it`,
  );
};

/** Drops columns of another type than they have now: they are added again, and filled from the payloads. */
const dropChanged = async (
  session: Session,
  spec: TableSpec,
  stored: TableResource,
  stale: readonly string[],
): Promise<TableResource> => {
  const fixed = [stored.timePartitioning?.field, ...(stored.clustering?.fields ?? [])];
  const changed = findFaults(spec, stored.schema?.fields ?? []).filter(
    ([name]) => stale.includes(name) && !fixed.includes(name),
  );
  if (changed.length === 0) return stored;
  const drops = changed.map(([name]) => `drop column ${quoteColumn(name)}`);
  const action = `change the types of columns of ${spec.name}`;
  await runSql(session, {
    ...{ entity: '', step: 'stage', action },
    sql: `alter table ${spec.name} ${drops.join(', ')}`,
  });
  return (await session.api.getTable(toTableId(session, spec.name))) ?? stored;
};

/**
 * Creates the table, or adds the columns that it lacks; extra ones stay.
 * `found` is the table as it is; `stale` names columns whose values can be made again from the payload, and are
 * to be.
 * @returns the columns that it lacked; null for a table that was not there.
 * @throws WarehouseError, with the column, when someone altered it.
 */
const prepareTable = async (
  session: Session,
  {
    spec,
    found,
    stale,
  }: { spec: TableSpec; found: TableResource | null; stale: readonly string[] },
): Promise<string[] | null> => {
  const { api } = session;
  const id = toTableId(session, spec.name);
  if (found === null) {
    await api.createTable(id, spec.resource);
    return null;
  }
  const stored = await dropChanged(session, spec, found, stale);
  checkColumns(spec, stored.schema?.fields ?? []);
  const missing = findMissing(spec, stored);
  if (missing.length > 0) {
    const fields = [...(stored.schema?.fields ?? []), ...missing];
    await api.patchTable(id, { schema: { fields } });
  }
  return missing.map(({ name }) => name);
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

/** Read without a job: it costs nothing, and comes before everything else. */
const readState = async (session: Session): Promise<State> => {
  const rows = (await session.api.listRows(toTableId(session, 'st_ops.state'))) ?? [];
  return new Map(rows.map(({ f }) => [String(f[0]?.v), String(f[1]?.v)]));
};

const mendOf = (specs: readonly TableSpec[], table: string): string =>
  specs.find(({ name }) => name === table)?.mend ?? '';

/** Whether the ledger says that rows of the entity were stored. */
const holdsRows = async (session: Session, entity: Entity): Promise<boolean> => {
  const rows = await readRows(session, {
    ...{ entity: entity.name, step: 'stage', action: 'prepare the warehouse' },
    sql: 'select 1 as found from st_ops.ledger where entity = @entity and rows_inserted > 0 limit 1',
    parameters: { entity: entity.name },
  });
  return rows.length > 0;
};

const placeOf = ({ address, datasetPrefix }: Session): string =>
  `${address.project}.${datasetPrefix}st_ops`;

/**
 * Creates what is missing: datasets, state tables, raw tables, columns. Columns that are new, or computed by another
 * rule than before, are filled from the payloads.
 * @param at The instant of it.
 * @throws WarehouseError when a newer program wrote the state, before anything is changed; when a dataset is in another
 * location, or a table was altered or dropped.
 */
export const prepare = (session: Session, entities: readonly Entity[], at: string): Promise<void> =>
  explained(session, 'prepare the warehouse', async () => {
    const state = await readState(session);
    assertKnownState(state, placeOf(session));
    const specs = describeTables(entities);
    const stale = new Map(
      entities.map((entity) => [
        rawTable(entity),
        compareContract(entity, state, mendOf(specs, rawTable(entity))).stale,
      ]),
    );
    const staleOf = (name: string): readonly string[] => stale.get(name) ?? [];
    const limit = pLimit(requestsInFlight);
    const all = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
      await Promise.all(items.map((item) => limit(work, item)));
    };
    await all(allDatasets, (dataset) => prepareDataset(session, dataset));
    const found = new Map<string, TableResource | null>();
    await all(specs, async ({ name }) => {
      found.set(name, await session.api.getTable(toTableId(session, name)));
    });
    await assertNoneLost({
      ...{ entities, state },
      isThere: (table) => (found.get(table) ?? null) !== null,
      holdsRows: (entity) => holdsRows(session, entity),
      mend: `${restoring}, or backfill into other datasets (DATASET_PREFIX)`,
    });
    const added = new Map<string, readonly string[]>();
    await all(specs, async (spec) => {
      const columns = await prepareTable(session, {
        ...{ spec, found: found.get(spec.name) ?? null, stale: staleOf(spec.name) },
      });
      if (columns !== null) added.set(spec.name, columns);
    });
    await all(entities, async (entity) => {
      const columns = added.get(rawTable(entity));
      if (columns === undefined) return;
      const lost = columns.filter((column) => canFill(entity, column));
      await fillColumns(session, entity, [...new Set([...staleOf(rawTable(entity)), ...lost])]);
    });
    // Last, so that what was interrupted is done again.
    await recordRows(session, 'state', changedState(state, entities, at));
  });
