import { ConfigError } from '../errors.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import { readChecks, type Check } from './read-checks.ts';
import { readModels } from './read-models.ts';
import { runChecks, type CheckResult } from './run-checks.ts';

export type CheckReport = {
  checks: CheckResult[];
  /**
   * Loads committed since the oldest table checked was built. With any, a check that compares a table with what was
   * loaded can be red for no other reason.
   */
  loadsSince: number;
};

const publishedModels = `
  select model, max(started_at) as built_at
  from st_ops.builds
  where outcome = 'ok'
  group by model`;

const loadsSince = `
  select count(*) as n
  from st_ops.ledger
  where tenant_id = @tenant and committed_at > cast(@builtAt as timestamp)`;

const explainUnbuilt = (unbuilt: readonly string[]): ConfigError =>
  new ConfigError(
    `Cannot check: ${unbuilt.join(', ')} ${unbuilt.length === 1 ? 'was' : 'were'} never built; run fieldmart build`,
  );

/** When the oldest of the models that the checks read was built, UTC; null when they read none. */
const findOldest = async (
  warehouse: Warehouse,
  models: readonly string[],
): Promise<string | null> => {
  const rows = await warehouse.query(publishedModels);
  const builtAt = new Map(rows.map((row) => [String(row.model), String(row.built_at)]));
  const unbuilt = models.filter((model) => !builtAt.has(model));
  if (unbuilt.length > 0) throw explainUnbuilt(unbuilt);
  return models.map((model) => builtAt.get(model) ?? '').sort()[0] ?? null;
};

const countLoads = async (
  warehouse: Warehouse,
  tenantId: string,
  builtAt: string | null,
): Promise<number> => {
  const [row] = await warehouse.query(loadsSince, { tenant: tenantId, builtAt });
  return Number(row?.n ?? 0);
};

const modelsOf = (checks: readonly Check[], names: readonly string[]): string[] =>
  names.filter((name) => checks.some(({ sources }) => sources.includes(name)));

/**
 * Runs every check on the tables as they are published.
 * @throws ConfigError for a faulty check file, or when a table that a check reads was never built.
 */
export const check = async (
  warehouse: Warehouse,
  { sqlDir, tenantId }: { sqlDir: string; tenantId: string },
): Promise<CheckReport> => {
  const checks = await readChecks(sqlDir);
  const names = (await readModels(sqlDir)).map(({ name }) => name);
  const oldest = await findOldest(warehouse, modelsOf(checks, names));
  const results = await runChecks(warehouse.query, checks);
  return { checks: results, loadsSince: await countLoads(warehouse, tenantId, oldest) };
};
