import type { Batch, Entity } from '../../model.ts';
import { keyColumn, rawTable } from '../raw-table.ts';
import { columnTypes } from './column-types.ts';
import { quoteColumn, quoteInstant, quoteText } from './googlesql-text.ts';

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
 * Marks the rows that the batch's complete set no longer holds. A row that was extracted after the set's first page may
 * be younger than the set, and stays.
 * @param table The staging table; null when no batch of the commit has rows.
 */
export const deleteMissingSql = (entity: Entity, batch: Batch, table: string | null): string => {
  const first = batch.pages[0];
  if (batch.scope === null || first === undefined) {
    throw new Error(`Batch ${batch.loadId} is no complete set`);
  }
  const key = keyColumn(entity);
  const loadId = quoteText(batch.loadId);
  const at = quoteInstant(first.extractedAt);
  const isMissing =
    table === null
      ? ''
      : `
  and not exists (
    select 1 from ${table} as s
    where s._load_id = ${loadId} and s._reject is null and s.${key} = t.${key}
  )`;
  return `update ${rawTable(entity)} as t
set _deleted = true, _extracted_at = ${at}, _load_id = ${loadId}
where t.tenant_id = ${quoteText(batch.tenantId)} and not t._deleted and t._extracted_at < ${at}
  and ${inScopeSql(entity, batch.scope)}${isMissing}`;
};
