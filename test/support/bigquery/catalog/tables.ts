import type { Session } from '../engine/open-database.ts';
import { refusals } from '../refusals.ts';
import { isSameType } from '../values/sql-type.ts';
import { toNamedType, type Field } from '../values/field.ts';
import { quote, toDuckdb } from '../values/duckdb-types.ts';
import {
  columnsSql,
  findDataset,
  findTable,
  lookUpTable,
  storedName,
  touch,
  type Catalog,
  type NewTable,
} from './catalog.ts';
import { checkLayout } from './check-layout.ts';
import { nameTable, type Table, type TableRef } from './dataset.ts';

const toTable = (catalog: Catalog, ref: TableRef, given: NewTable): Table => {
  const now = catalog.nowMs();
  const { defaultTableExpirationMs } = findDataset(catalog, ref.datasetId);
  const expiry =
    defaultTableExpirationMs === undefined ? undefined : now + defaultTableExpirationMs;
  return {
    ...{ description: undefined, friendlyName: undefined, labels: {}, query: undefined },
    ...{ timePartitioning: undefined, clustering: undefined, primaryKey: undefined },
    expirationTime: expiry,
    ...given,
    ...{ ref, creationTime: now, lastModifiedTime: now, version: 1 },
  };
};

/** Removes what has expired: its name is free again. */
const clearExpired = async (catalog: Catalog, ref: TableRef): Promise<void> => {
  const { tables } = findDataset(catalog, ref.datasetId);
  if (!tables.has(ref.tableId) || lookUpTable(catalog, ref) !== undefined) return;
  await catalog.session.run(`drop table ${storedName(ref)}`);
  tables.delete(ref.tableId);
};

/** @throws Refusal for a name that is none, or that differs from another only in case. */
const checkName = (catalog: Catalog, ref: TableRef): void => {
  if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u.test(ref.tableId)) {
    throw refusals.invalid(`Invalid table ID "${ref.tableId}".`);
  }
  const { tables } = findDataset(catalog, ref.datasetId);
  const isTwin = [...tables.keys()].some(
    (name) => name !== ref.tableId && name.toLowerCase() === ref.tableId.toLowerCase(),
  );
  if (isTwin) {
    throw refusals.unsupported(`a second table ${ref.tableId}: DuckDB tells no cases apart`);
  }
};

/**
 * Enters a table in place of the one that may be there. Its rows are the caller's matter, and so is DuckDB's table.
 * @throws Refusal for a layout that BigQuery does not take.
 */
export const enterTable = (catalog: Catalog, ref: TableRef, given: NewTable): Table => {
  checkName(catalog, ref);
  checkLayout(given);
  const table = toTable(catalog, ref, given);
  findDataset(catalog, ref.datasetId).tables.set(ref.tableId, table);
  return table;
};

/** @throws Refusal when the name is taken. */
export const checkFree = async (catalog: Catalog, ref: TableRef): Promise<void> => {
  await clearExpired(catalog, ref);
  if (lookUpTable(catalog, ref) !== undefined) throw refusals.duplicate(`Table ${nameTable(ref)}`);
};

/** @throws Refusal when the name is taken or the layout wrong. */
export const addTable = async (
  catalog: Catalog,
  ref: TableRef,
  given: NewTable,
): Promise<Table> => {
  checkName(catalog, ref);
  checkLayout(given);
  await checkFree(catalog, ref);
  await catalog.session.run(`create table ${storedName(ref)} (${columnsSql(given.fields)})`);
  return enterTable(catalog, ref, given);
};

/** @throws Refusal when there is none. */
export const removeTable = async (catalog: Catalog, ref: TableRef): Promise<void> => {
  const table = findTable(catalog, ref);
  await catalog.session.run(`drop ${table.type.toLowerCase()} ${storedName(ref)}`);
  findDataset(catalog, ref.datasetId).tables.delete(ref.tableId);
};

const mismatch = (ref: TableRef, what: string) =>
  refusals.invalid(`Provided Schema does not match Table ${nameTable(ref)}. ${what}`);

/** @throws Refusal when the new field is not the old one, with a mode that is no stricter. */
const checkField = (ref: TableRef, old: Field, next: Field): void => {
  const [before, after] = [toNamedType(old), toNamedType(next)];
  if (!isSameType(before.type, after.type)) {
    throw mismatch(ref, `Field ${old.name} has changed type from ${old.type} to ${next.type}`);
  }
  if (old.mode !== next.mode && !(old.mode === 'REQUIRED' && next.mode === 'NULLABLE')) {
    throw mismatch(ref, `Field ${old.name} has changed mode from ${old.mode} to ${next.mode}`);
  }
};

/**
 * Gives a table other fields: new ones come at the end, REQUIRED may become NULLABLE, descriptions may change.
 * @throws Refusal for any other change.
 */
export const changeFields = async (
  catalog: Catalog,
  session: Session,
  table: Table,
  fields: readonly Field[],
): Promise<void> => {
  const named = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  for (const old of table.fields) {
    const next = named.get(old.name.toLowerCase());
    if (next === undefined) throw mismatch(table.ref, `Field ${old.name} is missing in new schema`);
    checkField(table.ref, old, next);
    if (old.mode !== next.mode) {
      await session.run(
        `alter table ${storedName(table.ref)} alter column ${quote(old.name)} drop not null`,
      );
    }
  }
  const known = new Set(table.fields.map(({ name }) => name.toLowerCase()));
  for (const field of fields.filter(({ name }) => !known.has(name.toLowerCase()))) {
    if (field.mode === 'REQUIRED') {
      throw mismatch(
        table.ref,
        `Cannot add required fields to an existing schema. (field: ${field.name})`,
      );
    }
    const { name, type } = toNamedType(field);
    await session.run(
      `alter table ${storedName(table.ref)} add column ${quote(name)} ${toDuckdb(type)}`,
    );
  }
  table.fields = [
    ...table.fields.map((old) => named.get(old.name.toLowerCase()) ?? old),
    ...fields.filter(({ name }) => !known.has(name.toLowerCase())),
  ];
  touch(catalog, table);
};
