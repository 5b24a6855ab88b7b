import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Entity } from '../../../src/model.ts';
import { backfill } from '../../../src/pipeline/backfill.ts';
import { build } from '../../../src/pipeline/build.ts';
import { orderModels, readModels } from '../../../src/pipeline/read-models.ts';
import type { PipelineDeps } from '../../../src/pipeline/run-moves.ts';
import { verify } from '../../../src/pipeline/verify.ts';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import {
  openServiceTitan,
  servicetitanEntities as entities,
} from '../../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Value, Warehouse } from '../../../src/warehouses/warehouse.ts';
import { readQueries } from '../../docs/support/read-queries.ts';
import { roundToNine } from '../../support/exact-json.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import type { Rig } from './lab.ts';
import { smallWork } from '../../support/small-work.ts';

const now = new Date('2026-03-10T18:00:00.000Z');
const timeZone = 'America/Phoenix';
/** Even a project of Google's, where each statement takes seconds, is done by then. */
const patienceMs = 3_600_000;
const scale = 0.0002;

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const queries = await readQueries();
const models = orderModels(await readModels('sql')).map(({ name }) => name);

/** Backfill and build, checks included. */
const fill = async (warehouse: Warehouse, sandbox: Sandbox, dir: string): Promise<void> => {
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

const plain = (value: Value): Value =>
  typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? roundToNine(value) : value;

/** What two readings of the source differ in: when, in which load, with how many blanks. */
const unlike = ({ key }: Entity): string[] => [
  ...['payload', '_extracted_at', '_load_id'],
  ...(key.kind === 'id' ? [] : ['_key']),
];

const toText = (row: Row): string =>
  JSON.stringify(
    Object.entries(row)
      .map(([name, value]) => [name, plain(value)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const read = async (
  warehouse: Warehouse,
  table: string,
  without: readonly string[] = [],
): Promise<string[]> => {
  const rows = await warehouse.query(`select * from ${table}`);
  const keep = ([name]: [string, Value]): boolean => !without.includes(name);
  return rows.map((row) => toText(Object.fromEntries(Object.entries(row).filter(keep)))).sort();
};

/** A small company, backfilled and built in DuckDB and in the rig's warehouse: every table holds the same. */
export const describeCompany = (rig: Rig): void => {
  let sandbox: Sandbox;
  let duckdb: Warehouse;
  let other: Warehouse;

  beforeAll(async () => {
    const dir = await makeTempDir();
    sandbox = await startSandbox({ scale, now: () => now });
    const place = { datasetPrefix: 'trial_', now: () => now, ...smallWork };
    duckdb = await openDuckdb({ ...place, path: join(dir, 'company.duckdb') });
    other = await (await rig.openPlace('trial_')).open(() => now);
    await fill(duckdb, sandbox, dir);
    await fill(other, sandbox, dir);
  }, patienceMs);

  afterAll(async () => {
    await other.close();
    await duckdb.close();
    await sandbox.close();
  });

  describe('both warehouses hold the same', () => {
    test.each(entities.map((entity) => [entity.table, entity] as const))(
      '%s',
      async (table, entity) => {
        const stored = await read(other, `st_raw.${table}`, unlike(entity));
        expect(stored).toEqual(await read(duckdb, `st_raw.${table}`, unlike(entity)));
      },
    );

    test.each(models)('%s', async (model) => {
      expect(await read(other, model)).toEqual(await read(duckdb, model));
    });
  });

  test.each(queries)('a query of docs/analysts.md: $title', async ({ sql }) => {
    const rows = await other.query(sql);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(toText)).toEqual((await duckdb.query(sql)).map(toText));
  });

  test('verify finds the ledger equal to the tables', async () => {
    const { tenantId } = sandbox.credentials;
    const verified = await verify(other, { entities, tenantId });
    expect(verified.filter(({ ok }) => !ok)).toEqual([]);
  });
};
