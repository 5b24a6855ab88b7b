import { WarehouseError } from '../../errors.ts';
import type { Entity } from '../../model.ts';
import { quoteName } from '../sql-text.ts';
import { stageSql, type Lines } from './extract-sql.ts';
import { makeReadable } from './make-readable.ts';
import type { Session } from './open-session.ts';
import type { Spools } from './read-spool.ts';

/** `staged` is made here, and `readable` filled; see {@link Lines} and {@link makeReadable}. */
type Tables = Lines & { staged: string; odd: string };

/** The lines of a staging table that holds their payloads, as {@link Lines} wants them. */
export const stagedLines = (staged: string): string =>
  `(select _line as rowid, _payload as payload from ${staged} where _payload is not null)`;

/** Columns of the staging table that are read out of a record. */
const typedNames = (entity: Entity): string[] => [
  ...entity.columns.map(({ name }) => quoteName(name)),
  ...(entity.key.kind === 'idOrFields' ? ['_key'] : []),
  ...['_modified_on', '_reject', '_id_text', '_drift', '_use'],
];

/** Rewrites those records of which a decimal may have lost digits, and stages them again. */
const extractAgain = async (session: Session, entity: Entity, tables: Tables): Promise<void> => {
  const { staged, odd } = tables;
  const where = `where rowid in (select _line from ${staged} where _inexact)`;
  if ((await makeReadable(session, entity, tables, where)) === 0) return;
  const from = { ...tables, lines: `(select line as rowid, payload from ${odd})` };
  const names = typedNames(entity);
  // In place: a row that was inserted again would stand elsewhere than its line.
  await session.run(
    `update ${staged} as s
    set ${names.map((name) => `${name} = again.${name}`).join(', ')}
    from (${stageSql(entity, from)}) as again
    where again._line = s._line`,
  );
};

const mendInexact = async (
  session: Session,
  entity: Entity,
  tables: Tables,
  inexact: boolean,
): Promise<void> => {
  if (inexact) await extractAgain(session, entity, tables);
  else await session.run(`create temp table ${tables.readable} (line bigint, payload varchar)`);
};

/** Fills the staging table; false where DuckDB refuses a record. */
const createStaged = async (session: Session, staged: string, sql: string): Promise<boolean> => {
  try {
    await session.run(`create table ${staged} as ${sql}`);
    return true;
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    return false;
  }
};

/**
 * Makes the staging table of lines while they are read: that copies them once less than from a table.
 * @returns false, and no table, where DuckDB refuses a record or leaves it out, or lines and stamps do not fit each
 * other.
 */
export const extractAtOnce = async (
  session: Session,
  entity: Entity,
  spools: Spools,
  tables: Tables,
): Promise<boolean> => {
  const { stamps, staged } = tables;
  const sql = stageSql(entity, { spools: spools.sql, stamps });
  if (!(await createStaged(session, staged, sql))) return false;
  const [found] = await session.readRows(
    `select
      bool_or(_astray) as astray, bool_or(_inexact) as inexact, sum(_bytes + 1) as bytes
    from ${staged}`,
  );
  if (found?.astray === true || Number(found?.bytes) !== spools.bytes) {
    await session.run(`drop table ${staged}`);
    return false;
  }
  const from = { ...tables, lines: stagedLines(staged) };
  await mendInexact(session, entity, from, found?.inexact === true);
  return true;
};

/**
 * Makes the staging table of lines that stand in a table. Looking for records that DuckDB would misread takes as long as
 * reading them, and there are few: so all are read first, and those that may be wrong again. Only where DuckDB refuses
 * one, they are all looked at before.
 */
export const extractRows = async (
  session: Session,
  entity: Entity,
  tables: Tables,
): Promise<void> => {
  const { staged } = tables;
  if (await createStaged(session, staged, stageSql(entity, { ...tables, readable: null }))) {
    const [found] = await session.readRows(`select bool_or(_inexact) as inexact from ${staged}`);
    await mendInexact(session, entity, tables, found?.inexact === true);
    return;
  }
  await makeReadable(session, entity, tables);
  await session.run(`create table ${staged} as ${stageSql(entity, tables)}`);
};
