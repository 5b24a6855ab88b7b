import { readConfig } from '../config.ts';
import { readUnits, readRange, assertBuilt } from '../pipeline/kpis/read-mart.ts';
import type { DateRange, MartDeps, Unit } from '../pipeline/kpis/read-mart.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

/** The marts of the tenant that the environment names, and what they hold. */
export type OpenMarts = { deps: MartDeps; range: DateRange | null; units: readonly Unit[] };

/**
 * What the marts hold, for questions about them.
 * @param tables Models that the question reads.
 * @throws WarehouseError when one of them has not been built.
 */
export const readMarts = async (deps: MartDeps, tables: readonly string[]): Promise<OpenMarts> => {
  await assertBuilt(deps, tables);
  return { deps, range: await readRange(deps), units: await readUnits(deps) };
};

/** Opens the warehouse, gives its marts to `work`, and closes it whatever happens. */
export const withMarts = async <T>(
  tables: readonly string[],
  io: Io,
  work: (marts: OpenMarts) => Promise<T>,
): Promise<T> => {
  const config = readConfig(io.env);
  const warehouse = await openWarehouse(config, io);
  try {
    return await work(await readMarts({ warehouse, tenantId: config.tenantId }, tables));
  } finally {
    await warehouse.close();
  }
};
