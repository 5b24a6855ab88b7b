import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Seed } from '../warehouses/warehouse.ts';
import { findSeedFaults } from './check-seeds.ts';
import { listFiles } from './list-files.ts';
import { parseCsv } from './parse-csv.ts';
import type { Model } from './read-models.ts';

const toError = (faults: readonly string[]): ConfigError =>
  new ConfigError(
    `Cannot use the seeds: ${faults.length} fault(s); mend these lines:\n${faults.join('\n')}`,
  );

/**
 * The seeds: `seeds/business_unit_rollup.csv` is the table `st_ref.seed_business_unit_rollup`.
 * @throws ConfigError that lists every fault of every file, with its line.
 */
export const readSeeds = async (sqlDir: string): Promise<Seed[]> => {
  const folder = join(sqlDir, 'seeds');
  const seeds: Seed[] = [];
  const faults: string[] = [];
  for (const file of await listFiles(folder, '.csv')) {
    const name = file.slice(0, -'.csv'.length);
    const csv = parseCsv(await readFile(join(folder, file), 'utf8'));
    for (const { line, reason } of findSeedFaults(name, csv)) {
      faults.push(`  ${join(basename(sqlDir), 'seeds', file)} line ${line}: ${reason}`);
    }
    const rows = csv.rows.map(({ cells }) => cells);
    seeds.push({ table: `st_ref.seed_${name}`, columns: csv.columns, rows });
  }
  if (faults.length > 0) throw toError(faults);
  return seeds;
};

const seedTable = 'st_ref.seed_';

/**
 * Holds that every seed that the models read is there.
 * @throws ConfigError naming the file that is missing, and a model that reads it.
 */
export const assertSeeds = (seeds: readonly Seed[], models: readonly Model[]): void => {
  const known = new Set(seeds.map(({ table }) => table));
  for (const { name, sources } of models) {
    const missing = sources.find((source) => source.startsWith(seedTable) && !known.has(source));
    if (missing === undefined) continue;
    throw new ConfigError(
      `Cannot build ${name}: the seed ${missing.slice(seedTable.length)}.csv, which it reads, is missing; restore it`,
    );
  }
};
