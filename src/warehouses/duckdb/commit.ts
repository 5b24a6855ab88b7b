import { WarehouseError } from '../../errors.ts';
import type { Batch, Entity } from '../../model.ts';
import { keyColumn, mergeSql, rawColumns, rawTable, sameKeySql, winsSql } from '../raw-table.ts';
import { quoteName, quoteText } from '../sql-text.ts';
import type { Commit, Staged } from '../warehouse.ts';
import { columnTypes } from './column-types.ts';
import { notJson } from './extract-sql.ts';
import type { Parameters, Session } from './open-session.ts';
import { driftTable, readCommitted } from './stage.ts';

/** What one batch changed. */
type Counts = { inserted: number; updated: number; deleted: number; rejects: number };

/** Moves the batch's control row; no row moved means that another run was there first. */
const moveControl = async (
  session: Session,
  batch: Batch,
  rejects: number,
  at: string,
): Promise<void> => {
  const moved = await session.run(
    `update st_ops.cursors
    set
      version = version + 1, cursor = $cursor, done = $done, rows_stored = rows_stored + $rows,
      updated_at = $at::timestamptz
    where tenant_id = $tenant and entity = $entity and stream = $stream and version = $version`,
    {
      cursor: JSON.stringify(batch.cursorTo),
      done: batch.done,
      rows: batch.rows - rejects,
      at,
      tenant: batch.tenantId,
      entity: batch.entity,
      stream: batch.stream,
      version: batch.version,
    },
  );
  if (moved === 1) return;
  throw new WarehouseError(
    `Cannot commit ${batch.entity} (${batch.stream}): another run is writing it, its control row is no longer at ` +
      `version ${batch.version}; wait for that run to end and repeat the command`,
  );
};

/** The staged rows that go into the raw table, of the loads in `$loads`. */
const usedSql = ({ entity, table }: Staged, loadIds: readonly string[]): string => {
  const names = [...rawColumns(entity).map(({ name }) => quoteName(name)), '_line'];
  return (
    `(select ${names.join(', ')} from ${table} ` +
    `where _use and _load_id in (${loadIds.map(quoteText).join(', ')}))`
  );
};

/** How many rows of each load the merge will insert and update; counted first, because MERGE tells only a sum. */
const countMerge = async (session: Session, entity: Entity, used: string) => {
  const rows = await session.readRows(`
    select
      s._load_id,
      count(*) filter (t.tenant_id is null) as inserted,
      count(*) filter (t.tenant_id is not null and ${winsSql(entity)}) as updated
    from ${used} as s
    left join ${rawTable(entity)} as t on ${sameKeySql(entity)}
    group by s._load_id`);
  return new Map(
    rows.map((row) => [
      String(row._load_id),
      { inserted: Number(row.inserted), updated: Number(row.updated) },
    ]),
  );
};

const countRejects = async (session: Session, { table }: Staged): Promise<Map<string, number>> => {
  const rows = await session.readRows(
    `select _load_id, count(*) as n from ${table} where _reject is not null group by _load_id`,
  );
  return new Map(rows.map((row) => [String(row._load_id), Number(row.n)]));
};

const typeOfColumn = (entity: Entity, name: string): string => {
  const column = entity.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`Entity ${entity.name} has no column ${name}`);
  return columnTypes[column.type];
};

const scopeSql = (
  entity: Entity,
  scope: NonNullable<Batch['scope']>,
): { sql: string; parameters: Parameters } => {
  if (scope.kind === 'all') return { sql: 'true', parameters: {} };
  const column = `t.${quoteName(scope.column)}`;
  const type = typeOfColumn(entity, scope.column);
  if (scope.kind === 'range') {
    return {
      sql: `${column} >= $from::${type} and ${column} < $to::${type}`,
      parameters: { from: scope.window.from, to: scope.window.to },
    };
  }
  return {
    sql: `${column} in (select unnest($values)::${type})`,
    parameters: { values: scope.values },
  };
};

/**
 * Marks the rows that the batch's complete set no longer holds. A row that was extracted after the set's first page may
 * be younger than the set, and stays; and so do all rows when a record of the batch could not be read: it may be any
 * of them.
 */
const deleteMissing = async (session: Session, staged: Staged, batch: Batch): Promise<number> => {
  if (batch.scope === null) return 0;
  const first = batch.pages[0];
  if (first === undefined) throw new Error(`Batch ${batch.loadId} has a scope but no page`);
  const { entity, table } = staged;
  const key = quoteName(keyColumn(entity));
  const { sql, parameters } = scopeSql(entity, batch.scope);
  return session.run(
    `update ${rawTable(entity)} as t
    set _deleted = true, _extracted_at = $first::timestamptz, _load_id = $load
    where t.tenant_id = $tenant and not t._deleted and t._extracted_at < $first::timestamptz
      and ${sql}
      and not exists (
        select 1 from ${table} as s
        where s._load_id = $load and s._reject is null and s.${key} = t.${key}
      )
      and not exists (
        select 1 from ${table} as s where s._load_id = $load and s._reject = '${notJson}'
      )`,
    { ...parameters, first: first.extractedAt, load: batch.loadId, tenant: batch.tenantId },
  );
};

