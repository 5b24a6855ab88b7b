import { WarehouseError } from '../../errors.ts';
import type { Entity } from '../../model.ts';
import { stageSql, type Lines } from './extract-sql.ts';
import { makeReadable } from './make-readable.ts';
import type { Session } from './open-session.ts';

/** `staged` is made here, and `readable` filled; see {@link Lines} and {@link makeReadable}. */
type Tables = Lines & { staged: string; odd: string };

/** Rewrites those records of which a decimal may have lost digits, and stages them again. */
const extractAgain = async (session: Session, entity: Entity, tables: Tables): Promise<void> => {
  const { staged, readable } = tables;
  const where = `where rowid in (select _line from ${staged} where _inexact)`;
  if ((await makeReadable(session, entity, tables, where)) === 0) return;
  const rewritten = `(select line from ${readable})`;
  await session.run(
    `delete from ${staged} where _line in ${rewritten};
    insert into ${staged} by name ${stageSql(entity, tables, `where lines.rowid in ${rewritten}`)}`,
  );
};

/** Extracts from the lines as they stand; false where DuckDB refuses one of them. */
const extractPlain = async (session: Session, entity: Entity, tables: Tables) => {
  try {
    const sql = stageSql(entity, { ...tables, readable: null });
    await session.run(`create temp table ${tables.staged} as ${sql}`);
    return true;
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    return false;
  }
};

/**
 * Makes the staging table of the lines. Looking for records that DuckDB would misread takes as long as reading them, and
 * there are few: so all are read first, and those that may be wrong again. Only where DuckDB refuses one, they are all
 * looked at before.
 */
export const extractRows = async (
  session: Session,
  entity: Entity,
  tables: Tables,
): Promise<void> => {
  const { staged, readable } = tables;
  if (await extractPlain(session, entity, tables)) {
    const [found] = await session.readRows(`select bool_or(_inexact) as inexact from ${staged}`);
    if (found?.inexact === true) await extractAgain(session, entity, tables);
    else await session.run(`create temp table ${readable} (line bigint, payload varchar)`);
    return;
  }
  await makeReadable(session, entity, tables);
  await session.run(`create temp table ${staged} as ${stageSql(entity, tables)}`);
};
