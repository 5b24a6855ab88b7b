import { join } from 'node:path';
import { build } from '../../../../src/pipeline/build.ts';
import { servicetitanEntities as entities } from '../../../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Value, Warehouse } from '../../../../src/warehouses/warehouse.ts';
import { builds, twoCompanies } from '../../../sql/support/two-companies.ts';
import { copyMade } from '../../../support/copy-made.ts';
import { smallWork } from '../../../support/small-work.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

const literal = (value: Value): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

const toInsert = ({ table, row }: { table: string; row: Row }): string => {
  const names = Object.keys(row).map((name) => `"${name}"`);
  return `insert into ${table} (${names.join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
};

const open = (path: string): Promise<Warehouse> =>
  openDuckdb({ path, datasetPrefix: '', now: () => new Date(), ...smallWork });

const makeCompanies = async (path: string): Promise<void> => {
  const warehouse = await open(path);
  await warehouse.prepare(entities);
  await warehouse.execute(twoCompanies.map(toInsert).join(';\n'));
  for (const one of builds) {
    await build({ warehouse, entities, sqlDir: 'sql', log, select: null, ...one });
  }
  await warehouse.close();
};

/**
 * A database in which two awkward companies (tenants 1 and 2) and an empty one (tenant 3) were built. Tenant 1 was
 * built last, on Monday 2024-04-01 in Phoenix; its first record is of 2024-03-04. Six suites want one: the first that
 * asks makes it, with the models of this run, and each has a copy of its own.
 */
export const openCompanies = async (): Promise<{ warehouse: Warehouse; path: string }> => {
  const path = join(await makeTempDir(), 'companies.duckdb');
  await copyMade('companies.duckdb', path, makeCompanies);
  return { warehouse: await open(path), path };
};
