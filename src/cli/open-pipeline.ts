import { randomUUID } from 'node:crypto';
import type { Config, SourceConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { readsInFlightMax, streamsInFlightMax } from '../limits.ts';
import { createLogger, type Logger } from '../logger.ts';
import type { Source } from '../model.ts';
import { readProgress } from '../pipeline/progress.ts';
import type { PipelineDeps } from '../pipeline/run-moves.ts';
import type { Warehouse } from '../warehouses/warehouse.ts';
import { writeSnapshot } from './progress-snapshot.ts';
import { showProgress, silentProgress, type ProgressDisplay } from './show-progress.ts';
import { listenForStop } from './stop-signal.ts';

/** Logs to stderr; on a terminal, where a bar shows the progress, only what a person should act on. */
export const openLogger = (config: Config, options: { bar: boolean }): Logger => {
  const terminal = process.stderr.isTTY;
  const quiet = options.bar && terminal && config.logLevel === 'info';
  return createLogger({ level: quiet ? 'warn' : config.logLevel, terminal });
};

/**
 * The warehouse that the environment names; its SDK is loaded only here.
 * @throws WarehouseError when it cannot be opened.
 */
export const openWarehouse = async (config: Config): Promise<Warehouse> => {
  if (config.warehouse === 'bigquery') {
    throw new ConfigError(
      'Cannot open WAREHOUSE=bigquery: this version stores into DuckDB only; set WAREHOUSE=duckdb',
    );
  }
  const { openDuckdb } = await import('../warehouses/duckdb/open-duckdb.ts');
  const { duckdbPath: path, datasetPrefix } = config;
  return openDuckdb({ path, datasetPrefix, now: () => new Date() });
};

/** The source that the environment names. */
export const openSource = async (
  config: Config & { source: SourceConfig },
  log: Logger,
): Promise<Source> => {
  const { openServiceTitan } = await import('../sources/servicetitan/index.ts');
  return openServiceTitan({ ...config.source, tenantId: config.tenantId, log: log.debug });
};

const snapshotIntervalMs = 2_000;

/** Leaves the figures beside the spool every two seconds at most, where `progress` finds them. */
const leaveSnapshots = (config: Config, warehouse: Warehouse, source: Source, log: Logger) => {
  const { tenantId, spoolDir } = config;
  const { entities } = source;
  let last = 0;
  return async (): Promise<void> => {
    if (Date.now() - last < snapshotIntervalMs) return;
    const at = new Date().toISOString();
    const progress = await readProgress(warehouse, { entities, tenantId, now: at });
    last = Date.now();
    try {
      await writeSnapshot(spoolDir, { pid: process.pid, at, entities: progress });
    } catch (error) {
      // A convenience for onlookers: the data are committed, and the run must not fail over it.
      const { code } = error as NodeJS.ErrnoException;
      log.warn('the figures for progress could not be written beside the spool', { code });
    }
  };
};

/**
 * Opens what a run needs, gives it to `work`, and closes it whatever happens. Ctrl-C ends the run after the pages in
 * flight.
 */
export const withPipeline = async <T>(
  config: Config & { source: SourceConfig },
  work: (deps: PipelineDeps, display: ProgressDisplay) => Promise<T>,
): Promise<T> => {
  const log = openLogger(config, { bar: true });
  const display =
    process.stderr.isTTY && config.logLevel === 'info'
      ? showProgress(() => Date.now())
      : silentProgress;
  const stop = listenForStop(() => {
    display.end();
    log.warn('stopping: pages in flight are given up, what was fetched is kept');
  });
  const warehouse = await openWarehouse(config);
  const source = await openSource(config, log);
  try {
    await warehouse.prepare(source.entities);
    return await work(
      {
        source,
        warehouse,
        spoolDir: config.spoolDir,
        batchBytesMax: config.batchBytesMax,
        log,
        signal: stop.signal,
        onProgress: display.update,
        runId: randomUUID(),
        streamsInFlight: streamsInFlightMax,
        readsInFlight: readsInFlightMax,
        onCommitted: leaveSnapshots(config, warehouse, source, log),
        clock: () => new Date(),
      },
      display,
    );
  } finally {
    display.end();
    stop.release();
    await source.close();
    await warehouse.close();
  }
};
