import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { WarehouseError } from '../../errors.ts';
import { duckdbCommitsAtOnce, duckdbCommitsPerOpening, duckdbRowGroupRows } from '../../limits.ts';
import { makeFolders } from '../../make-folders.ts';
import type { Batch, Entity } from '../../model.ts';
import { rewriteParameters } from '../sql-text.ts';
import type { Query, Row, Staged, Value, Warehouse } from '../warehouse.ts';
import type { openExtraction } from './columns/open-extraction.ts';
import { createConnections } from './connections.ts';
import { planStreams, readControls, restartStreams } from './controls.ts';
import { explainFailure } from './explain-failure.ts';
import type { Lanes } from './lanes.ts';
import { createMeans } from './means.ts';
import { openSession, type Say, type Session, type SessionOptions } from './open-session.ts';
import { prepare, type PrepareOptions } from './prepare.ts';
import { recordRows } from './record-rows.ts';
import { createRenewal } from './renewal.ts';

export type DuckdbOptions = {
  /** The database file; it and its directory are created, readable by the owner alone. */
  path: string;
  /** Put before each dataset's name; '' for none. */
  datasetPrefix: string;
  now: () => Date;
  /**
   * Megabytes that DuckDB may hold before it writes to `<path>.tmp`. Default 1000; in memory, where nothing is written,
   * four fifths of the machine's.
   */
  memoryMbMax?: number;
  /** Threads that may work at once. Default: as many as the machine has cores. */
  threadsMax?: number;
  /**
   * Megabytes of a query or model that are freed without being given back to the system at once. Default 1: a process that
   * builds once gains nothing by more; one that loads or builds all day spends a third less, and with more than 1 its loads
   * give nothing back either.
   */
  freedMbMax?: number;
  /** Rows of the row groups that are written. Default: those that suit loads; `duckdbBuiltGroupRows` suit builds. */
  rowGroupRows?: number;
  /** Commits after which the file is closed and opened again. Default: the constant of its name in limits.ts. */
  commitsPerOpening?: number;
  /** How long another process is waited for that takes the file then. Default: the constant of its name in limits.ts. */
  reopenMsMax?: number;
  /** Aborted: another process that has the file then is waited for no more. Default: never. */
  signal?: AbortSignal;
  /** Told what takes more memory, or longer, than it mostly does. Default: nobody is. */
  log?: { info: Say; warn: Say };
  /** How the database is opened. Default: in this process. */
  openSession?: (options: SessionOptions) => Promise<Session>;
};

const inMemory = ':memory:';

const silent = { info: () => undefined, warn: () => undefined };

const readMemoryMbMax = ({ path, memoryMbMax }: DuckdbOptions): number =>
  memoryMbMax ?? (path === inMemory ? Math.floor((totalmem() / 2 ** 20) * 0.8) : 1000);

const makeDirectory = (path: string): void => {
  try {
    makeFolders(dirname(path), 0o700);
  } catch (error) {
    throw explainFailure(error, path) ?? error;
  }
};

/**
 * Writes what the log holds into the file. Where rows were replaced it also merges two of the row groups that have lost
 * some: all of them at once would take seconds (see `max_vacuum_tasks` in openFile).
 */
const closingSql = (replaced: boolean): string =>
  `set max_vacuum_tasks = ${replaced ? 2 : 0}; checkpoint`;

const createQuery =
  (session: Session): Query =>
  (sql, parameters = {}): Promise<Row[]> => {
    const { sql: text, names } = rewriteParameters(sql, (name) => `$${name}`);
    const bound = names.map((name) => [name, parameters[name] ?? null] as const);
    return session.readRows(text, Object.fromEntries<Value>(bound));
  };

/** Opens the file, readable by the owner alone. */
const openPrivately = async (
  options: DuckdbOptions,
  { path, memoryMbMax }: { path: string; memoryMbMax: number },
): Promise<Session> => {
  const { datasetPrefix, reopenMsMax, signal, rowGroupRows = duckdbRowGroupRows } = options;
  const { log = silent, openSession: open = openSession } = options;
  const sessionOptions = {
    ...{ path, datasetPrefix, memoryMbMax, rowGroupRows, warn: log.warn },
    ...(reopenMsMax === undefined ? {} : { reopenMsMax }),
    ...(signal === undefined ? {} : { signal }),
  };
  if (path === inMemory) return open(sessionOptions);
  if (path.includes('?')) {
    throw new WarehouseError(
      `Cannot open ${path}: DuckDB cuts a path at its question mark and would write its log elsewhere; set ` +
        'DUCKDB_PATH to a path without one',
    );
  }
  makeDirectory(path);
  // DuckDB makes its log and spill files whenever it needs them: only the mask keeps those private too.
  process.umask(0o077);
  const session = await open(sessionOptions);
  await chmod(path, 0o600);
  return session;
};

