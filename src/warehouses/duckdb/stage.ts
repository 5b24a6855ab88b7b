import type { WarehouseError } from '../../errors.ts';
import type { Batch, Entity } from '../../model.ts';
import { keyColumn, newestFirstSql } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { chooseFresh, explainCount, limitRejects } from '../staging.ts';
import type { Staged } from '../warehouse.ts';
import { driftSql } from './extract-sql.ts';
import { extractAtOnce, extractRows, stagedLines } from './extract-rows.ts';
import type { Session } from './open-session.ts';
import { readSpools, spoolsSql } from './read-spool.ts';

/** The temporary tables of one staging call. Only `staged` and `drift` outlive it. */
const tablesOf = (staged: string) => ({
  staged,
  drift: driftTable(staged),
  lines: `${staged}_lines`,
  stamps: `${staged}_stamps`,
  readable: `${staged}_readable`,
  odd: `${staged}_odd`,
});

type Tables = ReturnType<typeof tablesOf>;

/** Where the drift of a staging table is counted until its commit; there only when a staged row drifts. */
export const driftTable = (staged: string): string => `${staged}_drift`;

/** Load ids of the batches that the ledger holds. */
export const readCommitted = async (
  session: Session,
  batches: readonly Batch[],
): Promise<Set<unknown>> => {
  const rows = await session.readRows(
    'select load_id from st_ops.ledger where load_id in (select unnest($ids))',
    { ids: batches.map(({ loadId }) => loadId) },
  );
  return new Set(rows.map((row) => row.load_id));
};

type Extent = { first: number; rows: number };

/** Where each batch's lines stand; a WarehouseError in place of one whose lines are not those of its manifest. */
const findExtents = async (
  session: Session,
  lines: string,
  batches: readonly Batch[],
): Promise<(Extent | WarehouseError)[]> => {
  const found = await session.readRows(
    `select batch, min(rowid) as first, max(rowid) as last, count(*) as n from ${lines} group by batch`,
  );
  const byBatch = new Map(found.map((row) => [row.batch, row]));
  let before = -1;
  return batches.map((batch, index) => {
    const row = byBatch.get(index);
    const rows = Number(row?.n ?? 0);
    const inPages = batch.pages.reduce((sum, page) => sum + page.rows, 0);
    if (rows !== batch.rows) return explainCount(batch, rows);
    if (inPages !== batch.rows) return explainCount(batch, inPages);
    if (row === undefined) return { first: 0, rows };
    const [first, last] = [Number(row.first), Number(row.last)];
    if (first <= before || last - first + 1 !== rows) return explainCount(batch, rows);
    before = last;
    return { first, rows };
  });
};

/** Reads the files; answers where each batch's lines stand, checked against its manifest. */
const readLines = async (
  session: Session,
  lines: string,
  batches: readonly Batch[],
): Promise<Extent[]> => {
  await readSpools(session, lines, batches);
  return (await findExtents(session, lines, batches)).map((found) => {
    if ('first' in found) return found;
    throw found;
  });
};

/** Where each batch's lines stand if the files hold what the manifests say; null where a manifest contradicts itself. */
const expectExtents = (batches: readonly Batch[]): Extent[] | null => {
  let first = 0;
  const extents = batches.map(({ rows }) => {
    first += rows;
    return { first: first - rows, rows };
  });
  const isWhole = ({ pages, rows }: Batch): boolean =>
    pages.reduce((sum, page) => sum + page.rows, 0) === rows;
  return batches.every(isWhole) ? extents : null;
};

/** One row per line, in their order: its batch, its position there (from 1) and when its page arrived. */
const createStamps = async (
  session: Session,
  stamps: string,
  batches: readonly Batch[],
  extents: readonly Extent[],
): Promise<void> => {
  const pages = batches.flatMap((batch, index) => {
    let start = 0;
    return batch.pages.map((page) => {
      const from = start;
      start += page.rows;
      return { batch, file: index, ...page, from, first: extents[index]?.first ?? 0 };
    });
  });
  await session.run(
    `create or replace temp table ${stamps} as
    select
      first + start + i as line, file, start + i + 1 as position, tenant_id, load_id,
      extracted_at::timestamptz as extracted_at
    from (
      select *, unnest(range(n)) as i
      from (
        select
          unnest($first) as first, unnest($file) as file, unnest($start) as start, unnest($n) as n,
          unnest($tenant) as tenant_id, unnest($load) as load_id, unnest($at) as extracted_at
      )
    )`,
    {
      first: pages.map(({ first }) => first),
      file: pages.map(({ file }) => file),
      start: pages.map(({ from }) => from),
      n: pages.map(({ rows }) => rows),
      tenant: pages.map(({ batch }) => batch.tenantId),
      load: pages.map(({ batch }) => batch.loadId),
      at: pages.map(({ extractedAt }) => extractedAt),
    },
  );
};

/**
 * Numbers the records that have no id and are equal in all key fields, in each batch: a set is never split over
 * batches, so twins stand together, and the same set in another batch gets the same numbers.
 */
const numberTwins = (session: Session, staged: string): Promise<number> =>
  session.run(`
    update ${staged} as s
    set _key = s._key || ':' || twins.n
    from (
      select _line, row_number() over (partition by _load_id, _key order by payload, _line) as n
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
  await session.run(tables.map((table) => `drop table if exists temp.${table};`).join(' '));
};

/**
 * Makes the staging table while the files are read, each line stamped by its place. False where DuckDB refuses a record,
 * or the files do not hold what their manifests say.
 */
const fillAtOnce = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<boolean> => {
  const extents = expectExtents(batches);
  const spools = await spoolsSql(batches);
  if (extents === null || spools === null) return false;
  await createStamps(session, tables.stamps, batches, extents);
  return extractAtOnce(session, entity, spools, tables);
};

/** Makes the staging table; answers the relation of its lines. */
const fillStaged = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<string> => {
  const { staged, lines, stamps } = tables;
  if (await fillAtOnce(session, entity, batches, tables)) return stagedLines(staged);
  const extents = await readLines(session, lines, batches);
  await createStamps(session, stamps, batches, extents);
  await extractRows(session, entity, tables);
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
    await session.run(`create temp table ${drift} as ${sql}`);
  }
  if (entity.key.kind === 'idOrFields') await numberTwins(session, staged);
  await dropOlder(session, entity, staged);
  return rejects;
};

/** Drops a staging table and what belongs to it. */
export const dropStaged = (session: Session, staged: Staged): Promise<void> =>
  dropTables(session, [staged.table, driftTable(staged.table)]);

/**
 * Stages the batches that the ledger does not hold, in temporary tables: they vanish with the connection.
 * @param table Name of the staging table, not yet used.
 */
export const stage = async (
  session: Session,
  table: string,
  entity: Entity,
  batches: readonly Batch[],
): Promise<Staged> => {
  const committed = await readCommitted(session, batches);
  const fresh = chooseFresh(batches, committed);
  if (fresh.length === 0) return { entity, batches: [], table, rows: 0, rejects: 0 };
  const tables = tablesOf(table);
  const { staged, drift, lines, stamps, readable, odd } = tables;
  try {
    const rejects = await fillTables(session, entity, fresh, tables);
    const rows = fresh.reduce((sum, batch) => sum + batch.rows, 0);
    return { entity, batches: fresh, table, rows, rejects };
  } catch (error) {
    await dropTables(session, [staged, drift]);
    throw error;
  } finally {
    await dropTables(session, [lines, stamps, readable, odd]);
  }
};
