import type { Control, Entity } from '../model.ts';
import type { Row, Warehouse } from '../warehouses/warehouse.ts';

/** How far one entity is. Instants are UTC ISO 8601. */
export type EntityProgress = {
  entity: string;
  /** Backfill windows (a whole read or a feed counts as one). */
  windowsDone: number;
  windowsPlanned: number;
  /** Rows that the source still has. */
  rowsStored: number;
  newestModification: string | null;
  lastRun: string | null;
  lastOutcome: string | null;
  lastMessage: string | null;
  /** Hours since the last run that ended well began; null before the first. */
  lagHours: number | null;
};

const countRows = (entity: Entity): string =>
  `select '${entity.name}' as entity, countif(not _deleted) as stored, max(_modified_on) as newest ` +
  `from st_raw.${entity.table} where tenant_id = @tenant`;

/** Of two that began at once the first in the alphabet. A window function would sort all runs there ever were. */
const lastRuns = `
  with moves as (
    select entity, command, started_at, outcome, message
    from st_ops.runs
    where tenant_id = @tenant and command in ('backfill', 'sync')
  ),
  latest as (
    select
      entity,
      max(started_at) as started_at,
      max(case when outcome = 'ok' then started_at end) as succeeded_at
    from moves
    group by entity
  )
  select moves.entity, moves.started_at, moves.outcome, moves.message, latest.succeeded_at
  from moves
  join latest on moves.entity = latest.entity and moves.started_at = latest.started_at
  order by moves.command`;

const text = (row: Row | undefined, column: string): string | null => {
  const value = row?.[column];
  return typeof value === 'string' && value !== '' ? value : null;
};

const hoursBetween = (from: string | null, to: string): number | null =>
  from === null ? null : Math.round((Date.parse(to) - Date.parse(from)) / 36_000) / 100;

/**
 * What is stored and how old it is, for each entity.
 * @param now UTC instant against which the lag is measured.
 */
export const readProgress = async (
  warehouse: Warehouse,
  options: { entities: readonly Entity[]; tenantId: string; now: string },
): Promise<EntityProgress[]> => {
  const { entities, tenantId, now } = options;
  const parameters = { tenant: tenantId };
  const controls = await warehouse.readControls(tenantId);
  const counts = await warehouse.query(entities.map(countRows).join('\nunion all\n'), parameters);
  const runs = await warehouse.query(lastRuns, parameters);
  const find = (rows: Row[], name: string): Row | undefined =>
    rows.find(({ entity }) => entity === name);
  return entities.map(({ name }) => {
    const windows = controls.filter((control) => isWindowOf(control, name));
    const run = find(runs, name);
    return {
      entity: name,
      windowsDone: windows.filter(({ done }) => done).length,
      windowsPlanned: windows.length,
      rowsStored: Number(find(counts, name)?.stored ?? 0),
      newestModification: text(find(counts, name), 'newest'),
      lastRun: text(run, 'started_at'),
      lastOutcome: text(run, 'outcome'),
      lastMessage: text(run, 'message'),
      lagHours: hoursBetween(text(run, 'succeeded_at'), now),
    };
  });
};

const isWindowOf = (control: Control, entity: string): boolean =>
  control.entity === entity && control.stream.startsWith('backfill ');
