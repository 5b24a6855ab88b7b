import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Batch, Entity } from '../../model.ts';
import { keyColumn, newestFirstSql } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { chooseFresh, limitRejects } from '../staging.ts';
import type { Staged } from '../warehouse.ts';
import type { Extraction } from './columns/open-extraction.ts';
import { viewColumns } from './columns/view-columns.ts';
import { driftSql } from './extract-sql.ts';
import { extractAtOnce, extractRows, stagedLines } from './extract-rows.ts';
import type { Session } from './open-session.ts';
import { findSpools, type Spools } from './read-spool.ts';
import { columnsFileName, recordsView, viewRecords } from './records-view.ts';
import { createStamps, expectExtents, readLines } from './stamp-lines.ts';

/** Where staging tables stand, for the connection that stages and for the one that commits. */
const inStaging = (name: string): string => `staging.${name}`;

/** The rows that are staged, where they stand in a table. */
const rowsTable = (view: string): string => `${view}_rows`;

/** Keys of twins, where the rows stand in a file of columns that holds any. */
const twinsTable = (view: string): string => `${view}_twins`;

/** Where the drift of staged rows is counted until their commit; there only when one drifts. */
export const driftTable = (view: string): string => `${view}_drift`;

/** The file of columns: beside the first spool file, with which it goes. */
const columnsFile = (view: string, batches: readonly Batch[]): string =>
  join(dirname(resolve(batches[0]?.file ?? '')), columnsFileName(view));

/** The tables and views of one staging call. Those down to `drift` outlive it; the others are temporary. */
const tablesOf = (name: string) => ({
  view: inStaging(name),
  staged: rowsTable(inStaging(name)),
  twins: twinsTable(inStaging(name)),
  drift: driftTable(inStaging(name)),
  lines: `${name}_lines`,
  stamps: `${name}_stamps`,
  readable: `${name}_readable`,
  odd: `${name}_odd`,
});

type Tables = ReturnType<typeof tablesOf>;

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

const dropRows = async (
  session: Session,
  view: string,
  batches: readonly Batch[],
): Promise<void> => {
  const dropped = session.run(
    `drop view if exists ${recordsView(view)};
    drop view if exists ${view};
    drop table if exists ${rowsTable(view)};
    drop table if exists ${twinsTable(view)};
    drop table if exists ${driftTable(view)}`,
  );
  await dropped.finally(async () => {
    if (batches.length > 0) await rm(columnsFile(view, batches), { force: true });
  });
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

/** Drops a staging table and what belongs to it. */
export const dropStaged = (session: Session, staged: Staged): Promise<void> =>
  dropRows(session, staged.table, staged.batches);

/** Stages plain records as a file of columns; false where they are not all plain. */
const stageColumns = async (
  session: Session,
  { extract }: Extraction,
  entity: Entity,
  batches: readonly Batch[],
  tables: Tables,
): Promise<boolean> => {
  const path = columnsFile(tables.view, batches);
  const extracted = await extract(entity, batches, path);
  if (extracted === null) return false;
  await viewColumns(session, entity, path, extracted.twins, tables);
  return true;
};

/** Stages any records as tables; answers how many are rejected. */
const stageRows = async (
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

/**
 * Stages the batches that the ledger does not hold: what is staged vanishes with the program.
 * @param name Of what is staged, not yet used.
 */
export const stage = async (
  session: Session,
  extraction: Extraction,
  name: string,
  entity: Entity,
  batches: readonly Batch[],
): Promise<Staged> => {
  const committed = await readCommitted(session, batches);
  const fresh = chooseFresh(batches, committed);
  const tables = tablesOf(name);
  const { view: table } = tables;
  if (fresh.length === 0) return { entity, batches: [], table, rows: 0, rejects: 0 };
  const rows = fresh.reduce((sum, batch) => sum + batch.rows, 0);
  try {
    const isPlain = await stageColumns(session, extraction, entity, fresh, tables);
    const rejects = isPlain ? 0 : await stageRows(session, entity, fresh, tables);
    return { entity, batches: fresh, table, rows, rejects };
  } catch (error) {
    await dropRows(session, table, fresh);
    throw error;
  }
};
