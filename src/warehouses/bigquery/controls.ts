import type { Control } from '../../model.ts';
import { nameOfStream } from '../chains.ts';
import { toControl } from '../to-control.ts';
import type { PlannedStream } from '../warehouse.ts';
import { toScript } from './commit-sql.ts';
import { quoteInstant, quoteTexts } from './googlesql-text.ts';
import { literalRows, writeLiteral, type Literal } from './literal-rows.ts';
import { explained, readRows, runSql } from './run-sql.ts';
import type { Session } from './session.ts';

/** Rows of one INSERT: a statement may have a megabyte. */
const insertRowsMax = 2_000;

/** Rows that an UPDATE joins as literals: each is a subquery of its own to the planner. */
const joinRowsMax = 200;

export const readControlsSql = `
select entity, stream, stream_id, version, cursor, done, rows_stored, updated_at
from st_ops.cursors
where tenant_id = @tenant and (@entity is null or entity = @entity)
order by entity, stream`;

/** Control rows of a tenant, of one entity or of all, by entity and stream. */
export const readControls = async (
  session: Session,
  tenantId: string,
  entity?: string,
): Promise<Control[]> => {
  const action = 'read the control rows';
  const parameters = { tenant: tenantId, entity: entity ?? null };
  const rows = await explained(session, action, () =>
    readRows(session, {
      ...{ entity: entity ?? '', step: 'control', action, parameters },
      sql: readControlsSql,
    }),
  );
  return rows.map((row) => toControl(tenantId, row));
};

const tenantsOf = (streams: readonly PlannedStream[]): string[] => [
  ...new Set(streams.map(({ tenantId }) => tenantId)),
];

export const readStreamsSql = (streams: readonly PlannedStream[]): string =>
  `select tenant_id, entity, stream from st_ops.cursors where tenant_id in (${quoteTexts(tenantsOf(streams))})`;

const text = (value: string): Literal => ({ type: 'string', value });

type NewStream = PlannedStream & { streamId: string };

export const insertStreamsSql = (streams: readonly NewStream[], at: string): string => {
  const rows = streams.map(({ tenantId, entity, stream, streamId, cursor }) => {
    const texts = [tenantId, entity, stream, streamId, JSON.stringify(cursor)];
    return `(${texts.map((value) => writeLiteral(text(value))).join(', ')}, 0, false, 0, ${quoteInstant(at)})`;
  });
  return `insert into st_ops.cursors
  (tenant_id, entity, stream, stream_id, cursor, version, done, rows_stored, updated_at)
values
  ${rows.join(',\n  ')}`;
};

/**
 * Of control rows that two processes planned at once, one stays: the one that got further. INSERTs do not conflict in
 * BigQuery; whoever comes last sees both.
 */
export const dropDoublesSql = (streams: readonly PlannedStream[]): string =>
  `delete from st_ops.cursors
where stream_id in (
  select stream_id
  from (
    select
      stream_id,
      first_value(stream_id) over (
        partition by tenant_id, entity, stream order by version desc, stream_id
      ) as kept
    from st_ops.cursors
    where tenant_id in (${quoteTexts(tenantsOf(streams))})
  )
  where stream_id != kept
)`;

const cut = <T>(items: readonly T[], size: number): T[][] => {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
};

const once = (streams: readonly PlannedStream[]): PlannedStream[] => [
  ...new Map(streams.map((stream) => [nameOfStream(stream), stream])).values(),
];

/** Each stream once, without those that have a control row. */
const findMissing = async (
  session: Session,
  streams: readonly PlannedStream[],
  action: string,
): Promise<PlannedStream[]> => {
  const sql = readStreamsSql(streams);
  const rows = await readRows(session, { entity: '', step: 'control', action, sql });
  const known = new Set(
    rows.map((row) =>
      nameOfStream({
        tenantId: String(row.tenant_id),
        entity: String(row.entity),
        stream: String(row.stream),
      }),
    ),
  );
  return once(streams).filter((stream) => !known.has(nameOfStream(stream)));
};

/** Inserts the control rows that are missing. */
export const planStreams = async (
  session: Session,
  streams: readonly PlannedStream[],
  at: string,
): Promise<void> => {
  if (streams.length === 0) return;
  const action = 'plan streams';
  await explained(session, action, async () => {
    const missing = await findMissing(session, streams, action);
    for (const part of cut(missing, insertRowsMax)) {
      const made = part.map((stream) => ({ ...stream, streamId: session.newId() }));
      const script = [insertStreamsSql(made, at), dropDoublesSql(part)].map((sql) => ({ sql }));
      await runSql(session, { entity: '', step: 'control', action, sql: toScript(script) });
    }
  });
};

export const restartStreamsSql = (streams: readonly PlannedStream[], at: string): string => {
  const rows = streams.map(({ tenantId, entity, stream, cursor }) => ({
    tenant_id: text(tenantId),
    entity: text(entity),
    stream: text(stream),
    next_cursor: text(JSON.stringify(cursor)),
  }));
  return `update st_ops.cursors as c
set
  version = c.version + 1, cursor = p.next_cursor, done = false, rows_stored = 0,
  updated_at = ${quoteInstant(at)}
from ${literalRows(rows)} as p
where c.tenant_id = p.tenant_id and c.entity = p.entity and c.stream = p.stream`;
};

/** Sets control rows back to their start, one version on, all or none; inserts those that are missing before. */
export const restartStreams = async (
  session: Session,
  streams: readonly PlannedStream[],
  at: string,
): Promise<void> => {
  if (streams.length === 0) return;
  const action = 'restart streams';
  await explained(session, action, async () => {
    const missing = await findMissing(session, streams, action);
    const known = once(streams).filter((stream) => !missing.includes(stream));
    if (known.length > 0) {
      const updates = cut(known, joinRowsMax).map((part) => ({ sql: restartStreamsSql(part, at) }));
      const script = [{ sql: 'begin transaction' }, ...updates, { sql: 'commit transaction' }];
      await runSql(session, { entity: '', step: 'control', action, sql: toScript(script) });
    }
    if (missing.length > 0) await planStreams(session, missing, at);
  });
};
