import type { TenantRow, Warehouse } from '../warehouses/warehouse.ts';

const enteredTenant = `
  select time_zone, built_at
  from st_ops.tenants
  where tenant_id = @tenant`;

/**
 * Writes the tenant's row, which the models read.
 * @returns puts back the row that was there, after a build that failed: another tenant's build makes this one's rows
 * too, and must not take over what was never published.
 */
export const enterTenant = async (
  warehouse: Warehouse,
  row: TenantRow,
): Promise<() => Promise<void>> => {
  const { tenantId } = row;
  const [before] = await warehouse.query(enteredTenant, { tenant: tenantId });
  await warehouse.recordTenant(row);
  return async () => {
    if (before === undefined) return;
    const { time_zone: timeZone, built_at: builtAt } = before;
    try {
      await warehouse.recordTenant({
        tenantId,
        timeZone: String(timeZone),
        builtAt: String(builtAt),
      });
    } catch {
      // A warehouse that failed the build may fail here again: the first failure is the one to report.
    }
  };
};
