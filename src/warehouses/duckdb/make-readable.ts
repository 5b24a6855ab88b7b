import type { Entity } from '../../model.ts';
import type { Session } from './open-session.ts';
import { longNumber, rewriteRecord } from './rewrite-record.ts';

/** Records that are fetched at once to be rewritten. */
const recordsPerFetch = 64;

/** A long number as a value; now and then it stands inside a string, which does no harm. */
const longValue = String.raw`([:,\[]\s*)(${longNumber})`;

/** `odd` takes the records to be rewritten; all three are temporary. */
type Tables = { lines: string; readable: string; odd: string };

const hasDecimals = (entity: Entity): boolean =>
  entity.columns.some(({ type }) => type === 'decimal');

/** Record by record: an expression that replaces numbers in all of them takes DuckDB ten times as long. */
const rewriteAll = async (session: Session, { readable, odd }: Tables): Promise<void> => {
  const fetch = (after: number) =>
    session.readRows(
      `select line, payload from ${odd} where line > ${after} order by line limit ${recordsPerFetch}`,
    );
  for (let rows = await fetch(-1); rows.length > 0; rows = await fetch(Number(rows.at(-1)?.line))) {
    await session.append(
      readable,
      rows.map(({ line, payload }) => [Number(line), rewriteRecord(String(payload))]),
    );
  }
};

/**
 * Fills `readable` (line, payload) with a rewriting of those records that DuckDB's JSON functions would misread (they
 * hold numbers as doubles) or refuse (lone surrogates); NULL where no rewriting makes it JSON.
 * @param where Chooses among the lines; '' for all.
 * @returns how many records it rewrote.
 */
export const makeReadable = async (
  session: Session,
  entity: Entity,
  tables: Tables,
  where = '',
): Promise<number> => {
  const { lines, readable, odd } = tables;
  const long = hasDecimals(entity) ? ` or regexp_matches(payload, '${longValue}')` : '';
  const [found] = await session.readRows(
    `create temp table ${readable} (line bigint, payload varchar);
    create temp table ${odd} as
    select rowid as line, payload
    from (select rowid, payload from ${lines} ${where})
    where not json_valid(payload)${long};
    select count(*) as n from ${odd}`,
  );
  const records = Number(found?.n ?? 0);
  if (records === 0) return 0;
  await rewriteAll(session, tables);
  await session.run(`update ${readable} set payload = null where not json_valid(payload)`);
  return records;
};
