import type { Batch, Entity } from '../../model.ts';
import { keyColumn, newestFirstSql } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { limitRejects } from '../staging.ts';
import { driftSql } from './extract-sql.ts';
import { extractAtOnce, extractRows, stagedLines } from './extract-rows.ts';
import type { Session } from './open-session.ts';
import { findSpools, type Spools } from './read-spool.ts';
import { viewRecords } from './records-view.ts';
import type { Tables } from './staging-names.ts';
import { createStamps, expectExtents, readLines } from './stamp-lines.ts';

/**
 * Numbers the records that have no id and are equal in all key fields, in each batch: a set is never split over
 * batches, so twins stand together, and the same set in another batch gets the same numbers.
 */
const numberTwins = (session: Session, staged: string): Promise<number> =>
  session.run(`
    update ${staged} as s
    set _key = s._key || ':' || twins.n
    from (
      select _line, row_number() over (partition by _load_id, _key order by _payload, _line) as n
      from ${staged}
      where _reject is null and starts_with(_key, 'h:')
    ) as twins
    where twins._line = s._line`);

/** Of several records with one key, only the newest goes into the raw table. */
const dropOlder = (session: Session, entity: Entity, staged: string): Promise<number> => {
  const key = quoteName(keyColumn(entity));
  return session.run(`
    update ${staged}
    set _use = false
    where _line in (
      select s._line
      from ${staged} as s
      semi join (
        select tenant_id, ${key} from ${staged} where _use group by all having count(*) > 1
      ) as several on several.tenant_id = s.tenant_id and several.${key} = s.${key}
      where s._use
      qualify row_number() over (
        partition by s.tenant_id, s.${key} order by ${newestFirstSql(entity)}
      ) > 1
    )`);
};

/**
 * How many records are rejected, and whether another one drifts.
 * @throws RecordError when more records are rejected than the limit allows.
 */
const checkRejects = async (
  session: Session,
  entity: Entity,
  staged: string,
  rows: number,
): Promise<{ rejects: number; drifts: boolean }> => {
  const [found] = await session.readRows(
    `with judged as (
      select *, if(_reject is null, null, _line) as line from ${staged} where _drift or _reject is not null
    )
    select
      count(line) as n, bool_or(line is null) as drifts, arg_min(_reject, line) as reason,
      arg_min(_load_id, line) as load_id, arg_min(_position, line) as position,
      arg_min({'key': _id_text}, line).key as key
    from judged`,
  );
  const rejects = Number(found?.n ?? 0);
  limitRejects(
    entity,
    { rejects, rows },
    {
      loadId: String(found?.load_id),
      position: Number(found?.position),
      key: typeof found?.key === 'string' ? found.key : null,
      reason: String(found?.reason),
    },
  );
  return { rejects, drifts: found?.drifts === true };
};

const dropTables = async (session: Session, tables: readonly string[]): Promise<void> => {
  await session.run(tables.map((table) => `drop table if exists ${table};`).join(' '));
};

/**
 * Makes the staging table while the files are read, each line stamped by its place. Null where DuckDB refuses a record,
 * or the files do not hold what their manifests say.
 */
const fillAtOnce = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<Spools | null> => {
  const extents = expectExtents(batches);
  const spools = await findSpools(batches);
  if (extents === null || spools === null) return null;
  await createStamps(session, tables.stamps, batches, extents);
  return (await extractAtOnce(session, entity, spools, tables)) ? spools : null;
};

/** Makes the staging table and the view of its records; answers the relation of its lines. */
const fillStaged = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<string> => {
  const { staged, lines, stamps } = tables;
  const spools = await fillAtOnce(session, entity, batches, tables);
  if (spools !== null) {
    await viewRecords(session, tables.view, staged, spools);
    return stagedLines(staged);
  }
  const extents = await readLines(session, lines, batches);
  await createStamps(session, stamps, batches, extents);
  await extractRows(session, entity, tables);
  await viewRecords(session, tables.view, staged, null);
  return lines;
};

const fillTables = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<number> => {
  const { staged, drift } = tables;
  const lines = await fillStaged(session, entity, batches, tables);
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const { rejects, drifts } = await checkRejects(session, entity, staged, rows);
  if (drifts) {
    const sql = driftSql(entity, { ...tables, lines }, staged);
    await session.run(`create table ${drift} as ${sql}`);
  }
  if (entity.key.kind === 'idOrFields') await numberTwins(session, staged);
  await dropOlder(session, entity, staged);
  return rejects;
};

/**
 * Stages any records, by SQL, as tables; answers how many are rejected.
 * @throws WarehouseError where the files do not hold what their manifests say; RecordError when too many are rejected.
 */
export const stageRows = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<number> => {
  const { view, staged, lines, stamps, readable, odd } = tables;
  try {
    const rejects = await fillTables(session, entity, batches, tables);
    await session.run(`create view ${view} as select * from ${staged}`);
    return rejects;
  } finally {
    await dropTables(session, [lines, stamps, readable, odd]);
  }
};
