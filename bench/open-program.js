/** Source, warehouse and pipeline of a benchmark, wired as the command line does it. */
import { openServiceTitan } from '../dist/sources/servicetitan/index.js';
import { batchBytesMaxDefault, readsInFlightMax, streamsInFlightMax } from '../dist/limits.js';
import { openDuckdb } from '../dist/warehouses/duckdb/open-duckdb.js';
import { join } from 'node:path';

const quiet = () => undefined;
const log = { error: console.error, warn: quiet, info: quiet, debug: quiet };

export const tenant = { tenantId: '4711', timeZone: 'America/Phoenix' };

export const openSource = (url) =>
  openServiceTitan({
    baseUrl: url,
    authUrl: `${url}/connect/token`,
    tenantId: tenant.tenantId,
    clientId: 'cid.sandbox',
    clientSecret: 'cs1.sandbox-secret',
    appKey: 'ak1.sandbox',
    requestsPerSecond: 1000,
  });

export const openWarehouse = (dir, now) =>
  openDuckdb({ path: join(dir, 'bench.duckdb'), datasetPrefix: '', now: () => new Date(now) });

/** @param now The instant at which the run takes place, so that it asks for what was recorded. */
export const openProgram = async ({ url, dir, now }) => {
  const source = openSource(url);
  const warehouse = await openWarehouse(dir, now);
  await warehouse.prepare(source.entities);
  const moved = { rows: 0, bytes: 0, commits: 0 };
  const deps = {
    source,
    warehouse,
    spoolDir: join(dir, 'spool'),
    batchBytesMax: batchBytesMaxDefault,
    log,
    signal: new AbortController().signal,
    onProgress: (progress) => {
      if (progress.kind !== 'page') return;
      moved.rows += progress.rows;
      moved.bytes += progress.bytes;
    },
    onCommitted: async () => {
      moved.commits += 1;
    },
    runId: 'bench',
    streamsInFlight: streamsInFlightMax,
    readsInFlight: readsInFlightMax,
    clock: () => new Date(now),
  };
  const close = async () => {
    await source.close();
    await warehouse.close();
  };
  return { deps, moved, log, close };
};
