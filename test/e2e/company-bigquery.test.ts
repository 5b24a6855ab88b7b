import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Entity } from '../../src/model.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import { build } from '../../src/pipeline/build.ts';
import { orderModels, readModels } from '../../src/pipeline/read-models.ts';
import type { PipelineDeps } from '../../src/pipeline/run-moves.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import {
  openServiceTitan,
  servicetitanEntities as entities,
} from '../../src/sources/servicetitan/index.ts';
import { openBigquery } from '../../src/warehouses/bigquery/open-bigquery.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Value, Warehouse } from '../../src/warehouses/warehouse.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { roundToNine } from '../support/exact-json.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const now = new Date('2026-03-10T18:00:00.000Z');
const timeZone = 'America/Phoenix';
const patienceMs = 600_000;
const scale = 0.0002;

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const models = orderModels(await readModels('sql')).map(({ name }) => name);

let sandbox: Sandbox;
let server: Bigquery;
let warehouses: { duckdb: Warehouse; bigquery: Warehouse };

/** Backfill and build, checks included: what one warehouse makes of the source, the other makes too. */
const fill = async (warehouse: Warehouse, dir: string): Promise<void> => {
  const source = openServiceTitan({
    baseUrl: sandbox.url,
    authUrl: `${sandbox.url}/connect/token`,
    ...sandbox.credentials,
    requestsPerSecond: 1000,
  });
  const deps: PipelineDeps = {
    ...{ source, warehouse, log, runId: 'run', spoolDir: join(dir, warehouse.kind) },
    batchBytesMax: 64 * 1024 * 1024,
    signal: new AbortController().signal,
    onProgress: quiet,
    onCommitted: () => Promise.resolve(),
    streamsInFlight: 32,
    readsInFlight: 4,
    clock: () => now,
  };
  await warehouse.prepare(entities);
  const from = '2025-10-01T07:00:00.000Z';
  const range = { from, to: null, now: now.toISOString(), timeZone, force: false };
  const { outcomes } = await backfill(source.entities, range, deps);
  expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  const tenant = { tenantId: source.tenantId, timeZone };
  const built = { warehouse, entities, sqlDir: 'sql', log, tenant, select: null };
  await build({ ...built, now: now.toISOString() });
  await source.close();
};

beforeAll(async () => {
  const dir = await makeTempDir();
  sandbox = await startSandbox({ scale, now: () => now });
  server = await startBigquery();
  const place = { datasetPrefix: 'trial_', now: () => now };
  warehouses = {
    duckdb: await openDuckdb({ ...place, path: join(dir, 'company.duckdb') }),
    bigquery: await openBigquery({
      ...{ ...place, project: server.projectId, location: 'US', apiEndpoint: server.url },
      maxBytesBilled: 2 ** 30,
    }),
  };
  await fill(warehouses.duckdb, dir);
  await fill(warehouses.bigquery, dir);
}, patienceMs);

afterAll(async () => {
  await warehouses.bigquery.close();
  await warehouses.duckdb.close();
  await server.close();
  await sandbox.close();
});

const plain = (value: Value): Value =>
  typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? roundToNine(value) : value;

/** What the two readings of the source differ in: when, in which load, with how many blanks. */
const unlike = ({ key }: Entity): string[] => [
  ...['payload', '_extracted_at', '_load_id'],
  ...(key.kind === 'id' ? [] : ['_key']),
];

const read = async (
  warehouse: Warehouse,
  table: string,
  without: readonly string[] = [],
): Promise<string[]> => {
  const rows = await warehouse.query(`select * from ${table}`);
  return rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name]) => !without.includes(name))
          .map(([name, value]) => [name, plain(value)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    )
    .sort();
};

describe('both warehouses hold the same', () => {
  test.each(entities.map((entity) => [entity.table, entity] as const))(
    '%s',
    async (table, entity) => {
      const stored = await read(warehouses.bigquery, `st_raw.${table}`, unlike(entity));
      expect(stored).toEqual(await read(warehouses.duckdb, `st_raw.${table}`, unlike(entity)));
    },
  );

  test.each(models)('%s', async (model) => {
    const stored = await read(warehouses.bigquery, model);
    expect(stored).toEqual(await read(warehouses.duckdb, model));
  });
});

test('verify finds the ledger equal to the tables', async () => {
  const verified = await verify(warehouses.bigquery, {
    entities,
    tenantId: sandbox.credentials.tenantId,
  });
  expect(verified.filter(({ ok }) => !ok)).toEqual([]);
});
