import { explainStrangeRows, explainTypeChange } from '../explain-table.ts';
import type { BuildPlan } from '../warehouse.ts';
import { createTableSql, joinColumns, selectColumns, type Aside } from './aside.ts';
import { sqlType } from './field-types.ts';
import { quoteColumn, quoteText } from './googlesql-text.ts';
import type { Field } from './job.ts';
import { dryRunSql, readRows, runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

export type History = { table: string; sql: string; column: string };

type Snapshot = BuildPlan['snapshot'];

/** Condition under which a row is the tenant's whose snapshot is written; none is nobody's. */
const isTenantSql = ({ tenantId }: Snapshot): string =>
  tenantId === null ? 'false' : `coalesce(tenant_id = ${quoteText(tenantId)}, false)`;

/** Condition under which a row is of the snapshot that the build writes. */
export const inSnapshotSql = (column: string, snapshot: Snapshot): string =>
  `${isTenantSql(snapshot)} and ${quoteColumn(column)} = date ${quoteText(snapshot.date)}`;

/** Where the query's rows stand, those of all tenants. */
export const snapshotTable = (aside: Aside, table: string): string => `${aside.nameOf(table)}_rows`;

/** How many rows the snapshot has, and how many of the tenant's rows are of another date. */
export const countSnapshotSql = (rows: string, column: string, snapshot: Snapshot): string => {
  const isTenant = isTenantSql(snapshot);
  const isStrange = `${quoteColumn(column)} is distinct from date ${quoteText(snapshot.date)}`;
  return `select countif(${isTenant}) as n, countif(${isTenant} and ${isStrange}) as strange from ${rows}`;
};

/** The history as it will be: what it keeps, and the snapshot's rows. */
export const nextHistorySql = (
  { table, column }: Pick<History, 'table' | 'column'>,
  rows: string,
  { stored, made }: { stored: readonly Field[] | null; made: readonly Field[] },
  snapshot: Snapshot,
): string => {
  const columns = joinColumns(stored ?? [], made);
  const added =
    `select ${selectColumns(columns, made)} from ${rows} ` + `where ${isTenantSql(snapshot)}`;
  if (stored === null) return added;
  const isOther =
    `not ${isTenantSql(snapshot)} ` +
    `or ${quoteColumn(column)} is distinct from date ${quoteText(snapshot.date)}`;
  return `select ${selectColumns(columns, stored)} from ${table} where ${isOther}\nunion all\n${added}`;
};

const checkTypes = (stored: readonly Field[], made: readonly Field[]): void => {
  for (const { name, type } of made) {
    const before = stored.find((field) => field.name.toLowerCase() === name.toLowerCase());
    if (before === undefined || sqlType(before.type) === sqlType(type)) continue;
    throw explainTypeChange(name, { is: sqlType(type), stored: sqlType(before.type) });
  }
};

/**
 * Makes the next state of a history aside; what is stored stays as it is.
 * @returns how many rows the snapshot has.
 * @throws WarehouseError when the query gives rows of another date, or a column changed its type.
 */
export const buildHistory = async (
  session: Session,
  { table, sql, column }: History,
  aside: Aside,
  snapshot: Snapshot,
): Promise<number> => {
  const rows = snapshotTable(aside, table);
  const purpose = { entity: table, step: 'build', action: `build ${table}` } as const;
  const query = { ...purpose, rename: aside.rename };
  const { columns: made } = await dryRunSql(session, { ...query, sql });
  await runSql(session, { ...query, sql: createTableSql(rows, made, sql) });
  const counting = { ...purpose, sql: countSnapshotSql(rows, column, snapshot) };
  const [counted] = await readRows(session, counting);
  const strange = Number(counted?.strange ?? 0);
  if (strange > 0) throw explainStrangeRows(strange, snapshot.date);
  const found = await session.api.getTable(toTableId(session, table));
  const stored = found?.schema?.fields ?? null;
  checkTypes(stored ?? [], made);
  const next = nextHistorySql({ table, column }, rows, { stored, made }, snapshot);
  const columns = joinColumns(stored ?? [], made);
  await runSql(session, {
    ...purpose,
    sql: createTableSql(aside.nameOf(table), columns, next),
  });
  return Number(counted?.n ?? 0);
};
