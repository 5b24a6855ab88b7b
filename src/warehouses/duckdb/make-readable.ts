import type { Entity } from '../../model.ts';
import type { Session } from './open-session.ts';
import { rewriteRecord } from './rewrite-record.ts';

/** Records that are fetched at once to be rewritten. */
const recordsPerFetch = 64;

/** A number of 16 characters or more; now and then it stands inside a string, which does no harm. */
const longNumber = String.raw`([:,\[]\s*)(-?[0-9][0-9.eE+-]{15,})`;

/** `odd` takes the records to look at closer; all three are temporary. */
type Tables = { lines: string; readable: string; odd: string };

const hasDecimals = (entity: Entity): boolean =>
  entity.columns.some(({ type }) => type === 'decimal');

/**
 * Quotes long numbers without leaving DuckDB. Where the match stood inside a string, the added quotes end that string
 * before a digit, so the result is no JSON, and the record is left to {@link rewriteRecord}.
 */
const quoteNumbersSql = ({ lines, readable, odd }: Tables): string => `
insert into ${readable}
select line, quoted
from (
  select odd.line, regexp_replace(lines.payload, '${longNumber}', '\\1"\\2"', 'g') as quoted
  from ${lines} as lines inner join ${odd} as odd on odd.line = lines.rowid
  where odd.valid
)
where json_valid(quoted)`;

const rewriteRest = async (session: Session, { lines, readable, odd }: Tables): Promise<void> => {
  const fetch = (after: number) =>
    session.readRows(
      `select odd.line, lines.payload from ${lines} as lines inner join ${odd} as odd on odd.line = lines.rowid ` +
        `where odd.line > ${after} order by odd.line limit ${recordsPerFetch}`,
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
  const long = hasDecimals(entity) ? ` or regexp_matches(payload, '${longNumber}')` : '';
  const [found] = await session.readRows(
    `create temp table ${readable} (line bigint, payload varchar);
    create temp table ${odd} as
    select rowid as line, json_valid(payload) as valid
    from (select rowid, payload from ${lines} ${where})
    where not json_valid(payload)${long};
    select count(*) as n from ${odd}`,
  );
  const records = Number(found?.n ?? 0);
  if (records === 0) return 0;
  await session.run(quoteNumbersSql(tables));
  await session.run(`delete from ${odd} where line in (select line from ${readable})`);
  await rewriteRest(session, tables);
  await session.run(`update ${readable} set payload = null where not json_valid(payload)`);
  return records;
};
