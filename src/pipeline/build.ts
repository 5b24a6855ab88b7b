import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.ts';
import type { Entity } from '../model.ts';
import type { BuiltTable, Warehouse } from '../warehouses/warehouse.ts';
import { explainRed } from './explain-checks.ts';
import { findNeverLoaded } from './find-never-loaded.ts';
import { readChecks, type Check } from './read-checks.ts';
import { orderModels, readModels, type Model } from './read-models.ts';
import { assertSeeds, readSeeds } from './read-seeds.ts';
import { openBuildRecord } from './record-build.ts';
import { enterTenant } from './enter-tenant.ts';
import { chooseSnapshot } from './choose-snapshot.ts';
import { runChecks, type CheckResult } from './run-checks.ts';
import { selectModels } from './select-models.ts';

export type BuildDeps = {
  warehouse: Warehouse;
  /** Raw tables of entities that were never read exist, empty, so that every model can be built. */
  entities: readonly Entity[];
  sqlDir: string;
  log: Logger;
  /** Whose build this is: its local date is the last of the marts, and its snapshots are written. */
  tenant: { tenantId: string; timeZone: string };
  /** UTC instant at which the build begins. */
  now: string;
  /** One model (`st_mart.daily_kpis` or `daily_kpis`) with everything it needs; null for all. */
  select: string | null;
  /** Names this build in `st_ops.builds`. Default: a random one. */
  buildId?: string;
  /** Aborted: the build ends, and nothing of it is published. Default: never. */
  signal?: AbortSignal;
};

/** A model that was built and published. */
export type Built = { model: string; rows: number; durationMs: number; sha256: string };

export type BuildResult = {
  built: Built[];
  /** Of the checks that read what was built; none is red. */
  checks: CheckResult[];
  /** Entities of which nothing was ever loaded. */
  neverLoaded: string[];
};

/**
 * The checks that a build of these models runs. One that also reads a model of an earlier build is left out: old and
 * new need not agree.
 */
const chooseChecks = (
  checks: readonly Check[],
  all: readonly Model[],
  chosen: readonly Model[],
): Check[] => {
  if (all.length === chosen.length) return [...checks];
  const names = (models: readonly Model[]): Set<string> => new Set(models.map(({ name }) => name));
  const [known, built] = [names(all), names(chosen)];
  return checks.filter(({ sources }) => {
    const read = sources.filter((source) => known.has(source));
    return read.length > 0 && read.every((source) => built.has(source));
  });
};

const readPlan = async ({ sqlDir, select }: BuildDeps) => {
  const all = orderModels(await readModels(sqlDir));
  const models = select === null ? all : selectModels(all, select);
  const checks = chooseChecks(await readChecks(sqlDir), all, models);
  const seeds = await readSeeds(sqlDir);
  assertSeeds(seeds, models);
  return { models, checks, seeds };
};

type Plan = Awaited<ReturnType<typeof readPlan>>;

const publish = async (plan: Plan, deps: BuildDeps) => {
  const { warehouse } = deps;
  let checks: CheckResult[] = [];
  const tables = await warehouse.buildTables(
    {
      seeds: plan.seeds,
      tables: plan.models.map(({ name, sql, historyColumn, description, columns }) => ({
        ...{ table: name, sql, historyColumn, description, columns },
      })),
      snapshot: await chooseSnapshot(plan.models, deps),
      ...(deps.signal !== undefined && { signal: deps.signal }),
    },
    async (query) => {
      checks = await runChecks(query, plan.checks);
      const red = checks.filter(({ status }) => status === 'red');
      if (red.length > 0) throw explainRed(red);
    },
  );
  return { tables, checks };
};

const toBuilt = (plan: Plan, tables: readonly BuiltTable[]): Built[] =>
  plan.models.map(({ name, sha256 }, index) => {
    const { rows = 0, durationMs = 0 } = tables[index] ?? {};
    return { model: name, rows, durationMs, sha256 };
  });

/**
 * Runs the models in the order of their headers' sources, then the checks, and publishes everything at once or nothing
 * of it: readers see yesterday's tables or today's, never a mixture.
 * @throws ConfigError for a faulty model, check or seed file, or a model that is not known; WarehouseError when SQL
 * fails; CheckError when a check is red; Stopped when the signal was aborted before it was published.
 */
export const build = async (deps: BuildDeps): Promise<BuildResult> => {
  const { warehouse, entities, log, tenant, now, buildId = randomUUID() } = deps;
  const { tenantId } = tenant;
  const plan = await readPlan(deps);
  await warehouse.prepare(entities);
  const leaveTenant = await enterTenant(warehouse, { ...tenant, builtAt: now });
  const record = openBuildRecord(plan.models, { warehouse, tenantId, now, buildId });
  const published = await publish(plan, deps).catch(async (error: unknown) => {
    await leaveTenant();
    await record.failed(error);
    throw error;
  });
  await record.published(published.tables);
  const built = toBuilt(plan, published.tables);
  for (const { model, rows, durationMs } of built) {
    log.info('model built', { model, rows, durationMs });
  }
  for (const { name, status, wrongRows, durationMs } of published.checks) {
    log.debug('check run', { check: name, status, wrongRows, durationMs });
  }
  const neverLoaded = await findNeverLoaded(warehouse, { entities, tenantId });
  return { built, checks: published.checks, neverLoaded };
};
