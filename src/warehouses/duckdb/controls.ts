import type { Control } from '../../model.ts';
import { toControl } from '../to-control.ts';
import type { PlannedStream } from '../warehouse.ts';
import type { Session } from './open-session.ts';

/** Control rows of a tenant, of one entity or of all, by entity and stream. */
export const readControls = async (
  session: Session,
  tenantId: string,
  entity?: string,
): Promise<Control[]> => {
  const rows = await session.readRows(
    `select entity, stream, stream_id, version, cursor, done, rows_stored, updated_at from st_ops.cursors
    where tenant_id = $tenant and ($entity is null or entity = $entity)
    order by entity, stream`,
    { tenant: tenantId, entity: entity ?? null },
  );
  return rows.map((row) => toControl(tenantId, row));
};

const plannedSql = `(
  select unnest($tenant) as tenant_id, unnest($entity) as entity, unnest($stream) as stream,
    unnest($cursor) as cursor
)`;

const toParameters = (streams: readonly PlannedStream[], at: string) => ({
  tenant: streams.map(({ tenantId }) => tenantId),
  entity: streams.map(({ entity }) => entity),
  stream: streams.map(({ stream }) => stream),
  cursor: streams.map(({ cursor }) => JSON.stringify(cursor)),
  at,
});

const sameStream = 'c.tenant_id = p.tenant_id and c.entity = p.entity and c.stream = p.stream';

/** Inserts the control rows that are missing. */
export const planStreams = async (
  session: Session,
  streams: readonly PlannedStream[],
  at: string,
): Promise<void> => {
  if (streams.length === 0) return;
  await session.run(
    `insert into st_ops.cursors by name
    select distinct on (tenant_id, entity, stream)
      tenant_id, entity, stream, uuid()::varchar as stream_id, 0 as version, cursor, false as done, 0 as rows_stored,
      $at::timestamptz as updated_at
    from ${plannedSql} as p
    where not exists (select 1 from st_ops.cursors as c where ${sameStream})`,
    toParameters(streams, at),
  );
};

/** Sets control rows back to their start, one version on; inserts those that are missing. */
export const restartStreams = async (
  session: Session,
  streams: readonly PlannedStream[],
  at: string,
): Promise<void> => {
  if (streams.length === 0) return;
  await session.transact(async () => {
    await session.run(
      `update st_ops.cursors as c
      set version = c.version + 1, cursor = p.cursor, done = false, rows_stored = 0,
        updated_at = $at::timestamptz
      from ${plannedSql} as p
      where ${sameStream}`,
      toParameters(streams, at),
    );
    await planStreams(session, streams, at);
  });
};
