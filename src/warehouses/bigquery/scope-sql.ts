import type { Batch, Entity } from '../../model.ts';
import { keyColumn, rawTable } from '../raw-table.ts';
import { columnTypes } from './column-types.ts';
import { quoteColumn, quoteInstant, quoteText } from './googlesql-text.ts';
import { scriptFaults } from './ledger-sql.ts';
import { findPartition, inMonthsSql, monthSql } from './partition.ts';

type Scope = NonNullable<Batch['scope']>;

const castText = (text: string, type: string): string =>
  type === 'INT64' && /^-?\d{1,18}$/.test(text) ? text : `cast(${quoteText(text)} as ${type})`;

const inScopeSql = (entity: Entity, scope: Scope): string => {
  if (scope.kind === 'all') return 'true';
  const column = entity.columns.find(({ name }) => name === scope.column);
  if (column === undefined) throw new Error(`Entity ${entity.name} has no column ${scope.column}`);
  const name = `t.${quoteColumn(column.name)}`;
  const type = columnTypes[column.type];
  if (scope.kind === 'values') {
    if (scope.values.length === 0) return 'false';
    return `${name} in (${scope.values.map((value) => castText(value, type)).join(', ')})`;
  }
  const [from, to] = [scope.window.from, scope.window.to].map((bound) =>
    type === 'TIMESTAMP' ? quoteInstant(bound) : castText(bound, type),
  );
  return `${name} >= ${from} and ${name} < ${to}`;
};

/**
 * Condition under which a stored row (`t`) is one that the batch's complete set no longer holds. A row that was extracted
 * after the set's first page may be younger than the set.
 * @param table The staging table; null when no batch of the commit has rows.
 */
const isMissingSql = (entity: Entity, batch: Batch, table: string | null): string => {
  const first = batch.pages[0];
  if (batch.scope === null || first === undefined) {
    throw new Error(`Batch ${batch.loadId} is no complete set`);
  }
  const key = keyColumn(entity);
  const isHeld =
    table === null
      ? ''
      : `
  and not exists (
    select 1 from ${table} as s
    where s._load_id = ${quoteText(batch.loadId)} and s._reject is null and s.${key} = t.${key}
  )`;
  return `t.tenant_id = ${quoteText(batch.tenantId)} and not t._deleted and t._extracted_at < ${quoteInstant(first.extractedAt)}
  and ${inScopeSql(entity, batch.scope)}${isHeld}`;
};

/** The scope does not say in which months its rows stand, and the table has partitions: they are looked for first. */
export const hidesMonths = (entity: Entity, { scope }: Batch): boolean => {
  const partition = findPartition(entity);
  const isNamed = scope?.kind === 'range' && scope.column === partition;
  return scope !== null && partition !== undefined && !isNamed;
};

/** The months in which rows stand that these complete sets no longer hold, by load. Reads no payload. */
export const missingMonthsSql = (
  entity: Entity,
  batches: readonly Batch[],
  table: string | null,
): string => {
  const partition = findPartition(entity);
  if (partition === undefined) throw new Error(`${rawTable(entity)} has no partitions`);
  const month = monthSql(`t.${quoteColumn(partition)}`);
  return batches
    .map(
      (batch) => `select distinct ${quoteText(batch.loadId)} as load_id, ${month} as month
from ${rawTable(entity)} as t
where ${isMissingSql(entity, batch, table)}`,
    )
    .join('\nunion all\n');
};

/** Stops the script when the mark, limited to these months, would leave a row out. Reads no payload. */
export const checkMissingSql = (
  entity: Entity,
  batch: Batch,
  table: string | null,
  months: readonly (number | null)[],
): string => `select if(count(*) > 0, error('${scriptFaults.months}'), 0) as outside
from ${rawTable(entity)} as t
where not coalesce(${inMonthsSql(entity, 't', months)}, false)
  and ${isMissingSql(entity, batch, table)}`;

/**
 * Marks the rows that the batch's complete set no longer holds.
 * @param months Literals for the partitions to look at, which are billed whole; null where the scope has its own.
 */
export const deleteMissingSql = (
  entity: Entity,
  batch: Batch,
  table: string | null,
  months: readonly (number | null)[] | null,
): string => {
  const at = quoteInstant(batch.pages[0]?.extractedAt ?? '');
  const inMonths = months === null ? '' : `${inMonthsSql(entity, 't', months)}\n  and `;
  return `update ${rawTable(entity)} as t
set _deleted = true, _extracted_at = ${at}, _load_id = ${quoteText(batch.loadId)}
where ${inMonths}${isMissingSql(entity, batch, table)}`;
};