const writeLedger = (
  session: Session,
  batch: Batch,
  counts: Counts,
  { at, runId }: { at: string; runId: string },
): Promise<number> =>
  session.run(
    `insert into st_ops.ledger by name
    select
      $load as load_id, $tenant as tenant_id, $entity as entity, $stream as stream, $version as version,
      $from as cursor_from, $to as cursor_to, $rows as rows, $bytes as bytes, $sha256 as sha256,
      $inserted as rows_inserted, $updated as rows_updated, $deleted as rows_deleted, $rejects as rejects,
      $extractedFrom::timestamptz as extracted_from, $extractedTo::timestamptz as extracted_to,
      $at::timestamptz as committed_at, $run as run_id`,
    {
      load: batch.loadId,
      tenant: batch.tenantId,
      entity: batch.entity,
      stream: batch.stream,
      version: batch.version,
      from: JSON.stringify(batch.cursorFrom),
      to: JSON.stringify(batch.cursorTo),
      rows: batch.rows,
      bytes: batch.bytes,
      sha256: batch.sha256,
      inserted: counts.inserted,
      updated: counts.updated,
      deleted: counts.deleted,
      rejects: counts.rejects,
      extractedFrom: batch.pages[0]?.extractedAt ?? null,
      extractedTo: batch.pages.at(-1)?.extractedAt ?? null,
      at,
      run: runId,
    },
  );

const writeRejects = (session: Session, { entity, table }: Staged, loads: string[]) =>
  session.run(
    `insert into st_ops.rejects by name
    select
      _load_id as load_id, tenant_id, $entity as entity, _position as position, _reject as reason,
      _id_text as key
    from ${table}
    where _reject is not null and _load_id in (select unnest($loads))`,
    { entity: entity.name, loads },
  );

const writeDrift = (session: Session, { entity, table }: Staged, at: string) =>
  session.run(
    `merge into st_ops.drift as t
    using (select *, $entity as entity, $at::timestamptz as seen from ${driftTable(table)}) as s
    on t.tenant_id = s.tenant_id and t.entity = s.entity and t.field = s.field and t.kind = s.kind
    when matched then update set last_seen = s.seen, count = t.count + s.n
    when not matched then
      insert (tenant_id, entity, field, kind, first_seen, last_seen, count)
      values (s.tenant_id, s.entity, s.field, s.kind, s.seen, s.seen, s.n)`,
    { entity: entity.name, at },
  );

const commitBatches = async (
  session: Session,
  staged: Staged,
  batches: readonly Batch[],
  stamp: { at: string; runId: string },
): Promise<Commit> => {
  const { entity } = staged;
  const loadIds = batches.map(({ loadId }) => loadId);
  const rejects = await countRejects(session, staged);
  for (const batch of batches) {
    await moveControl(session, batch, rejects.get(batch.loadId) ?? 0, stamp.at);
  }
  const used = usedSql(staged, loadIds);
  const merged = await countMerge(session, entity, used);
  if (merged.size > 0) await session.run(mergeSql(entity, used));
  const total: Commit = { loadIds, inserted: 0, updated: 0, deleted: 0, rejects: 0 };
  for (const batch of batches) {
    const counts = {
      inserted: merged.get(batch.loadId)?.inserted ?? 0,
      updated: merged.get(batch.loadId)?.updated ?? 0,
      deleted: await deleteMissing(session, staged, batch),
      rejects: rejects.get(batch.loadId) ?? 0,
    };
    await writeLedger(session, batch, counts, stamp);
    total.inserted += counts.inserted;
    total.updated += counts.updated;
    total.deleted += counts.deleted;
    total.rejects += counts.rejects;
  }
  await writeRejects(session, staged, loadIds);
  await writeDrift(session, staged, stamp.at);
  return total;
};

/**
 * Commits staged batches in one transaction: fence, merge, complete sets, ledger, rejects and drift, or none of it.
 * @throws WarehouseError when another run moved a control row.
 */
export const commit = (
  session: Session,
  staged: Staged,
  stamp: { at: string; runId: string },
): Promise<Commit> =>
  session.transact(async () => {
    const committed = await readCommitted(session, staged.batches);
    const fresh = staged.batches.filter(({ loadId }) => !committed.has(loadId));
    if (fresh.length > 0) return commitBatches(session, staged, fresh, stamp);
    return { loadIds: [], inserted: 0, updated: 0, deleted: 0, rejects: 0 };
  });
