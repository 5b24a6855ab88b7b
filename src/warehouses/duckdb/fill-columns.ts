import type { Entity } from '../../model.ts';
import { rawTable } from '../raw-table.ts';
import { quoteName } from '../sql-text.ts';
import { typedAgainSql } from './extract-sql.ts';
import { makeReadable } from './make-readable.ts';
import type { Session } from './open-session.ts';

/** Rows whose payloads are looked at together: they are copied for it. */
const rowsPerStep = 20_000;

const tables = { lines: 'fill_lines', readable: 'fill_readable', odd: 'fill_odd' };

const dropTables = (session: Session): Promise<number> =>
  session.run(
    Object.values(tables)
      .map((table) => `drop table if exists temp.${table};`)
      .join(' '),
  );

/** What is right already stays untouched: a second time costs reading alone. */
const updateSql = (entity: Entity, columns: readonly string[]): string => {
  const names = columns.map(quoteName);
  return `
    update ${rawTable(entity)} as t
    set ${names.map((name) => `${name} = s.${name}`).join(', ')}
    from (
      select lines._source, again.*
      from (${typedAgainSql(entity, tables)}) as again
      inner join ${tables.lines} as lines on lines.rowid = again._line
    ) as s
    where t.rowid = s._source
      and (${names.map((name) => `t.${name} is distinct from s.${name}`).join(' or ')})`;
};

/**
 * Computes columns of stored rows again from their payloads, some thousand rows at a time: whatever stops it, running
 * it again makes the same of it.
 * @param columns The entity's, or `_modified_on`.
 */
export const fillColumns = async (
  session: Session,
  entity: Entity,
  columns: readonly string[],
): Promise<void> => {
  if (columns.length === 0) return;
  const raw = rawTable(entity);
  const [found] = await session.readRows(`select max(rowid) as last from ${raw}`);
  const last = found?.last ?? null;
  if (last === null) return;
  for (let from = 0; from <= Number(last); from += rowsPerStep) {
    await session.run(
      `create or replace temp table ${tables.lines} as
      select rowid as _source, payload from ${raw} where rowid >= ${from} and rowid < ${from + rowsPerStep}`,
    );
    try {
      await makeReadable(session, entity, tables);
      await session.run(updateSql(entity, columns));
    } finally {
      await dropTables(session);
    }
  }
};
