import { WarehouseError } from '../../errors.ts';
import type { Row, Warehouse } from '../../warehouses/warehouse.ts';
import { kpis, noUnit, type UnitKind } from './kpis.ts';

/** Whose marts, and where they are. */
export type MartDeps = { warehouse: Warehouse; tenantId: string };

/** Local dates, both ends included. */
export type DateRange = { first: string; last: string };

/** A unit of the marts; `(no unit)` has no kind. */
export type Unit = { name: string; region: string; kind: UnitKind | null };

const builtModels = `
  select distinct model
  from st_ops.builds
  where tenant_id = @tenant and outcome = 'ok'`;

/**
 * Makes sure that models were ever built for the tenant.
 * @param tables `st_mart.daily_kpis` and the like.
 * @throws WarehouseError for the first one that was not.
 */
export const assertBuilt = async (
  { warehouse, tenantId }: MartDeps,
  tables: readonly string[],
): Promise<void> => {
  await warehouse.prepare([]);
  const rows = await warehouse.query(builtModels, { tenant: tenantId });
  const built = new Set(rows.map(({ model }) => String(model)));
  const missing = tables.find((table) => !built.has(table));
  if (missing === undefined) return;
  throw new WarehouseError(
    `Cannot read ${missing}: it has not been built for tenant ${tenantId}; run fieldmart build`,
  );
};

const textOf = (row: Row | undefined, column: string): string | null => {
  const value = row?.[column];
  return typeof value === 'string' ? value : null;
};

/** The dates that `st_mart.daily_kpis` has rows for; null while no KPI has any record. */
export const readRange = async ({ warehouse, tenantId }: MartDeps): Promise<DateRange | null> => {
  const [row] = await warehouse.query(
    `select cast(min(event_date) as string) as first_date, cast(max(event_date) as string) as last_date
    from st_mart.daily_kpis where tenant_id = @tenant`,
    { tenant: tenantId },
  );
  const [first, last] = [textOf(row, 'first_date'), textOf(row, 'last_date')];
  return first === null || last === null ? null : { first, last };
};

/** The units of `st_mart.daily_kpis`, by region, sales before production. */
export const readUnits = async ({ warehouse, tenantId }: MartDeps): Promise<Unit[]> => {
  const rows = await warehouse.query(
    `select business_unit, region, unit_kind
    from st_mart.daily_kpis
    where tenant_id = @tenant
    group by business_unit, region, unit_kind
    order by if(business_unit = '${noUnit}', 1, 0), region, unit_kind desc, business_unit`,
    { tenant: tenantId },
  );
  return rows.map((row) => ({
    name: String(row.business_unit),
    region: String(row.region),
    kind: textOf(row, 'unit_kind') as UnitKind | null,
  }));
};

/** The first date of which a build has written snapshots; null before the first build. */
export const readFirstSnapshot = async ({
  warehouse,
  tenantId,
}: MartDeps): Promise<string | null> => {
  const columns = kpis.filter(({ records }) => records.isHistory).map(({ name }) => name);
  const [row] = await warehouse.query(
    `select cast(min(event_date) as string) as first_date
    from st_mart.daily_kpis
    where tenant_id = @tenant and coalesce(${columns.join(', ')}) is not null`,
    { tenant: tenantId },
  );
  return textOf(row, 'first_date');
};
