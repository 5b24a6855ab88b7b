import { rm } from 'node:fs/promises';
import type { Batch, Entity } from '../../model.ts';
import { chooseFresh } from '../staging.ts';
import type { Staged } from '../warehouse.ts';
import type { Extraction } from './columns/open-extraction.ts';
import { viewColumns } from './columns/view-columns.ts';
import { listSql } from './literals.ts';
import type { Session } from './open-session.ts';
import { recordsView } from './records-view.ts';
import { stageRows } from './stage-rows.ts';
import {
  columnsFile,
  driftTable,
  keysTable,
  rowsTable,
  tablesOf,
  twinsTable,
  type Tables,
} from './staging-names.ts';

/** Load ids of the batches that the ledger holds. */
export const readCommitted = async (
  session: Session,
  batches: readonly Batch[],
): Promise<Set<unknown>> => {
  const rows = await session.readRows(
    `select load_id from st_ops.ledger
    where load_id in (select unnest(${listSql(batches.map(({ loadId }) => loadId))}))`,
  );
  return new Set(rows.map((row) => row.load_id));
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
    drop table if exists ${keysTable(view)};
    drop table if exists ${twinsTable(view)};
    drop table if exists ${driftTable(view)}`,
  );
  await dropped.finally(async () => {
    if (batches.length > 0) await rm(columnsFile(view, batches), { force: true });
  });
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
  await viewColumns(session, entity, batches, { path, numbered: extracted.twins }, tables);
  return true;
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
    const staged = { entity, batches: fresh, table, rows, rejects };
    return isPlain ? { ...staged, plainLoads: fresh.length } : staged;
  } catch (error) {
    await dropRows(session, table, fresh);
    throw error;
  }
};
