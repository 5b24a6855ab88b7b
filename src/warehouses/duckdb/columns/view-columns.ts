import type { Batch, Entity } from '../../../model.ts';
import { keyColumn } from '../../raw-table.ts';
import { quoteName, quoteText } from '../../sql-text.ts';
import { columnTypes } from '../column-types.ts';
import type { Session } from '../open-session.ts';
import { recordsView } from '../records-view.ts';
import type { Tables } from '../staging-names.ts';
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

/** The key of a row (`s`), mended where it is a twin: a left join would cut up all other columns too. */
const mendedKey = (twins: string): string => `coalesce(
  left(s._key, ${hashedKeyLength}) || ':'
    || (select twins.ordinal from ${twins} as twins where twins.line = s.file_row_number),
  s._key
)`;

/** How texts of which there are few stand in the table of keys, and how they are read out of it. */
type Kept = { columns: string[]; sql: string };

/** One text is no column at all; several are a byte or two a row, however long they are. */
const keepTexts = (name: string, texts: readonly string[]): Kept => {
  const [first, ...others] = [...new Set(texts)].map(quoteText);
  return others.length === 0
    ? { columns: [], sql: `${first} as ${name}` }
    : {
        columns: [`s.${name}::enum (${[first, ...others].join(', ')}) as ${name}`],
        sql: `${name}::varchar as ${name}`,
      };
};

const valueSql = ({ name, type }: Entity['columns'][number]): string =>
  `s.${quoteName(name)}::${columnTypes[type]} as ${quoteName(name)}`;

const modifiedSql = ({ modifiedColumn }: Entity): string =>
  modifiedColumn === undefined ? 'null::timestamptz' : `s.${quoteName(modifiedColumn)}`;

/** The columns of the raw table, and what the merge asks of a row. */
const columnsOf = (entity: Entity, keys: readonly string[]): string[] => [
  ...entity.columns.map(valueSql),
  ...keys,
  's.payload',
  's.tenant_id',
  's._load_id',
  's._extracted_at',
  `${modifiedSql(entity)} as _modified_on`,
  's.file_row_number as _line',
  'false as _deleted',
  'true as _use',
];

/**
 * Stages what is in a file of columns: all of it goes into the raw table. A view over the file shows all columns of the
 * rows, payloads included; the keys stand in a table, so that a commit need not open the file to find that they meet
 * none.
 * @param file Its path, and what is to be mended in `_key` (see {@link Twin}).
 */
export const viewColumns = async (
  session: Session,
  entity: Entity,
  batches: readonly Batch[],
  { path, numbered }: { path: string; numbered: readonly Twin[] },
  { view, keys, twins }: Pick<Tables, 'view' | 'keys' | 'twins'>,
): Promise<void> => {
  const hasTwins = numbered.length > 0;
  if (hasTwins) await writeTwins(session, twins, numbered);
  const hashes =
    entity.key.kind === 'id' ? [] : [`${hasTwins ? mendedKey(twins) : 's._key'} as _key`];
  const ids = entity.columns.filter(({ name }) => name === keyColumn(entity)).map(valueSql);
  const rows = `${fileSql(path)} as s`;
  const tenants = keepTexts(
    'tenant_id',
    batches.map(({ tenantId }) => tenantId),
  );
  const loads = keepTexts(
    '_load_id',
    batches.map(({ loadId }) => loadId),
  );
  const kept = [...ids, ...hashes, ...tenants.columns, ...loads.columns];
  await session.run(
    `create view ${recordsView(view)} as select ${columnsOf(entity, hashes).join(', ')} from ${rows};
    create table ${keys} as select ${kept.join(', ')} from ${rows};
    create view ${view} as
    select
      ${tenants.sql}, ${loads.sql}, ${keyColumn(entity)}, true as _use, false as _drift,
      null::varchar as _reject
    from ${keys}`,
  );
};
