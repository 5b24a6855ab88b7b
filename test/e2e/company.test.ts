import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Source } from '../../src/model.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { PipelineDeps } from '../../src/pipeline/run-moves.ts';
import { sync } from '../../src/pipeline/sync.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { entities as contracts } from '../../src/sources/servicetitan/entities/index.ts';
import { openServiceTitan, servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { compareTruth } from '../support/compare-truth.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

const now = new Date('2026-03-10T18:00:00.000Z');
/** 1 is the whole reference company; it takes minutes: FIELDMART_E2E_SCALE=1 npm test -- test/e2e */
const scale = Number(process.env.FIELDMART_E2E_SCALE ?? 0.002);
const patienceMs = 120_000 + scale * 1_800_000;

const names = servicetitanEntities.map(({ name }) => name);

let sandbox: Sandbox;
let source: Source;
let warehouse: Warehouse;
let deps: PipelineDeps;

beforeAll(async () => {
  const dir = await makeTempDir();
  sandbox = await startSandbox({ scale, now: () => now });
  source = openServiceTitan({
    baseUrl: sandbox.url,
    authUrl: `${sandbox.url}/connect/token`,
    ...sandbox.credentials,
    requestsPerSecond: 1000,
  });
  const path = join(dir, 'company.duckdb');
  warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => now, ...smallWork });
  await warehouse.prepare(source.entities);
  const quiet = () => undefined;
  deps = {
    source,
    warehouse,
    spoolDir: join(dir, 'spool'),
    batchBytesMax: 64 * 1024 * 1024,
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
    signal: new AbortController().signal,
    onProgress: quiet,
    onCommitted: () => Promise.resolve(),
    runId: 'run',
    streamsInFlight: 32,
    readsInFlight: 4,
    clock: () => now,
  };
  const from = '2018-01-01T07:00:00.000Z';
  const range = {
    from,
    to: null,
    now: now.toISOString(),
    timeZone: 'America/Phoenix',
    force: false,
  };
  const { outcomes } = await backfill(source.entities, range, deps);
  expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
}, patienceMs);

afterAll(async () => {
  await source.close();
  await warehouse.close();
  await sandbox.close();
});

const faultsOf = async (name: string): Promise<string[]> => {
  const entity = servicetitanEntities.find((one) => one.name === name);
  if (entity === undefined) throw new Error(`no entity ${name}`);
  const truth = { list: sandbox.truth(name, 'list'), export: sandbox.truth(name, 'export') };
  const dropped = contracts.find((one) => one.name === name)?.drop;
  return compareTruth(warehouse, entity, truth, dropped);
};

const syncAll = async (): Promise<void> => {
  const options = { now: now.toISOString(), since: null, lookbackMs: 86_400_000 };
  const { outcomes } = await sync(source.entities, options, deps);
  expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
};

const expectLedgerTrue = async (): Promise<void> => {
  const options = { entities: source.entities, tenantId: source.tenantId };
  expect((await verify(warehouse, options)).filter(({ ok }) => !ok)).toEqual([]);
};

describe('after a backfill', () => {
  test.each(names)(
    '%s is what the source says, field by field',
    async (name) => {
      expect(await faultsOf(name)).toEqual([]);
    },
    patienceMs,
  );

  test('the ledger agrees with the tables', expectLedgerTrue);
});

describe('after time has passed and a sync', () => {
  beforeAll(async () => {
    sandbox.advance({ hours: 72 });
    await syncAll();
    sandbox.advance({ hours: 24 });
    await syncAll();
  }, patienceMs);

  test.each(names)(
    '%s is what the source says, field by field',
    async (name) => {
      expect(await faultsOf(name)).toEqual([]);
    },
    patienceMs,
  );

  test('the ledger agrees with the tables', expectLedgerTrue);

  test('another sync finds nothing new, asks once per entity and commits nothing', async () => {
    const before = await warehouse.readControls(source.tenantId);
    sandbox.resetRequests();
    await syncAll();
    const { total, tokens } = sandbox.requests();
    expect(total - tokens).toBeLessThanOrEqual(names.length);
    expect(await warehouse.readControls(source.tenantId)).toEqual(before);
  });
});
