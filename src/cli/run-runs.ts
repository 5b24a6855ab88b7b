import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { readRuns } from '../pipeline/read-runs.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { addNextSteps, formatRuns } from './format-runs.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

export type RunsArguments = { limit: number; days: number };

const assertWhole = (option: string, value: number, most: number): void => {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ConfigError(
    `Cannot use ${option} ${value}: it must be a whole number from 1 to ${most}`,
  );
};

/** `fieldmart runs`: the latest backfills, syncs and builds, and what to do about those that failed. */
export const runRuns = async ({ limit, days }: RunsArguments, io: Io): Promise<number> => {
  assertWhole('--limit', limit, 1000);
  assertWhole('--days', days, 36_500);
  const { tenantId, ...config } = readConfig(io.env);
  const now = io.now();
  const warehouse = await openWarehouse({ ...config, tenantId }, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    const runs = await readRuns(warehouse, {
      tenantId,
      limit,
      since: new Date(now.getTime() - days * 86_400_000).toISOString(),
      now: now.toISOString(),
      // The embedded file lets one process in, and that is this one.
      isAlone: warehouse.kind === 'duckdb',
    });
    if (io.json) io.out(JSON.stringify(addNextSteps(runs)));
    else if (runs.length > 0) io.out(formatRuns(runs, io.width));
    else io.out(`No run of tenant ${tenantId} in the last ${days} days; see fieldmart progress`);
    return 0;
  } finally {
    await warehouse.close();
  }
};
