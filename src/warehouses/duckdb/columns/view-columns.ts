import type { Entity } from '../../../model.ts';
import { quoteName, quoteText } from '../../sql-text.ts';
import { columnTypes } from '../column-types.ts';
import type { Session } from '../open-session.ts';
import { recordsView } from '../records-view.ts';

/** A hash of key fields is `h:` and 32 digits; its ordinal comes after. */
const hashedKeyLength = 34;

/**
 * The path as it is: DuckDB takes a file that is there before it looks for wildcards, and escaping those fails where a
 * backslash is among them. A folder on the way that is called `name=value` would become a column.
 */
const fileSql = (path: string): string =>
  `read_parquet(${quoteText(path)}, file_row_number = true, hive_partitioning = false)`;

/**
 * Numbers the twins, as the SQL does: in each batch, in the order of their payloads.
 * @param table Is made: (line, key).
 */
const numberTwins = (
  session: Session,
  table: string,
  path: string,
  lines: number[],
): Promise<number> => {
  const key = `left(_key, ${hashedKeyLength})`;
  return session.run(
    `create table ${table} as
    select
      file_row_number as line,
      ${key} || ':' || row_number() over (
        partition by _load_id, ${key} order by payload, file_row_number
      ) as key
    from ${fileSql(path)}
    where file_row_number in (select unnest($lines))`,
    { lines },
  );
};

/**
 * Makes the view of staged rows over a file of columns, payloads included; all of them go into the raw table.
 * @param twins Gets the keys of the lines that are twins (see {@link Extracted}), where there are any.
 */
export const viewColumns = async (
  session: Session,
  entity: Entity,
  path: string,
  lines: number[],
  { view, twins }: { view: string; twins: string },
): Promise<void> => {
  const hasTwins = lines.length > 0;
  if (hasTwins) await numberTwins(session, twins, path, lines);
  const { key, modifiedColumn } = entity;
  const columns = [
    ...entity.columns.map(
      ({ name, type }) => `s.${quoteName(name)}::${columnTypes[type]} as ${quoteName(name)}`,
    ),
    ...(key.kind === 'id'
      ? []
      : [`${hasTwins ? 'coalesce(twins.key, s._key)' : 's._key'} as _key`]),
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
