import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Column, Entity, Source } from '../src/model.ts';
import { backfill } from '../src/pipeline/backfill.ts';
import type { ServiceTitanEntity } from '../src/sources/servicetitan/entity.ts';
import { entities as contracts } from '../src/sources/servicetitan/entities/index.ts';
import { openServiceTitan } from '../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../src/warehouses/warehouse.ts';
import { startFixtureServer, type FixtureServer, type Route } from './support/fixture-server.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { smallWork } from './support/small-work.ts';

type Json = Record<string, unknown>;

const folder = 'test/fixtures/servicetitan';
const readFixture = (name: string): Promise<string> =>
  readFile(join(folder, `${name}.json`), 'utf8');

const routesOf = async ({ name, list, export: feed }: ServiceTitanEntity): Promise<Route[]> => {
  const records = await readFixture(name);
  const at = (path: string): string => path.replace('{tenant}', '1234');
  return [
    ...(list === undefined ? [] : [{ path: at(list.path), envelope: 'list' as const, records }]),
    ...(feed === undefined ? [] : [{ path: at(feed.path), envelope: 'export' as const, records }]),
  ];
};

let server: FixtureServer;
let warehouse: Warehouse;
let source: Source;

beforeAll(async () => {
  const dir = await makeTempDir();
  server = await startFixtureServer((await Promise.all(contracts.map(routesOf))).flat());
  warehouse = await openDuckdb({
    path: join(dir, 'fixtures.duckdb'),
    datasetPrefix: '',
    now: () => new Date(),
    ...smallWork,
  });
  source = openServiceTitan({
    baseUrl: server.url,
    authUrl: `${server.url}/connect/token`,
    tenantId: '1234',
    clientId: 'cid',
    clientSecret: 'secret',
    appKey: 'key',
    requestsPerSecond: 1000,
  });
  await warehouse.prepare(source.entities);
  const now = '2024-03-20T00:00:00.000Z';
  const quiet = () => undefined;
  const result = await backfill(
    source.entities,
    { from: '2024-03-01T07:00:00.000Z', to: now, now, timeZone: 'America/Phoenix', force: false },
    {
      source,
      warehouse,
      spoolDir: join(dir, 'spool'),
      batchBytesMax: 1_000_000,
      log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
      signal: new AbortController().signal,
      onProgress: quiet,
      onCommitted: () => Promise.resolve(),
      runId: 'run',
      streamsInFlight: 16,
      readsInFlight: 4,
      clock: () => new Date(now),
    },
  );
  expect(result.outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
});

afterAll(async () => {
  await source.close();
  await warehouse.close();
  await server.close();
});

const valueAt = (record: Json, path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], record);

/** Decimals are compared as the text of nine decimals that the column keeps; fixtures stay within a double. */
const expected = (value: unknown, type: Column['type']): unknown => {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'decimal':
    case 'decimalText':
    case 'float64':
      return Number(Number(value).toFixed(9));
    case 'timestamp':
      return typeof value === 'string' ? Math.floor(Date.parse(value)) : 'no text';
    case 'int64':
      return Number(value);
    case 'bool':
    case 'string':
      return value;
  }
};

const found = (row: Row, { name, type }: Column): unknown => {
  const value = row[name] ?? null;
  if (value === null || type === 'bool' || type === 'string') return value;
  return type === 'timestamp' ? Math.floor(Date.parse(String(value))) : Number(value);
};

const storedRows = async ({ table }: Entity): Promise<Row[]> =>
  warehouse.query(`select * from st_raw.${table} order by payload`);

test('every entity has a fixture, and every fixture an entity', async () => {
  const files = await readdir(folder);
  expect(files.sort()).toEqual(contracts.map(({ name }) => `${name}.json`).sort());
});

describe.each(contracts.map((contract) => [contract.name, contract] as const))(
  '%s',
  (name, contract) => {
    const entityOf = (): Entity => {
      const entity = source.entities.find((one) => one.name === name);
      if (entity === undefined) throw new Error(`no entity ${name}`);
      return entity;
    };

    test('its records are stored as received, less what is dropped', async () => {
      const records = JSON.parse(await readFixture(name)) as Json[];
      const dropped = contract.drop ?? [];
      const kept = records.map((record) =>
        Object.fromEntries(Object.entries(record).filter(([field]) => !dropped.includes(field))),
      );
      const payloads = (await storedRows(entityOf())).map(
        ({ payload }) => JSON.parse(String(payload)) as Json,
      );
      const byText = (a: Json, b: Json): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      expect(payloads.sort(byText)).toEqual(kept.sort(byText));
    });

    test('every column holds its field', async () => {
      const { columns } = entityOf();
      for (const row of await storedRows(entityOf())) {
        const record = JSON.parse(String(row.payload)) as Json;
        for (const column of columns) {
          const value = expected(valueAt(record, column.path), column.type);
          expect({ column: column.name, value: found(row, column) }).toEqual({
            column: column.name,
            value,
          });
        }
      }
    });

    test('every field of the contract is in the fixture, not only as null', async () => {
      const records = JSON.parse(await readFixture(name)) as Json[];
      const fields = Object.keys({ ...contract.fields, ...contract.exportFields });
      const missing = fields.filter((field) =>
        records.every((record) => (valueAt(record, field.split('.')) ?? null) === null),
      );
      expect(missing).toEqual([]);
    });
  },
);
