import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { backfill } from '../../src/pipeline/backfill.ts';
import { sync } from '../../src/pipeline/sync.ts';
import type { PipelineDeps } from '../../src/pipeline/run-moves.ts';
import { verify } from '../../src/pipeline/verify.ts';
import type { Source } from '../../src/model.ts';
import { openServiceTitan, servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { startJobsServer, type JobsServer, type ServedJob } from './support/jobs-server.ts';
import { smallWork } from '../support/small-work.ts';

const hour = 3_600_000;
const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

const entityNamed = (name: string) => {
  const entity = servicetitanEntities.find((one) => one.name === name);
  if (entity === undefined) throw new Error(`no entity ${name}`);
  return entity;
};
const jobs = entityNamed('jobs');
const types = entityNamed('payment-types');

let closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

/** A machine with its own clock, reading a server with another, into a warehouse. */
const openMachine = async (server: JobsServer, warehouse: Warehouse, now: () => number) => {
  const source: Source = openServiceTitan({
    ...{ baseUrl: server.url, authUrl: `${server.url}/token`, tenantId: '1' },
    ...{ clientId: 'cid', clientSecret: 'secret', appKey: 'key', requestsPerSecond: 1000 },
    now,
  });
  closers.push(source.close);
  const warnings: string[] = [];
  const deps: PipelineDeps = {
    source,
    warehouse,
    spoolDir: join(await makeTempDir(), 'spool'),
    batchBytesMax: 200_000,
    log: { ...log, warn: (message: string) => void warnings.push(message) },
    signal: new AbortController().signal,
    onProgress: quiet,
    onCommitted: () => Promise.resolve(),
    runId: 'run',
    streamsInFlight: 4,
    readsInFlight: 4,
    clock: () => new Date(now()),
  };
  const present = (): string => new Date(now()).toISOString();
  const expectOk = ({ outcomes }: Awaited<ReturnType<typeof sync>>): void => {
    expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  };
  return {
    warnings,
    backfill: async (
      entities = [jobs],
      from = '2024-01-01T07:00:00.000Z',
      timeZone = 'America/Phoenix',
    ) => {
      const range = { from, to: null, timeZone, force: false };
      expectOk(await backfill(entities, { ...range, now: present() }, deps));
    },
    sync: async (entities = [jobs]) => {
      expectOk(await sync(entities, { now: present(), since: null, lookbackMs: 0 }, deps));
    },
  };
};

const openWarehouse = async (): Promise<Warehouse> => {
  const path = join(await makeTempDir(), 'time.duckdb');
  const warehouse = await openDuckdb({
    path,
    datasetPrefix: '',
    now: () => new Date(),
    ...smallWork,
  });
  await warehouse.prepare([jobs, types]);
  closers.push(warehouse.close);
  return warehouse;
};

const openServer = async (
  now: () => number,
  more: { offsetHours?: number; exportPageSize?: number } = {},
) => {
  const server = await startJobsServer({ now, ...more });
  closers.push(server.close);
  return server;
};

/** Every job of the server stands in the table once, as it is there now. */
const expectSame = async (warehouse: Warehouse, server: JobsServer): Promise<void> => {
  const rows = await warehouse.query('select payload from st_raw.raw_jobs order by id');
  const served = [...server.jobs.values()].sort((a, b) => a.id - b.id);
  expect(rows.map(({ payload }) => payload)).toEqual(served.map((job) => JSON.stringify(job)));
  const verified = await verify(warehouse, { entities: [jobs], tenantId: '1' });
  expect(verified.filter(({ ok }) => !ok)).toEqual([]);
};

const jobAt = (id: number, stamp: string, more: Partial<ServedJob> = {}): ServedJob => ({
  id,
  createdOn: stamp,
  modifiedOn: stamp,
  ...more,
});

const march15 = Date.parse('2024-03-15T12:00:00Z');

describe('equal stamps on 10,000 records', () => {
  test('lose none and double none, across page, batch and window borders', async () => {
    const server = await openServer(() => march15);
    // Phoenix's month begins at 07:00: a third just before, a third on the border, a third just after.
    const stamps = ['06:59:59.9999999', '07:00:00', '07:00:00.0000001'];
    const shared = '2024-03-01T08:00:00.1234567Z';
    server.put(
      ...Array.from({ length: 10_000 }, (_, index) => {
        const createdOn = `2024-03-01T${stamps[index % 3] ?? ''}Z`;
        return { id: index + 1, createdOn, modifiedOn: shared };
      }),
    );
    const warehouse = await openWarehouse();
    const machine = await openMachine(server, warehouse, () => march15);
    await machine.backfill();
    await expectSame(warehouse, server);
    // All of them change at one instant; then half of them once more, at the very same.
    const at = '2024-03-15T12:00:00.7654321Z';
    const changed = [...server.jobs.values()].map((job) => ({
      ...job,
      modifiedOn: at,
      jobNumber: 'a',
    }));
    server.put(...changed);
    await machine.sync();
    await expectSame(warehouse, server);
    server.put(
      ...changed.filter(({ id }) => id % 2 === 0).map((job) => ({ ...job, jobNumber: 'b' })),
    );
    await machine.sync();
    await expectSame(warehouse, server);
  });
});

describe('a record at each border of a window, a tick before it and a tick after, is stored once', () => {
  /** Local midnights: months, the year's end, 29 February, and the days on which the clocks change. */
  test.each([
    [
      'America/Phoenix',
      ['2023-12-31T07:00:00', '2024-01-01T07:00:00', '2024-02-29T07:00:00', '2024-03-01T07:00:00'],
    ],
    [
      'America/Denver',
      [
        '2023-11-01T06:00:00',
        '2023-11-05T08:00:00',
        '2023-12-01T07:00:00',
        '2024-01-01T07:00:00',
        '2024-02-29T07:00:00',
        '2024-03-01T07:00:00',
        '2024-03-10T09:00:00',
      ],
    ],
    [
      'Europe/Berlin',
      [
        '2023-10-29T01:00:00',
        '2023-10-31T23:00:00',
        '2023-12-31T23:00:00',
        '2024-02-28T23:00:00',
        '2024-02-29T23:00:00',
      ],
    ],
  ])('%s', async (timeZone, borders) => {
    const server = await openServer(() => march15);
    const stamps = borders.flatMap((border) => {
      const before = new Date(Date.parse(`${border}Z`) - 1000).toISOString().slice(0, 19);
      return [`${before}.9999999Z`, `${border}Z`, `${border}.0000000Z`, `${border}.0000001Z`];
    });
    server.put(...stamps.map((stamp, index) => jobAt(index + 1, stamp)));
    const warehouse = await openWarehouse();
    const machine = await openMachine(server, warehouse, () => march15);
    await machine.backfill([jobs], '2023-10-01T00:00:00.000Z', timeZone);
    await expectSame(warehouse, server);
    const [sum] = await warehouse.query(
      `select sum(rows) as n from st_ops.ledger where stream like 'backfill 20%'`,
    );
    expect(Number(sum?.n)).toBe(stamps.length);
  });
});

describe('a machine whose clock is wrong loses nothing between backfill and sync', () => {
  test.each([
    ['50 hours ahead', 50],
    ['20 days ahead', 480],
    ['5 hours ahead', 5],
    ['5 hours behind', -5],
    ['50 hours behind', -50],
  ])('%s', async (_name, hours) => {
    let time = march15;
    const server = await openServer(() => time, { offsetHours: -7 });
    server.put(jobAt(1, '2024-02-01T12:00:00Z'), jobAt(2, '2024-03-15T11:59:00Z'));
    const warehouse = await openWarehouse();
    const machine = await openMachine(server, warehouse, () => time + hours * hour);
    await machine.backfill();
    const after = (minutes: number): string => new Date(march15 + minutes * 60_000).toISOString();
    server.put(jobAt(3, after(1)), { ...jobAt(1, '2024-02-01T12:00:00Z'), modifiedOn: after(2) });
    time += 2 * hour;
    server.put(jobAt(4, after(90)));
    await machine.sync();
    await expectSame(warehouse, server);
    expect(machine.warnings[0]).toMatch(/clock is wrong/);
    // And where the clock was set right meanwhile.
    const right = await openMachine(server, warehouse, () => time);
    time += hour;
    server.put(jobAt(5, after(170)));
    await right.backfill();
    await right.sync();
    await expectSame(warehouse, server);
  });
});

describe('two machines, the clock of the first hours ahead', () => {
  test('the later word wins, and what is gone is marked', async () => {
    let time = march15;
    const server = await openServer(() => time);
    const warehouse = await openWarehouse();
    const ahead = await openMachine(server, warehouse, () => time + 5 * hour);
    const right = await openMachine(server, warehouse, () => time);
    server.setTypes([
      { id: 1, name: 'Cash' },
      { id: 2, name: 'Check' },
    ]);
    await ahead.sync([types]);
    time += hour;
    server.setTypes([{ id: 1, name: 'Cash money' }]);
    await right.sync([types]);
    expect(
      await warehouse.query('select id, name, _deleted from st_raw.raw_payment_types order by id'),
    ).toEqual([
      { id: 1, name: 'Cash money', _deleted: false },
      { id: 2, name: 'Check', _deleted: true },
    ]);
  });
});
