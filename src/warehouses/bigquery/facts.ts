import type { Batch, Entity } from '../../model.ts';
import type { FirstReject } from '../staging.ts';
import { notJson } from '../staging.ts';
import type { Row } from '../warehouse.ts';
import { quoteColumn } from './googlesql-text.ts';
import { findPartition, monthSql } from './partition.ts';

/** Rows up to which their ids are listed, so that the commit looks for them in few blocks of the raw table. */
const idsMax = 1_000;

/** What a commit wants to know of its staging table before it is written down as SQL. */
export type Facts = {
  /** By load id; loads without rows are left out. */
  loads: ReadonlyMap<string, { rejects: number; unreadable: number; used: number }>;
  first: FirstReject | null;
  /** Rows in which some value does not fit. */
  drifting: number;
  /** Months of the partitions that the rows go into, as whole numbers: 12 a year; null for rows without a date. */
  months: readonly (number | null)[];
  /** Ids of the rows that go into the raw table, where they are few; null where they are many. */
  ids: readonly string[] | null;
};

const monthsSql = (entity: Entity): string => {
  const column = findPartition(entity);
  if (column === undefined) return `cast(null as string)`;
  const month = `cast(${monthSql(quoteColumn(column))} as string)`;
  return `string_agg(distinct if(_use, coalesce(${month}, 'none'), null), ',')`;
};

const idsSql = (entity: Entity, rows: number): string =>
  entity.key.kind === 'id' && rows <= idsMax
    ? `string_agg(if(_use, cast(\`id\` as string), null), ',')`
    : 'cast(null as string)';

/** One row per load of a staging table. */
export const factsSql = (entity: Entity, table: string, rows: number): string => `
select
  _load_id as load_id,
  countif(_reject is not null) as rejects,
  countif(_reject = '${notJson}') as unreadable,
  countif(_use) as used,
  min(if(_reject is null, null, concat(lpad(cast(_line as string), 18, '0'), ' ', cast(_position as string), ' ', ifnull(to_json_string(_id_text), 'null'), ' ', _reject))) as first_reject,
  countif(_reject is null and _drift != '') as drifting,
  ${monthsSql(entity)} as months,
  ${idsSql(entity, rows)} as ids
from ${table}
group by _load_id`;

const textOf = (row: Row, name: string): string => {
  const value = row[name] ?? null;
  return value === null ? '' : String(value);
};

const listOf = (rows: readonly Row[], name: string): string[] =>
  rows.flatMap((row) => textOf(row, name).split(',')).filter((item) => item !== '');

/** `000000000000000007 2 null has no id`: its line over all loads, its position in its load, its key, its reason. */
const findFirst = (rows: readonly Row[]): FirstReject | null => {
  const found = rows
    .filter((row) => textOf(row, 'first_reject') !== '')
    .map((row) => ({ loadId: textOf(row, 'load_id'), text: textOf(row, 'first_reject') }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))[0];
  if (found === undefined) return null;
  const [, position, key = 'null', reason = ''] =
    /^\d+ (\d+) (null|"(?:[^"\\]|\\.)*") (.*)$/.exec(found.text) ?? [];
  return {
    loadId: found.loadId,
    position: Number(position),
    key: JSON.parse(key) as string | null,
    reason,
  };
};

const readMonths = (rows: readonly Row[]): (number | null)[] =>
  [...new Set(listOf(rows, 'months'))].map((month) => (month === 'none' ? null : Number(month)));

/** Reads the answer of {@link factsSql}. */
export const readFacts = (entity: Entity, rows: readonly Row[], staged: number): Facts => ({
  loads: new Map(
    rows.map((row) => [
      textOf(row, 'load_id'),
      {
        rejects: Number(row.rejects),
        unreadable: Number(row.unreadable),
        used: Number(row.used),
      },
    ]),
  ),
  first: findFirst(rows),
  drifting: rows.reduce((sum, row) => sum + Number(row.drifting), 0),
  months: readMonths(rows),
  ids: entity.key.kind === 'id' && staged <= idsMax ? listOf(rows, 'ids') : null,
});

/** Of a staging table that was not made, because there was nothing to put into it. */
export const noFacts: Facts = { loads: new Map(), first: null, drifting: 0, months: [], ids: [] };

/** Rejected records by load id. */
export const rejectsOf = (facts: Facts): Map<string, number> =>
  new Map([...facts.loads].map(([loadId, { rejects }]) => [loadId, rejects]));

/** How many rows of these batches go into the raw table. */
export const countUsed = (facts: Facts, batches: readonly Batch[]): number =>
  batches.reduce((sum, { loadId }) => sum + (facts.loads.get(loadId)?.used ?? 0), 0);
