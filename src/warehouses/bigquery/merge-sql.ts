import type { Entity } from '../../model.ts';
import { keyColumn, rawColumns, rawTable, sameKeySql, winsSql } from '../raw-table.ts';
import { findPartition, inMonthsSql, monthSql } from './partition.ts';
import { quoteColumn, quoteTexts } from './googlesql-text.ts';

/** The rows of a staging table that a commit takes, and where in the raw table it looks for those of the same keys. */
export type Incoming = {
  entity: Entity;
  table: string;
  loadIds: readonly string[];
  tenantIds: readonly string[];
  /** Months of the partitions that are read and written. */
  months: readonly (number | null)[];
  /** Ids of the rows, where they are few. */
  ids: readonly string[] | null;
};

const columnNames = (entity: Entity): string[] =>
  rawColumns(entity).map(({ name }) => quoteColumn(name));

const usedSql = ({ table, loadIds }: Incoming, columns: readonly string[]): string =>
  `(select ${columns.join(', ')} from ${table} where _use and _load_id in (${quoteTexts(loadIds)}))`;

/** Literals on the columns that the raw table is clustered by: blocks without such rows are not read. */
const nearSql = ({ tenantIds, ids }: Incoming): string => {
  const ofTenants = `t.tenant_id in (${quoteTexts(tenantIds)})`;
  return ids === null || ids.length === 0
    ? ofTenants
    : `${ofTenants} and t.id in (${ids.join(', ')})`;
};

/**
 * How many rows of each load the merge will insert and update, over all partitions; and how many rows of the same keys
 * stand outside of the months that the merge looks at, where it would insert them a second time.
 */
export const countMergeSql = (incoming: Incoming): string => {
  const { entity, months } = incoming;
  const partition = findPartition(entity);
  const judged = ['tenant_id', keyColumn(entity), '_modified_on', '_extracted_at', '_load_id'];
  const stored = [
    ...new Set(['tenant_id', keyColumn(entity), '_modified_on', '_extracted_at', '_deleted']),
    ...(partition === undefined ? [] : [quoteColumn(partition)]),
  ];
  return `select
    s._load_id as load_id,
    countif(t.tenant_id is null) as inserted,
    countif(t.tenant_id is not null and ${winsSql(entity)}) as updated,
    countif(t.tenant_id is not null and not coalesce(${inMonthsSql(entity, 't', months)}, false)) as outside
  from ${usedSql(incoming, judged)} as s
  left join (select ${stored.join(', ')} from ${rawTable(entity)} as t where ${nearSql(incoming)}) as t
    on ${sameKeySql(entity)}
  group by s._load_id`;
};

/** Months of the stored rows that have the keys of the incoming ones. */
export const storedMonthsSql = (incoming: Incoming): string => {
  const { entity } = incoming;
  const partition = findPartition(entity);
  if (partition === undefined) throw new Error(`${rawTable(entity)} has no partitions`);
  return `select distinct ${monthSql(`t.${quoteColumn(partition)}`)} as month
from ${usedSql(incoming, ['tenant_id', keyColumn(entity)])} as s
inner join ${rawTable(entity)} as t on ${sameKeySql(entity)} and ${nearSql(incoming)}`;
};

/** Merges the incoming rows: new keys are inserted, rows of known keys replaced where the incoming one wins. */
export const mergeSql = (incoming: Incoming): string => {
  const { entity, months } = incoming;
  const names = columnNames(entity);
  return `merge into ${rawTable(entity)} as t
using ${usedSql(incoming, names)} as s
on ${sameKeySql(entity)} and ${nearSql(incoming)} and ${inMonthsSql(entity, 't', months)}
when matched and ${winsSql(entity)}
  then update set ${names.map((name) => `${name} = s.${name}`).join(', ')}
when not matched
  then insert (${names.join(', ')}) values (${names.map((name) => `s.${name}`).join(', ')})`;
};
