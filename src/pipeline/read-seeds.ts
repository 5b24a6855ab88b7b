import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ConfigError } from '../errors.ts';
import type { Seed } from '../warehouses/warehouse.ts';
import { listFiles } from './list-files.ts';

/**
 * The seeds: `seeds/business_unit_rollup.csv` is the table `st_ref.seed_business_unit_rollup`.
 * @throws ConfigError when a file is no CSV with one header row and rows of its width.
 */
export const readSeeds = async (sqlDir: string): Promise<Seed[]> => {
  const folder = join(sqlDir, 'seeds');
  const seeds: Seed[] = [];
  for (const file of await listFiles(folder, '.csv')) {
    const [columns, ...rows] = parseCsv(file, await readFile(join(folder, file), 'utf8'));
    if (columns === undefined) {
      throw new ConfigError(`Cannot read seed ${file}: it is empty; give it a header row`);
    }
    seeds.push({ table: `st_ref.seed_${file.slice(0, -'.csv'.length)}`, columns, rows });
  }
  return seeds;
};

const parseCsv = (file: string, text: string): string[][] => {
  try {
    return parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new ConfigError(`Cannot read seed ${file}: ${(error as Error).message}; mend the file`, {
      cause: error,
    });
  }
};
