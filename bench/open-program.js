/** Source, warehouse and pipeline of a benchmark, wired as the command line does it. */
import { join } from 'node:path';
import { batchBytesMaxDefault, readsInFlightMax, streamsInFlightMax } from '../dist/limits.js';
import { openServiceTitan } from '../dist/sources/servicetitan/index.js';
import { openDuckdb } from '../dist/warehouses/duckdb/open-duckdb.js';

const quiet = () => undefined;

export const log = { error: console.error, warn: quiet, info: quiet, debug: quiet };

export const tenant = { tenantId: '4711', timeZone: 'America/Phoenix' };

const openSource = (url) =>
  openServiceTitan({
    baseUrl: url,
    authUrl: `${url}/connect/token`,
    tenantId: tenant.tenantId,
    clientId: 'cid.sandbox',
    clientSecret: 'cs1.sandbox-secret',
    appKey: 'ak1.sandbox',
    requestsPerSecond: 1000,
  });

/**
 * @param memoryMb What DuckDB may hold; left out: the program's own choice.
 * @param rowGroupRows Rows of the groups that are written; left out: as for loads.
 */
export const openWarehouse = ({ dir, now, memoryMb, rowGroupRows }) =>
  openDuckdb({
    path: join(dir, 'bench.duckdb'),
    datasetPrefix: '',
    now: () => new Date(now),
    ...(memoryMb === undefined ? {} : { memoryMbMax: memoryMb }),
    ...(rowGroupRows === undefined ? {} : { rowGroupRows }),
  });

/**
 * @param settings.now The instant at which the run takes place, so that it asks for what was recorded.
 * @param settings.batchMb Megabytes of a batch; left out: the program's own choice.
 */
export const openProgram = async (settings) => {
  const { url, dir, now, batchMb } = settings;
  const source = openSource(url);
  const warehouse = await openWarehouse(settings);
  await warehouse.prepare(source.entities);
  const moved = { rows: 0, bytes: 0, commits: 0 };
  const deps = {
    source,
    warehouse,
    spoolDir: join(dir, 'spool'),
    batchBytesMax: batchMb === undefined ? batchBytesMaxDefault : batchMb * 1024 * 1024,
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
  return { deps, moved, close };
};

/** @throws Error when an entity did not end well. */
export const assertWell = ({ outcomes }) => {
  const failed = outcomes.find(({ outcome }) => outcome !== 'ok');
  if (failed !== undefined) throw new Error(`${failed.entity}: ${failed.message}`);
};
