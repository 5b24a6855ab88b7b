import type { Entity } from '../../model.ts';
import type { TenantDrift } from '../drift.ts';
import type { Session } from './open-session.ts';
import { driftTable } from './staging-names.ts';

/** The drift that staging found in values; only where it found any. */
export const readStagedDrift = async (session: Session, table: string): Promise<TenantDrift[]> => {
  const rows = await session.readRows(
    `select tenant_id, field, kind, n from ${driftTable(table)} order by all`,
  );
  return rows.map((row) => ({
    tenantId: String(row.tenant_id),
    field: String(row.field),
    kind: String(row.kind),
    count: Number(row.n),
  }));
};

/** Adds to the drift of an entity that is known, in `st_ops.drift`. */
export const writeDrift = async (
  session: Session,
  entity: Entity,
  drift: readonly TenantDrift[],
  at: string,
): Promise<void> => {
  if (drift.length === 0) return;
  await session.run(
    `merge into st_ops.drift as t
    using (
      select
        unnest($tenant) as tenant_id, $entity as entity, unnest($field) as field, unnest($kind) as kind,
        unnest($count) as n, $at::timestamptz as seen
    ) as s
    on t.tenant_id = s.tenant_id and t.entity = s.entity and t.field = s.field and t.kind = s.kind
    when matched then update set last_seen = s.seen, count = t.count + s.n
    when not matched then
      insert (tenant_id, entity, field, kind, first_seen, last_seen, count)
      values (s.tenant_id, s.entity, s.field, s.kind, s.seen, s.seen, s.n)`,
    {
      tenant: drift.map(({ tenantId }) => tenantId),
      entity: entity.name,
      field: drift.map(({ field }) => field),
      kind: drift.map(({ kind }) => kind),
      count: drift.map(({ count }) => count),
      at,
    },
  );
};
