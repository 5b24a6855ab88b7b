import type { Row } from '../../warehouses/warehouse.ts';
import { parseNanos, type Nanos } from '../decimals.ts';
import type { Kpi } from '../kpis/kpis.ts';
import type { MartDeps } from '../kpis/read-mart.ts';
import type { KeyPlace } from './find-columns.ts';

/** One of our records. */
export type OurRecord = { date: string; unit: string; ids: string[]; parts: Nanos[] };

export type OurQuery = {
  kpi: Kpi;
  /** How the report names records; ours are named the same way. */
  keys: readonly KeyPlace[];
  parts: readonly string[];
};

/** In an order of all they have: a record of several lines belongs to the unit of its first one. */
const selectRecords = ({ kpi, keys, parts }: OurQuery, where: string): string => `
  select
    cast(records.event_date as string) as event_date,
    records.business_unit,
    ${keys.map(({ column }, index) => `cast(${column.sql} as string) as key${index}`).join(', ')},
    ${parts.map((part, index) => `records.${part} as part${index}`).join(', ')}
  from ${kpi.records.table} as records
  ${[...new Set(keys.map(({ column }) => column.join ?? ''))].join('')}
  where records.tenant_id = @tenant and ${where}
  order by ${Array.from({ length: 2 + keys.length + parts.length }, (_, index) => index + 1).join(', ')}`;

const textOf = (row: Row, column: string): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};

const toRecord = (row: Row, { keys, parts }: OurQuery): OurRecord => ({
  date: textOf(row, 'event_date'),
  unit: textOf(row, 'business_unit'),
  ids: keys.map((_, index) => textOf(row, `key${index}`)),
  parts: parts.map((_, index) => parseNanos(String(row[`part${index}`] ?? 0)) ?? 0n),
});

/** Our records of these local dates, both included. */
export const readOurs = async (
  { warehouse, tenantId }: MartDeps,
  query: OurQuery,
  { first, last }: { first: string; last: string },
): Promise<OurRecord[]> => {
  const sql = selectRecords(
    query,
    'records.event_date between cast(@first as date) and cast(@last as date)',
  );
  const rows = await warehouse.query(sql, { tenant: tenantId, first, last });
  return rows.map((row) => toRecord(row, query));
};

/** Our records of any date whose first key is one of these. */
export const readElsewhere = async (
  { warehouse, tenantId }: MartDeps,
  query: OurQuery,
  ids: readonly string[],
): Promise<OurRecord[]> => {
  const key = query.keys[0]?.column.sql ?? '';
  const wanted = ids.map((_, index) => `@id${index}`).join(', ');
  if (wanted === '' || query.kpi.records.isHistory) return [];
  const rows = await warehouse.query(
    selectRecords(query, `cast(${key} as string) in (${wanted})`),
    {
      tenant: tenantId,
      ...Object.fromEntries(ids.map((id, index) => [`id${index}`, id])),
    },
  );
  return rows.map((row) => toRecord(row, query));
};
