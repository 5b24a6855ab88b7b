import type { Row } from '../../warehouses/warehouse.ts';
import { mondayOf } from '../calendar.ts';
import { toAmount } from './amounts.ts';
import { kpis, noUnit, parts } from './kpis.ts';
import { columnsOf, marts, type Grain, type Mart } from './marts.ts';
import type { DateRange, MartDeps } from './read-mart.ts';

export type KpiQuery = {
  grain: Grain;
  dates: DateRange;
  /** Units, or regions where the grain has those; null for all. */
  places: readonly string[] | null;
};

/** Weeks count when one of their days is asked for. */
const firstOf = (mart: Mart, { first }: DateRange): string =>
  mart.date === 'week_start' ? mondayOf(first) : first;

const toSql = (mart: Mart, places: readonly string[] | null): string => {
  const { table, date, place } = mart;
  const columns = columnsOf(mart).map((name) =>
    name === date ? `cast(${name} as string) as ${name}` : name,
  );
  // An array parameter would have to name its type where it is empty.
  const wanted = places?.map((_, index) => `@place${index}`).join(', ');
  return `
    select ${columns.join(', ')}
    from ${table}
    where
      tenant_id = @tenant
      and ${date} between cast(@first as date) and cast(@last as date)
      ${wanted === undefined ? '' : `and ${place} in (${wanted})`}
    order by
      ${date},
      if(${place} = '${noUnit}', 1, 0),
      region,
      ${place === 'region' ? '' : 'unit_kind desc, '}${place}`;
};

const toExact = (row: Row): Row => ({
  ...row,
  ...Object.fromEntries(
    [...kpis, ...parts].map(({ name, unit }) => [name, toAmount(row[name], unit)]),
  ),
});

/**
 * Rows of a mart, oldest first, then by region. Dates are texts, counts numbers, money and percentages exact texts.
 */
export const readKpis = async (
  { warehouse, tenantId }: MartDeps,
  { grain, dates, places }: KpiQuery,
): Promise<Row[]> => {
  if (places?.length === 0) return [];
  const mart = marts[grain];
  const rows = await warehouse.query(toSql(mart, places), {
    tenant: tenantId,
    first: firstOf(mart, dates),
    last: dates.last,
    ...Object.fromEntries((places ?? []).map((name, index) => [`place${index}`, name])),
  });
  return rows.map(toExact);
};
