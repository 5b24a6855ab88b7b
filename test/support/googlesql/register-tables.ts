import { promisify } from 'node:util';
import type { Engine } from './analyze.ts';
import type { GooglesqlApi } from './start-googlesql.ts';
import { nestTables, type Table } from './tables.ts';

/** As it says it: the server counts from 0. */
type CatalogId = NonNullable<Parameters<GooglesqlApi['unregisterCatalog']>[0]['registeredId']>;

/** Each holds all functions of the language: a few megabytes. */
const catalogsMax = 8;

let tablesSeen = 0;
const numbers = new WeakMap<Table, number>();

const numberOf = (table: Table): number => {
  const number = numbers.get(table) ?? (tablesSeen += 1);
  numbers.set(table, number);
  return number;
};

const register = async ({ api, options }: Engine, tables: readonly Table[]): Promise<CatalogId> => {
  const answer = await promisify(api.registerCatalog.bind(api))({
    simpleCatalog: {
      ...nestTables(tables),
      builtinFunctionOptions: { languageOptions: options.languageOptions ?? null },
    },
  });
  return answer?.registeredId ?? 0;
};

/** The catalogs that each server holds, the oldest first. */
const held = new WeakMap<GooglesqlApi, Map<string, Promise<CatalogId>>>();

/**
 * A catalog of these tables and no others, which the server keeps for the next statements about the same ones: to make
 * its functions anew for each takes longer than most statements. The same tables are the same objects.
 */
export const registerTables = async (
  engine: Engine,
  tables: readonly Table[],
): Promise<CatalogId> => {
  const { api } = engine;
  const catalogs = held.get(api) ?? new Map<string, Promise<CatalogId>>();
  held.set(api, catalogs);
  const key = tables.map(numberOf).join();
  const found = catalogs.get(key) ?? register(engine, tables);
  // The one that was asked for last is the last to go.
  catalogs.delete(key);
  catalogs.set(key, found);
  const [oldest] = catalogs;
  if (catalogs.size > catalogsMax && oldest !== undefined) {
    catalogs.delete(oldest[0]);
    await promisify(api.unregisterCatalog.bind(api))({ registeredId: await oldest[1] });
  }
  return found;
};
