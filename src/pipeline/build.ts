import type { Logger } from '../logger.ts';
import type { Entity } from '../model.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import { orderModels, readModels, readSeeds } from './read-models.ts';

/** A model that was built. */
export type Built = { model: string; rows: number; sha256: string };

export type BuildDeps = {
  warehouse: Warehouse;
  /** Raw tables of entities that were never read exist, empty, so that every model can be built. */
  entities: readonly Entity[];
  sqlDir: string;
  log: Logger;
};

/**
 * Runs the models in the order of their headers' sources, all in one transaction: readers see yesterday's tables or
 * today's, never a mixture.
 * @throws ConfigError for a faulty model or seed file; WarehouseError when SQL fails.
 */
export const build = async ({ warehouse, entities, sqlDir, log }: BuildDeps): Promise<Built[]> => {
  const models = orderModels(await readModels(sqlDir));
  const seeds = await readSeeds(sqlDir);
  await warehouse.prepare(entities);
  for (const { name, columns, rows } of seeds) await warehouse.replaceRows(name, columns, rows);
  await warehouse.transact(
    models.map(({ name, sql }) => `create or replace table ${name} as\n${sql}`),
  );
  const built: Built[] = [];
  for (const { name, sha256 } of models) {
    const [row] = await warehouse.query(`select count(*) as n from ${name}`);
    const rows = Number(row?.n ?? 0);
    log.info('model built', { model: name, rows });
    built.push({ model: name, rows, sha256 });
  }
  return built;
};
