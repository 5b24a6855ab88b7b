import {
  columnsSql,
  findDataset,
  lookUpTable,
  storedName,
  touch,
  type NewTable,
} from '../catalog/catalog.ts';
import { nameTable, type Table, type TableRef } from '../catalog/dataset.ts';
import { enterTable } from '../catalog/tables.ts';
import type { Session } from '../engine/open-database.ts';
import { countSizes, keepSizes, sumBytes } from '../engine/sizes.ts';
import { toFields, type LoadConfiguration } from '../jobs/configuration.ts';
import { Refusal, refusals, type ErrorProto } from '../refusals.ts';
import { isSameType } from '../values/sql-type.ts';
import { toNamedType, type Field } from '../values/field.ts';
import type { World } from '../world.ts';
import { readRows, type BadRow } from './read-rows.ts';
import { storeRows } from './store-rows.ts';

/** A load that failed because of what the file holds: the job's status lists more than one error. */
export class BadFileError extends Error {
  override readonly name = 'BadFileError';
  readonly errors: ErrorProto[];

  constructor(errors: ErrorProto[]) {
    super(errors[0]?.message ?? '');
    this.errors = errors;
  }
}

const explainBadRow = (rows: number, { position, message }: BadRow): BadFileError => {
  const prefix = 'Error while reading data, error message: JSON';
  return new BadFileError([
    {
      reason: 'invalid',
      message: `${prefix} table encountered too many errors, giving up. Rows: ${rows + 1}; errors: 1. Please look into the errors[] collection for more details.`,
    },
    {
      reason: 'invalid',
      message: `${prefix} processing encountered too many errors, giving up. Rows: ${rows + 1}; errors: 1; max bad: 0; error percent: 0`,
    },
    {
      reason: 'invalid',
      message: `${prefix} parsing error in row starting at position ${position}: ${message}`,
    },
  ]);
};

const checkKnown = (load: LoadConfiguration): void => {
  if (load.sourceFormat !== 'NEWLINE_DELIMITED_JSON') {
    throw refusals.unsupported(`loads of ${load.sourceFormat}, only NEWLINE_DELIMITED_JSON`);
  }
  if (load.autodetect === true) throw refusals.unsupported('autodetect; give the schema');
  if ((load.maxBadRecords ?? 0) > 0) throw refusals.unsupported('maxBadRecords above 0');
  if ((load.encoding ?? 'UTF-8') !== 'UTF-8') throw refusals.unsupported('encodings but UTF-8');
};

const mismatch = (ref: TableRef, what: string) =>
  refusals.invalid(`Provided Schema does not match Table ${nameTable(ref)}. ${what}`);

/** @throws Refusal when the file's fields are not among the table's. */
const checkFields = (ref: TableRef, stored: readonly Field[], given: readonly Field[]): void => {
  for (const field of given) {
    const old = stored.find((one) => one.name.toLowerCase() === field.name.toLowerCase());
    if (old === undefined) throw mismatch(ref, `Cannot add fields (field: ${field.name})`);
    if (!isSameType(toNamedType(old).type, toNamedType(field).type)) {
      throw mismatch(ref, `Field ${old.name} has changed type from ${old.type} to ${field.type}`);
    }
    if (old.mode !== field.mode) {
      throw mismatch(ref, `Field ${old.name} has changed mode from ${old.mode} to ${field.mode}`);
    }
  }
};

/** Whether rows are added to the table that is there, or a new one takes its place. */
const chooseMode = async (
  session: Session,
  load: LoadConfiguration,
  table: Table | undefined,
): Promise<'append' | 'replace'> => {
  const name = nameTable(load.destinationTable);
  if (table === undefined) {
    if (load.createDisposition === 'CREATE_NEVER') throw refusals.notFound(`Table ${name}`);
    return 'replace';
  }
  if (table.type === 'VIEW') throw refusals.invalid(`Cannot load into the view ${name}`);
  if (load.writeDisposition === 'WRITE_TRUNCATE') return 'replace';
  if (load.writeDisposition === 'WRITE_APPEND') return 'append';
  const { rows } = await session.read(`select 1 from ${storedName(table.ref)} limit 1`);
  if (rows.length > 0) throw refusals.duplicate(`Table ${name}`);
  return 'append';
};

const newTable = (load: LoadConfiguration, old: Table | undefined, fields: Field[]): NewTable => {
  const properties = load.destinationTableProperties;
  const expirationTime = properties?.expirationTime ?? old?.expirationTime;
  const description = properties?.description ?? old?.description;
  return {
    type: 'TABLE',
    fields,
    timePartitioning: load.timePartitioning ?? old?.timePartitioning,
    clustering: load.clustering?.fields ?? old?.clustering,
    labels: properties?.labels ?? old?.labels ?? {},
    ...(description === undefined ? {} : { description }),
    ...(expirationTime === undefined ? {} : { expirationTime: Number(expirationTime) }),
  };
};

export type LoadDeps = {
  world: World;
  session: Session;
  /** Called when all is read and nothing stored; may wait, and may refuse. */
  before: () => Promise<void>;
};

/**
 * Loads a file: all of its rows, or none.
 * @returns the job's statistics.
 * @throws Refusal or BadFileError.
 */
export const runLoad = async (
  { world, session, before }: LoadDeps,
  load: LoadConfiguration,
  file: Buffer,
): Promise<Record<string, string>> => {
  const { catalog, access, locks } = world;
  const ref = load.destinationTable;
  checkKnown(load);
  findDataset(catalog, ref.datasetId);
  const old = lookUpTable(catalog, ref);
  const permission = old === undefined ? 'bigquery.tables.create' : 'bigquery.tables.updateData';
  access.check(
    permission,
    old === undefined ? { kind: 'dataset', ...ref } : { kind: 'table', ref },
  );
  const mode = await chooseMode(session, load, old);
  const given = load.schema === undefined ? undefined : toFields(load.schema.fields);
  if (mode === 'append') checkFields(ref, old?.fields ?? [], given ?? []);
  const fields = mode === 'append' ? old?.fields : (given ?? old?.fields);
  if (fields === undefined) throw refusals.invalid('No schema specified on job or table.');
  if (fields.some(({ mode, type }) => mode === 'REPEATED' || type === 'RECORD')) {
    throw refusals.unsupported('loads into repeated fields and records');
  }
  const found = readRows(file, fields, { skipsUnknown: load.ignoreUnknownValues === true });
  if (found.bad !== undefined) throw explainBadRow(found.rows.length, found.bad);
  await before();
  const { rows } = found;
  if (mode === 'append') {
    await storeRows(session, { ref, fields, rows, first: '' });
    if (old !== undefined) touch(catalog, old);
  } else {
    await locks.exclusive(ref, async () => {
      const table = newTable(load, old, fields);
      const first = `create or replace table ${storedName(ref)} (${columnsSql(fields)})`;
      await storeRows(session, { ref, fields, rows, first });
      enterTable(catalog, ref, table);
    });
  }
  const table = lookUpTable(catalog, ref);
  const sizes = countSizes(fields, rows);
  if (mode === 'replace' && table !== undefined) keepSizes(world.sizes, table, sizes);
  if (table === undefined) throw new Refusal('internalError', 'The loaded table is gone');
  return {
    inputFiles: '1',
    inputFileBytes: String(file.length),
    outputRows: String(rows.length),
    outputBytes: String(sumBytes(sizes, fields)),
    badRecords: '0',
  };
};
