import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { batchBytesMaxDefault, readsInFlightMax, streamsInFlightMax } from '../../src/limits.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { PipelineDeps } from '../../src/pipeline/run-moves.ts';
import { sync } from '../../src/pipeline/sync.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openServiceTitan } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/**
 * What the speed rests on, in counts, which no noise of the machine moves: requests, pages fetched again, bytes in
 * flight, commits.
 */
const now = '2024-06-10T18:00:00.000Z';
const clock = (): Date => new Date(now);
const quiet = (): void => undefined;

let sandbox: Sandbox;
let deps: PipelineDeps;
let close: () => Promise<void>;
let commits = 0;
let reads = { now: 0, most: 0 };

beforeAll(async () => {
  const dir = await makeTempDir();
  sandbox = await startSandbox({ scale: 0.002, now: clock });
  const { url, credentials } = sandbox;
  const source = openServiceTitan({
    baseUrl: url,
    authUrl: `${url}/connect/token`,
    ...credentials,
    requestsPerSecond: 1000,
  });
  const warehouse = await openDuckdb({
    path: join(dir, 'x.duckdb'),
    datasetPrefix: '',
    now: clock,
  });
  await warehouse.prepare(source.entities);
  const readPage: typeof source.readPage = async (...args) => {
    reads = { now: reads.now + 1, most: Math.max(reads.most, reads.now + 1) };
    try {
      return await source.readPage(...args);
    } finally {
      reads.now -= 1;
    }
  };
  deps = {
    source: { ...source, readPage },
    warehouse,
    spoolDir: join(dir, 'spool'),
    batchBytesMax: batchBytesMaxDefault,
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
    signal: new AbortController().signal,
    onProgress: quiet,
    onCommitted: () => {
      commits += 1;
      return Promise.resolve();
    },
    runId: 'run',
    streamsInFlight: streamsInFlightMax,
    readsInFlight: readsInFlightMax,
    clock,
  };
  close = async () => {
    await source.close();
    await warehouse.close();
    await sandbox.close();
  };
});

afterAll(() => close());

/** Runs, and counts what it asked for: each address, and how often. */
const counted = async (run: () => Promise<{ outcomes: { outcome: string }[] }>) => {
  sandbox.resetRequests();
  commits = 0;
  const { outcomes } = await run();
  expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  const { log, byEntity, tokens } = sandbox.requests();
  return { requests: log.length, again: log.length - new Set(log).size, byEntity, tokens };
};

const from = '2024-01-01T07:00:00.000Z';
const range = { from, to: null, now, timeZone: 'America/Phoenix', force: false };
const options = { now, since: null, lookbackMs: 86_400_000 };

test('a backfill asks once for each page, a page for each window, and commits few times', async () => {
  const { entities } = deps.source;
  const { requests, again, byEntity, tokens } = await counted(() =>
    backfill(entities, range, deps),
  );
  expect(again).toBe(0);
  expect(tokens).toBeLessThanOrEqual(1);
  const months = 6;
  // One more for a feed, or where windows reach ahead, one for the day before that calendar dates may fall on.
  const most = entities.filter(({ name, windows }) => {
    const count = byEntity[name] ?? 0;
    return count > Math.ceil(months / windows.months) + 2;
  });
  expect(most).toEqual([]);
  expect(requests).toBeLessThanOrEqual(2 * entities.length + months);
  expect(reads.most).toBeLessThanOrEqual(readsInFlightMax);
  // Batches of an entity wait for each other: hardly more than a commit each, and one for the feeds.
  expect(commits).toBeLessThanOrEqual(2 * entities.length);
});

test('a sync in which nothing changed asks once for each entity and commits nothing', async () => {
  const { entities } = deps.source;
  await sync(entities, options, deps);
  const { again, byEntity, tokens } = await counted(() => sync(entities, options, deps));
  expect(again).toBe(0);
  expect(tokens).toBe(0);
  expect(Object.entries(byEntity).filter(([, count]) => count > 1)).toEqual([]);
  expect(commits).toBe(0);
});
