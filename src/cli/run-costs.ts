import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { readCosts, type Costs } from '../pipeline/read-costs.ts';
import { servicetitanEntities } from '../sources/servicetitan/servicetitan-entities.ts';
import { formatCosts, formatCostsCsv, formatCostsJson } from './format-costs.ts';
import type { Io } from './io.ts';
import { openWarehouse } from './open-pipeline.ts';

export type CostsArguments = { days: number; format: 'table' | 'csv' | 'json' };

const nothing: Costs = {
  steps: [],
  total: { jobs: 0, bytesBilled: 0n, slotMs: 0n, usd: 0n },
};

const assertDays = (days: number): void => {
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return;
  throw new ConfigError(`Cannot use --days ${days}: it must be a whole number from 1 to 36500`);
};

const read = async (
  config: ReturnType<typeof readConfig>,
  asked: { since: Date; usdPerTib: string },
  io: Io,
): Promise<Costs> => {
  if (config.warehouse === 'duckdb') return nothing;
  const warehouse = await openWarehouse(config, io);
  try {
    await warehouse.prepare(servicetitanEntities);
    return await readCosts(warehouse, asked);
  } finally {
    await warehouse.close();
  }
};

const nameDays = (days: number): string => (days === 1 ? 'the last day' : `the last ${days} days`);

const explainNothing = (isFile: boolean, days: number): string =>
  isFile
    ? 'Nothing is billed: the warehouse is a DuckDB file of your own'
    : `Nothing was billed in ${nameDays(days)} that these datasets know of`;

/** `fieldmart costs`: what the warehouse billed, by entity and step. */
export const runCosts = async ({ days, format }: CostsArguments, io: Io): Promise<number> => {
  assertDays(days);
  const config = readConfig(io.env);
  const { usdPerTib } = config.bigquery;
  const since = new Date(io.now().getTime() - days * 86_400_000);
  const costs = await read(config, { since, usdPerTib }, io);
  if (format === 'json') io.out(formatCostsJson(costs, { since, usdPerTib }));
  else if (format === 'csv') io.out(formatCostsCsv(costs));
  else if (costs.steps.length === 0) io.out(explainNothing(config.warehouse === 'duckdb', days));
  else {
    io.out(`Billed in ${nameDays(days)}, at $${usdPerTib} a TiB of queries; loads are free`);
    io.out(formatCosts(costs, io.width));
  }
  return 0;
};
