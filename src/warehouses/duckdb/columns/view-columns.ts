import type { Entity } from '../../../model.ts';
import { quoteName, quoteText } from '../../sql-text.ts';
import { columnTypes } from '../column-types.ts';
import type { Session } from '../open-session.ts';
import { recordsView } from '../records-view.ts';
import type { Twin } from './number-twins.ts';

/** A hash of key fields is `h:` and 32 digits; its ordinal comes after. */
const hashedKeyLength = 34;

/**
 * The path as it is: DuckDB takes a file that is there before it looks for wildcards, and escaping those fails where a
 * backslash is among them. A folder on the way that is called `name=value` would become a column.
 */
const fileSql = (path: string): string =>
  `read_parquet(${quoteText(path)}, file_row_number = true, hive_partitioning = false)`;

/** @param table Is made: (line, ordinal). */
const writeTwins = (session: Session, table: string, twins: readonly Twin[]): Promise<number> =>
  session.run(
    `create table ${table} as
    select unnest($lines)::bigint as line, unnest($ordinals)::integer as ordinal`,
    { lines: twins.map(({ line }) => line), ordinals: twins.map(({ ordinal }) => ordinal) },
  );

/** The key of a row (`s`), mended where it is a twin. */
const mendedKey = `case
  when twins.line is null then s._key
  else left(s._key, ${hashedKeyLength}) || ':' || twins.ordinal
end`;

/**
 * Makes the view of staged rows over a file of columns, payloads included; all of them go into the raw table.
 * @param numbered What is to be mended in `_key`: see {@link Twin}.
 * @param names Of the view; of the table of twins, which is made where there are any.
 */
export const viewColumns = async (
  session: Session,
  entity: Entity,
  path: string,
  numbered: readonly Twin[],
  { view, twins }: { view: string; twins: string },
): Promise<void> => {
  const hasTwins = numbered.length > 0;
  if (hasTwins) await writeTwins(session, twins, numbered);
  const { key, modifiedColumn } = entity;
  const columns = [
    ...entity.columns.map(
      ({ name, type }) => `s.${quoteName(name)}::${columnTypes[type]} as ${quoteName(name)}`,
    ),
    ...(key.kind === 'id' ? [] : [`${hasTwins ? mendedKey : 's._key'} as _key`]),
    's.payload',
    's.tenant_id',
    's._load_id',
    's._extracted_at',
    `${modifiedColumn === undefined ? 'null::timestamptz' : `s.${quoteName(modifiedColumn)}`} as _modified_on`,
    's.file_row_number as _line',
    'false as _deleted',
    'true as _use',
    'false as _drift',
    'null::varchar as _reject',
  ];
  await session.run(
    `create view ${view} as
    select ${columns.join(', ')}
    from ${fileSql(path)} as s
    ${hasTwins ? `left join ${twins} as twins on twins.line = s.file_row_number` : ''};
    create view ${recordsView(view)} as select * from ${view}`,
  );
};
