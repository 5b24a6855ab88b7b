import type { Entity } from '../model.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';

const loadedEntities = `
  select distinct entity
  from st_ops.runs
  where tenant_id = @tenant and outcome = 'ok' and command in ('backfill', 'sync')`;

const countRows = ({ name, table }: Entity): string =>
  `select '${name}' as entity, count(*) as n from st_raw.${table} where tenant_id = @tenant`;

/** Names of the entities that no run has read to its end and that have no row: empty numbers may come from that. */
export const findNeverLoaded = async (
  warehouse: Warehouse,
  { entities, tenantId }: { entities: readonly Entity[]; tenantId: string },
): Promise<string[]> => {
  const parameters = { tenant: tenantId };
  const loaded = await warehouse.query(loadedEntities, parameters);
  const unread = entities.filter(({ name }) => !loaded.some(({ entity }) => entity === name));
  if (unread.length === 0) return [];
  const counts = await warehouse.query(unread.map(countRows).join('\nunion all\n'), parameters);
  const empty = counts.filter(({ n }) => Number(n) === 0).map(({ entity }) => entity);
  return unread.map(({ name }) => name).filter((name) => empty.includes(name));
};
