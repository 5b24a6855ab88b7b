import { WarehouseError } from '../errors.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import { readChecks, type Check } from './read-checks.ts';
import { readModels } from './read-models.ts';
import { runChecks, type CheckResult } from './run-checks.ts';

export type CheckReport = {
  checks: CheckResult[];
  /** Checks that were not run: the tables they compare are of several builds, which need not agree. */
  apart: string[];
  /**
   * Loads committed since the oldest table checked was built. With any, a check that compares a table with what was
   * loaded can be red for no other reason.
   */
  loadsSince: number;
};

const publishedModels = `
  select model, build_id, started_at
  from st_ops.builds
  where outcome = 'ok' and tenant_id = @tenant
  qualify row_number() over (partition by model order by started_at desc, build_id) = 1`;

const loadsSince = `
  select count(*) as n
  from st_ops.ledger
  where tenant_id = @tenant and committed_at > cast(@builtAt as timestamp)`;

/** More names than these are no help to read. */
const namesShownMax = 3;

const explainUnbuilt = (unbuilt: readonly string[], tenantId: string): WarehouseError => {
  const more = unbuilt.length - namesShownMax;
  const names = unbuilt.slice(0, namesShownMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return new WarehouseError(
    `Cannot check ${names}: not built yet for tenant ${tenantId}; run fieldmart build`,
  );
};

/** The build that made a table as it is published, and when that began, UTC. */
type Published = { buildId: string; builtAt: string };

const readPublished = async (
  warehouse: Warehouse,
  models: readonly string[],
  tenantId: string,
): Promise<Map<string, Published>> => {
  const rows = await warehouse.query(publishedModels, { tenant: tenantId });
  const published = new Map(
    rows.map((row) => [
      String(row.model),
      { buildId: String(row.build_id), builtAt: String(row.started_at) },
    ]),
  );
  const unbuilt = models.filter((model) => !published.has(model));
  if (unbuilt.length > 0) throw explainUnbuilt(unbuilt, tenantId);
  return published;
};

/** Whether all tables that a check reads were published by one build. */
const isOfOneBuild = ({ sources }: Check, published: ReadonlyMap<string, Published>): boolean => {
  const builds = sources.flatMap((source) => published.get(source)?.buildId ?? []);
  return new Set(builds).size <= 1;
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
 * Runs the checks on the tables as they are published.
 * @throws ConfigError for a faulty check file; WarehouseError when a table that a check reads was never built.
 */
export const check = async (
  warehouse: Warehouse,
  { sqlDir, tenantId }: { sqlDir: string; tenantId: string },
): Promise<CheckReport> => {
  const checks = await readChecks(sqlDir);
  const names = (await readModels(sqlDir)).map(({ name }) => name);
  const models = modelsOf(checks, names);
  const published = await readPublished(warehouse, models, tenantId);
  const comparable = checks.filter((one) => isOfOneBuild(one, published));
  const oldest = models.map((model) => published.get(model)?.builtAt ?? '').sort()[0] ?? null;
  return {
    checks: await runChecks(warehouse.query, comparable),
    apart: checks.filter((one) => !comparable.includes(one)).map(({ name }) => name),
    loadsSince: await countLoads(warehouse, tenantId, oldest),
  };
};
