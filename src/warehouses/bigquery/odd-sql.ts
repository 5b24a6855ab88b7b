import type { Entity } from '../../model.ts';
import type { TenantDrift } from '../drift.ts';
import { quoteColumn, quoteInstant, quoteText, quoteTexts } from './googlesql-text.ts';
import { literalRows } from './literal-rows.ts';

/** Which drift rules hold together how often; few combinations, though many rows. */
export const findDriftSql = (table: string): string =>
  `select _load_id as load_id, tenant_id, _drift as rules, count(*) as n from ${table} ` +
  `where _reject is null and _drift != '' group by load_id, tenant_id, rules`;

/** Keeps the rejected records of these loads, without their content. */
export const writeRejectsSql = (
  entity: Entity,
  table: string,
  loadIds: readonly string[],
): string => `insert into st_ops.rejects (load_id, tenant_id, entity, position, reason, ${quoteColumn('key')})
select _load_id, tenant_id, ${quoteText(entity.name)}, _position, _reject, _id_text
from ${table}
where _reject is not null and _load_id in (${quoteTexts(loadIds)})`;

/** Adds to the drift that is known. */
export const writeDriftSql = (
  entity: Entity,
  drift: readonly TenantDrift[],
  at: string,
): string => {
  const rows = drift.map(({ tenantId, field, kind, count }) => ({
    tenant_id: { type: 'string', value: tenantId } as const,
    field: { type: 'string', value: field } as const,
    kind: { type: 'string', value: kind } as const,
    n: { type: 'int64', value: count } as const,
  }));
  const seen = quoteInstant(at);
  return `merge into st_ops.drift as t
using ${literalRows(rows)} as s
on t.tenant_id = s.tenant_id and t.entity = ${quoteText(entity.name)} and t.field = s.field and t.kind = s.kind
when matched then update set last_seen = ${seen}, count = t.count + s.n
when not matched then
  insert (tenant_id, entity, field, kind, first_seen, last_seen, count)
  values (s.tenant_id, ${quoteText(entity.name)}, s.field, s.kind, ${seen}, ${seen}, s.n)`;
};
