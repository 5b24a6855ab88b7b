import type { Config, SourceConfig } from '../config.ts';
import { openClaims } from '../extract/claims.ts';
import { readsInFlightMax, streamsInFlightMax } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Source } from '../model.ts';
import { readProgress } from '../pipeline/progress.ts';
import type { PipelineDeps } from '../pipeline/run-moves.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import type { Io } from './io.ts';
import { writeSnapshot } from './progress-snapshot.ts';
import { showProgress, silentProgress, type ProgressDisplay } from './show-progress.ts';
import { listenForStop } from './stop-signal.ts';

/**
 * The warehouse that the environment names; its SDK is loaded only here.
 * `runId` names this invocation where jobs carry labels; `means` is what DuckDB may take, and how it writes rows; with
 * `signal` it waits for no other process once that is aborted.
 * @throws WarehouseError when it cannot be opened.
 */
export const openWarehouse = async (
  config: Config,
  { runId, means, log, signal }: Pick<Io, 'runId' | 'means' | 'log'> & { signal?: AbortSignal },
): Promise<Warehouse> => {
  const { datasetPrefix } = config;
  const now = (): Date => new Date();
  if (config.warehouse === 'bigquery') {
    const { openBigquery } = await import('../warehouses/bigquery/open-bigquery.ts');
    return openBigquery({ ...config.bigquery, datasetPrefix, runId, now });
  }
  const { openDuckdb } = await import('../warehouses/duckdb/open-duckdb.ts');
  return openDuckdb({
    ...{ path: config.duckdbPath, datasetPrefix, now, log, ...means },
    ...(signal && { signal }),
  });
};

/** The source that the environment names. */
export const openSource = async (
  { source, tenantId }: Config & { source: SourceConfig },
  events: { log: Logger; onRequest: () => void },
): Promise<Source> => {
  const { openServiceTitan } = await import('../sources/servicetitan/index.ts');
  const { log, onRequest } = events;
  return openServiceTitan({ ...source, tenantId, log: log.debug, onRequest });
};

const snapshotIntervalMs = 2_000;

/**
 * Leaves the figures beside the spool every two seconds at most, where `progress` finds them while this run holds the
 * file.
 */
const leaveSnapshots = (config: Config, warehouse: Warehouse, source: Source, log: Logger) => {
  const { tenantId, spoolDir } = config;
  const { entities } = source;
  // Others read BigQuery while a run goes on, and what is read there is billed.
  if (warehouse.kind === 'bigquery') return () => Promise.resolve();
  let last = 0;
  return async (): Promise<void> => {
    if (Date.now() - last < snapshotIntervalMs) return;
    last = Date.now();
    const at = new Date().toISOString();
    try {
      const progress = await readProgress(warehouse, { entities, tenantId, now: at });
      await writeSnapshot(spoolDir, { pid: process.pid, at, entities: progress });
    } catch (error) {
      // A convenience for onlookers: the data are committed, and the run must not fail over it.
      const { code } = error as NodeJS.ErrnoException;
      log.warn('the figures for progress could not be left beside the spool', { code });
    }
  };
};

/**
 * Opens what a run needs, gives it to `work`, and closes it whatever happens. Ctrl-C ends the run after the pages in
 * flight.
 */
export const withPipeline = async <T>(
  config: Config & { source: SourceConfig },
  io: Io,
  work: (deps: PipelineDeps, display: ProgressDisplay) => Promise<T>,
): Promise<T> => {
  const { log, runId } = io;
  const display = io.bar ? await showProgress(() => Date.now()) : silentProgress;
  const stop = listenForStop(() => {
    display.end();
    log.warn('stopping: pages in flight are given up, what was fetched is kept');
  });
  const warehouse = await openWarehouse(config, { ...io, signal: stop.signal });
  let requests = 0;
  const source = await openSource(config, { log, onRequest: () => (requests += 1) });
  try {
    await warehouse.prepare(source.entities);
    return await work(
      {
        source,
        warehouse,
        spoolDir: config.spoolDir,
        claim: openClaims(),
        batchBytesMax: config.batchBytesMax,
        log,
        signal: stop.signal,
        onProgress: display.update,
        runId,
        streamsInFlight: streamsInFlightMax,
        readsInFlight: readsInFlightMax,
        onCommitted: leaveSnapshots(config, warehouse, source, log),
        clock: () => new Date(),
      },
      display,
    );
  } finally {
    display.end();
    io.summarize({ requests });
    stop.release();
    await source.close();
    await warehouse.close();
  }
};
