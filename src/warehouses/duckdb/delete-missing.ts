import type { Batch, Entity } from '../../model.ts';
import { keyColumn, rawTable } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { notJson } from '../staging.ts';
import type { Staged } from '../warehouse.ts';
import { columnTypes } from './column-types.ts';
import type { Parameters, Session } from './open-session.ts';

/** A batch that holds a complete set. */
type SetBatch = Batch & { scope: NonNullable<Batch['scope']> };

/** A condition, and its parameters. */
type Condition = { sql: string; parameters: Parameters };

/** Batches that are looked at in one statement. */
const lookedAtMax = 100;

const isSet = (batch: Batch): batch is SetBatch => batch.scope !== null;

const typeOfColumn = (entity: Entity, name: string): string => {
  const column = entity.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`Entity ${entity.name} has no column ${name}`);
  return columnTypes[column.type];
};

/** @param mark Ends the parameters' names, so that several conditions go into one statement. */
const scopeSql = (entity: Entity, scope: SetBatch['scope'], mark: string): Condition => {
  if (scope.kind === 'all') return { sql: 'true', parameters: {} };
  const column = `t.${quoteName(scope.column)}`;
  const type = typeOfColumn(entity, scope.column);
  if (scope.kind === 'range') {
    return {
      sql: `${column} >= $from${mark}::${type} and ${column} < $to${mark}::${type}`,
      parameters: { [`from${mark}`]: scope.window.from, [`to${mark}`]: scope.window.to },
    };
  }
  return {
    sql: `${column} in (select unnest($values${mark})::${type})`,
    parameters: { [`values${mark}`]: scope.values },
  };
};

/**
 * Which stored rows (`t`) a batch's set may lack: those of its scope that were extracted before its first page. Any other
 * may be younger than the set.
 */
const olderSql = (entity: Entity, batch: SetBatch, mark: string): Condition => {
  const first = batch.pages[0];
  if (first === undefined) throw new Error(`Batch ${batch.loadId} has a scope but no page`);
  const { sql, parameters } = scopeSql(entity, batch.scope, mark);
  return {
    sql:
      `t.tenant_id = $tenant${mark} and not t._deleted` +
      ` and t._extracted_at < $first${mark}::timestamptz and ${sql}`,
    parameters: {
      ...parameters,
      [`tenant${mark}`]: batch.tenantId,
      [`first${mark}`]: first.extractedAt,
    },
  };
};

/**
 * Those of the batches that may lack a row: of a window that is read for the first time nothing is older than its rows.
 * One look for all takes a tenth of an update for each, which reads the staged keys too.
 */
const findLacking = async (
  session: Session,
  entity: Entity,
  batches: readonly SetBatch[],
): Promise<SetBatch[]> => {
  const conditions = batches.map((batch, place) => olderSql(entity, batch, `_${place}`));
  const looks = conditions.map(
    ({ sql }, place) =>
      `(select ${place} as place from ${rawTable(entity)} as t where ${sql} limit 1)`,
  );
  const rows = await session.readRows(
    looks.join('\nunion all\n'),
    Object.assign({}, ...conditions.map(({ parameters }) => parameters)) as Parameters,
  );
  const places = new Set(rows.map(({ place }) => Number(place)));
  return batches.filter((_, place) => places.has(place));
};

/**
 * Marks the rows that the batch's complete set no longer holds; none when a record of the batch could not be read: it
 * may be any of them.
 */
const markMissing = (
  session: Session,
  { entity, table }: Staged,
  batch: SetBatch,
): Promise<number> => {
  const key = quoteName(keyColumn(entity));
  const { sql, parameters } = olderSql(entity, batch, '');
  return session.run(
    `update ${rawTable(entity)} as t
    set _deleted = true, _extracted_at = $first::timestamptz, _load_id = $load
    where ${sql}
      and not exists (
        select 1 from ${table} as s
        where s._load_id = $load and s._reject is null and s.${key} = t.${key}
      )
      and not exists (
        select 1 from ${table} as s where s._load_id = $load and s._reject = '${notJson}'
      )`,
    { ...parameters, load: batch.loadId },
  );
};

/**
 * Marks the rows that complete sets no longer hold, one batch after the other, once all are merged: a row that several
 * lack is of the first.
 * @returns how many, by load id; loads that lack none may be left out.
 */
export const deleteMissing = async (
  session: Session,
  staged: Staged,
  batches: readonly Batch[],
): Promise<Map<string, number>> => {
  const sets = batches.filter(isSet);
  const deleted = new Map<string, number>();
  for (let at = 0; at < sets.length; at += lookedAtMax) {
    const some = sets.slice(at, at + lookedAtMax);
    for (const batch of await findLacking(session, staged.entity, some)) {
      deleted.set(batch.loadId, await markMissing(session, staged, batch));
    }
  }
  return deleted;
};