/** Stages each group under a name of its own. */
const createStaging = () => {
  /** Two openings of one file in one process see each other's staging tables. */
  const opening = randomBytes(4).toString('hex');
  let extraction: ReturnType<typeof openExtraction> | undefined;
  let count = 0;
  return {
    stage: async (on: Session, entity: Entity, batches: readonly Batch[]): Promise<Staged> => {
      const { stage } = await import('./stage.ts');
      extraction ??= (await import('./columns/open-extraction.ts')).openExtraction();
      return stage(on, extraction, `stage_${opening}_${(count += 1)}`, entity, batches);
    },
    close: async (): Promise<void> => {
      await extraction?.close();
    },
  };
};

/**
 * A warehouse in a DuckDB file. Narrows the process's file mode mask to the owner.
 * @throws WarehouseError when the file is locked by another process, is no database, or cannot be written.
 */
export const openDuckdb = async (options: DuckdbOptions): Promise<Warehouse> => {
  const { datasetPrefix, now, commitsPerOpening = duckdbCommitsPerOpening } = options;
  const { threadsMax = availableParallelism(), freedMbMax = 1, log = silent } = options;
  const path = options.path === inMemory ? options.path : resolve(options.path);
  const isNew = !existsSync(path);
  const memoryMbMax = readMemoryMbMax(options);
  const session = await openPrivately(options, { path, memoryMbMax });
  const runQuery = createQuery(session);
  const connections = createConnections(session, path);
  const { alone } = connections;
  const means = createMeans({
    ...{ inMemory: path === inMemory, memoryMbMax, threadsMax, freedMbMax, inform: log.info },
  });
  const staging = createStaging();
  let replaced = false;
  const renewal = createRenewal(commitsPerOpening, means, connections.renew);
  const loadOn = <T>(
    lanes: Lanes,
    batches: readonly Batch[],
    work: (on: Session) => Promise<T>,
  ): Promise<T> =>
    lanes.use(async (on) => {
      means.makeRoomFor(batches);
      const result = await means.load(on, () => work(on));
      await means.giveBack(on);
      return result;
    });
  const whileLoading = <T>(work: () => Promise<T>): Promise<T> =>
    renewal.load(() => alone(() => means.load(session, work)));
  /** Means are those of all connections: a question that comes amid loads gets what they have, and takes nothing away. */
  const answer = <T>(work: () => Promise<T>): Promise<T> =>
    alone(() => (connections.areLoading() ? means.load : means.answer)(session, work));
  const at = (): string => now().toISOString();
  const toOptions = (entities: readonly Entity[]): PrepareOptions => ({
    ...{ place: path, prefix: datasetPrefix, entities, at: at() },
  });

  return {
    kind: 'duckdb',
    commitsAtOnce: duckdbCommitsAtOnce,
    prepare: (entities) => alone(() => prepare(session, toOptions(entities))),
    // What only some commands do is loaded when they do it: it is more than half of this folder.
    setUp: (entities) =>
      alone(async () => {
        const { setUp } = await import('./set-up.ts');
        return setUp(session, { ...toOptions(entities), isNew });
      }),
    readControls: (tenantId, entity) => whileLoading(() => readControls(session, tenantId, entity)),
    planStreams: (streams) => whileLoading(() => planStreams(session, streams, at())),
    restartStreams: (streams) => whileLoading(() => restartStreams(session, streams, at())),
    stage: (entity, batches) =>
      renewal.load(() =>
        loadOn(connections.staging, batches, (on) => staging.stage(on, entity, batches)),
      ),
    commit: (staged, runId) =>
      renewal.commit(async () => {
        const { commit } = await import('./commit.ts');
        const done = await loadOn(connections.committing, staged.batches, (on) =>
          commit(on, staged, { at: at(), runId }),
        );
        replaced ||= done.updated > 0;
        return done;
      }),
    // Of what is staged nothing is in the file: another process that has taken that keeps nobody from dropping it.
    dropStaged: (staged) =>
      renewal.load(() =>
        connections.aloneWithoutFile(async () =>
          (await import('./stage.ts')).dropStaged(session, staged),
        ),
      ),
    recordRuns: (rows) => whileLoading(() => recordRows(session, 'runs', rows)),
    recordBuilds: (rows) => alone(() => recordRows(session, 'builds', rows)),
    recordTenant: (row) => alone(() => recordRows(session, 'tenants', [row])),
    buildTables: (plan, inspect) =>
      answer(async () => {
        const { buildTables } = await import('./build-tables.ts');
        return buildTables(session, plan, inspect, runQuery);
      }),
    execute: (sql) =>
      alone(async () => {
        await session.run(sql);
      }),
    query: (sql, parameters = {}) => answer(() => runQuery(sql, parameters)),
    close: () =>
      connections.close(async () => {
        await staging.close();
        // It would fail again: what was committed is in the log, from where the next opening takes it.
        if (session.isBroken()) return;
        await means.close(session, () => session.run(closingSql(replaced)));
      }),
  };
};
