import type { Column, Entity } from '../../model.ts';
import { keyColumn, rawTable } from '../raw-table.ts';
import type { Row } from '../warehouse.ts';
import { resolveSurrogates } from './encode-lines.ts';
import { quoteColumn } from './googlesql-text.ts';
import { readText } from './json-path.ts';
import { loadTable } from './load-lines.ts';
import { hashOf, readRows, runSql } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';
import { castSql } from './typed-sql.ts';

/** Payloads with surrogate escapes, of which BigQuery's JSON functions make something else (see encode-lines.ts). */
const isOdd = `regexp_contains(t.payload, r'\\\\u[dD][89a-fA-F]')`;

const findColumn = ({ columns }: Entity, name: string | undefined): Column | undefined =>
  columns.find((column) => column.name === name);

/** The column's value, computed from a record's text. */
const valueSql = (entity: Entity, name: string, json: string): string => {
  const column = findColumn(entity, name === '_modified_on' ? entity.modifiedColumn : name);
  return column === undefined
    ? 'cast(null as timestamp)'
    : castSql(column, readText(column.path, json));
};

const setSql = (entity: Entity, columns: readonly string[], json: string): string =>
  columns.map((name) => `${quoteColumn(name)} = ${valueSql(entity, name, json)}`).join(',\n  ');

const differsSql = (entity: Entity, columns: readonly string[]): string =>
  columns
    .map((name) => `t.${quoteColumn(name)} is distinct from ${valueSql(entity, name, 't.payload')}`)
    .join('\n    or ');

/** Computes the columns of all rows but the odd ones; what is right already stays untouched. */
export const fillSql = (entity: Entity, columns: readonly string[]): string => `
update ${rawTable(entity)} as t
set ${setSql(entity, columns, 't.payload')}
where not ${isOdd}
  and (${differsSql(entity, columns)})`;

/** The odd rows: tenant, key and payload. */
export const findOddSql = (entity: Entity): string => `
select tenant_id, cast(${keyColumn(entity)} as string) as key, payload from ${rawTable(entity)} as t where ${isOdd}`;

/** Computes the columns of the odd rows from texts that were uploaded for it. */
export const fillOddSql = (entity: Entity, columns: readonly string[], table: string): string => `
update ${rawTable(entity)} as t
set ${setSql(entity, columns, 's.json')}
from ${table} as s
where t.tenant_id = s.tenant_id and cast(t.${keyColumn(entity)} as string) = s.key`;

const oddSchema = ['tenant_id', 'key', 'json'].map((name) => ({
  ...{ name, type: 'STRING', mode: 'REQUIRED' },
}));

// eslint-disable-next-line @typescript-eslint/require-await -- an upload takes lines as they come
async function* encodeOdd(rows: readonly Row[]): AsyncGenerator<string> {
  for (const { tenant_id, key, payload } of rows) {
    yield `${JSON.stringify({ tenant_id, key, json: resolveSurrogates(String(payload)) })}\n`;
  }
}

const fillOdd = async (
  session: Session,
  entity: Entity,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> => {
  const purpose = { entity: entity.name, step: 'stage', action: actionOf(entity) } as const;
  const hash = hashOf(session, entity.name, session.newId());
  const table = `st_stage.odd_${hash}`;
  await loadTable(session, {
    ...purpose,
    ...{ id: `fieldmart_fill_${hash}`, table, schema: oddSchema, rows: rows.length },
    lines: () => encodeOdd(rows),
  });
  await runSql(session, { ...purpose, sql: fillOddSql(entity, columns, table) });
  await session.api.deleteTable(toTableId(session, table));
};

const actionOf = (entity: Entity): string => `fill new columns of ${rawTable(entity)}`;

/**
 * Computes columns of stored rows again from their payloads; whatever stops it, running it again makes the same of it.
 * @param columns The entity's, or `_modified_on`.
 */
export const fillColumns = async (
  session: Session,
  entity: Entity,
  columns: readonly string[],
): Promise<void> => {
  if (columns.length === 0) return;
  const purpose = { entity: entity.name, step: 'stage', action: actionOf(entity) } as const;
  await runSql(session, { ...purpose, sql: fillSql(entity, columns) });
  const odd = await readRows(session, { ...purpose, sql: findOddSql(entity) });
  if (odd.length > 0) await fillOdd(session, entity, columns, odd);
};
