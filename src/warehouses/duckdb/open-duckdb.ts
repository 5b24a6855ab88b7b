import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { WarehouseError } from '../../errors.ts';
import {
  duckdbBuildMemoryMb,
  duckdbCommitsAtOnce,
  duckdbCommitsPerOpening,
  duckdbLoadFreedMb,
  duckdbLoadMemoryMb,
  duckdbRowGroupRows,
} from '../../limits.ts';
import { makeFolders } from '../../make-folders.ts';
import type { Entity } from '../../model.ts';
import { rewriteParameters } from '../sql-text.ts';
import type { Query, Row, Value, Warehouse } from '../warehouse.ts';
import { planStreams, readControls, restartStreams } from './controls.ts';
import type { openExtraction } from './columns/open-extraction.ts';
import { explainFailure, isOutOfMemory } from './explain-failure.ts';
import { createLanes, createQueue, type Lanes } from './lanes.ts';
import { openSession, type Means, type Session, type SessionOptions } from './open-session.ts';
import { prepare, type PrepareOptions } from './prepare.ts';
import { recordRows } from './record-rows.ts';

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
  /** How the database is opened. Default: in this process. */
  openSession?: (options: SessionOptions) => Promise<Session>;
};

const inMemory = ':memory:';

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

const openFile = async (
  options: DuckdbOptions,
  { path, memoryMbMax }: { path: string; memoryMbMax: number },
): Promise<Session> => {
  const { datasetPrefix, reopenMsMax, rowGroupRows = duckdbRowGroupRows } = options;
  const open = options.openSession ?? openSession;
  const sessionOptions = {
    ...{ path, datasetPrefix, memoryMbMax, rowGroupRows },
    ...(reopenMsMax === undefined ? {} : { reopenMsMax }),
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

/**
 * A warehouse in a DuckDB file. Narrows the process's file mode mask to the owner.
 * @throws WarehouseError when the file is locked by another process, is no database, or cannot be written.
 */
export const openDuckdb = async (options: DuckdbOptions): Promise<Warehouse> => {
  const { datasetPrefix, now } = options;
  const path = options.path === inMemory ? options.path : resolve(options.path);
  const isNew = !existsSync(path);
  const memoryMbMax = readMemoryMbMax(options);
  const session = await openFile(options, { path, memoryMbMax });
  const runQuery = createQuery(session);
  const enqueue = createQueue();
  /** Two openings of one file in one process see each other's staging tables. */
  const opening = randomBytes(4).toString('hex');
  let extraction: ReturnType<typeof openExtraction> | undefined;
  let stagedCount = 0;
  let open = true;
  let replaced = false;
  const whileOpen =
    <T>(work: () => Promise<T>) =>
    (): Promise<T> => {
      if (open) return work();
      throw new WarehouseError(`Cannot use ${path}: it is closed; open it again`);
    };
  const openBeside = whileOpen(session.openBeside);
  const staging = createLanes(1, openBeside);
  const committing = createLanes(duckdbCommitsAtOnce, openBeside);
  const exclusive = <T>(work: () => Promise<T>): Promise<T> =>
    enqueue(
      whileOpen(async () => {
        await session.resume();
        return work();
      }),
    );
  const { threadsMax = availableParallelism(), freedMbMax = 1 } = options;
  /** In memory the tables count too, and nothing can be written aside. */
  const limit = (memoryMb: number): number =>
    path === inMemory ? memoryMbMax : Math.min(memoryMb, memoryMbMax);
  const loading: Means = {
    ...{ threads: 1, memoryMb: limit(duckdbLoadMemoryMb), freedMb: duckdbLoadFreedMb },
  };
  const reading: Means = {
    ...{ threads: threadsMax, memoryMb: limit(duckdbBuildMemoryMb), freedMb: freedMbMax },
  };
  /**
   * A record of many megabytes, or a table of very many groups, needs more memory: twice as much, and twice again. It
   * stays allowed, to loads until the file is opened anew: what runs beside could not take it back while it is held.
   */
  const within = async <T>(on: Session, means: Means, work: () => Promise<T>): Promise<T> => {
    const { memoryMb } = means;
    try {
      await on.allow(means);
      return await work();
    } catch (error) {
      if (!isOutOfMemory(error) || memoryMb === memoryMbMax) throw error;
      means.memoryMb = Math.min(Math.max(means.memoryMb, 2 * memoryMb), memoryMbMax);
      return within(on, means, work);
    }
  };
  /** Staging runs beside commits and the reading of pages: further threads would take their cores. */
  const loadOn = <T>(lanes: Lanes, work: (on: Session) => Promise<T>): Promise<T> =>
    lanes.use(async (on) => {
      const result = await within(on, loading, () => work(on));
      // What was done is done: if the database is out of order, whoever asks it next is told.
      if (freedMbMax <= 1) await on.giveBack().catch(() => undefined);
      return result;
    });
  const whileLoading = <T>(work: () => Promise<T>): Promise<T> =>
    exclusive(() => within(session, loading, work));
  /** Means are those of all connections: a question that comes amid loads gets what they have, and takes nothing away. */
  const withThreads = <T>(work: () => Promise<T>): Promise<T> =>
    exclusive(() => {
      const loads = staging.areBusy() || committing.areBusy();
      return within(session, loads ? loading : reading, work);
    });
  const { commitsPerOpening = duckdbCommitsPerOpening } = options;
  let commits = 0;
  const withoutLanes = <T>(work: () => Promise<T>): Promise<T> =>
    staging.whileClosed(() => committing.whileClosed(work));
  /** Before a commit and not after it: when the file is not to be had again, none has been made. */
  const renewInTime = async (): Promise<void> => {
    if (commits < commitsPerOpening) return;
    commits = 0;
    try {
      await withoutLanes(() => exclusive(() => session.renew()));
      loading.memoryMb = limit(duckdbLoadMemoryMb);
    } catch (error) {
      commits = commitsPerOpening;
      throw error;
    }
  };
  const at = (): string => now().toISOString();
  const toOptions = (entities: readonly Entity[]): PrepareOptions => ({
    ...{ place: path, prefix: datasetPrefix, entities, at: at() },
  });

  return {
    kind: 'duckdb',
    commitsAtOnce: duckdbCommitsAtOnce,
    prepare: (entities) => exclusive(() => prepare(session, toOptions(entities))),
    // What only some commands do is loaded when they do it: it is more than half of this folder.
    setUp: (entities) =>
      exclusive(async () => {
        const { setUp } = await import('./set-up.ts');
        return setUp(session, { ...toOptions(entities), isNew });
      }),
    readControls: (tenantId, entity) => whileLoading(() => readControls(session, tenantId, entity)),
    planStreams: (streams) => whileLoading(() => planStreams(session, streams, at())),
    restartStreams: (streams) => whileLoading(() => restartStreams(session, streams, at())),
    stage: (entity, batches) =>
      loadOn(staging, async (on) => {
        const { stage } = await import('./stage.ts');
        extraction ??= (await import('./columns/open-extraction.ts')).openExtraction();
        return stage(on, extraction, `stage_${opening}_${(stagedCount += 1)}`, entity, batches);
      }),
    commit: async (staged, runId) => {
      const { commit } = await import('./commit.ts');
      await renewInTime();
      const done = await loadOn(committing, (on) => commit(on, staged, { at: at(), runId }));
      commits += 1;
      replaced ||= done.updated > 0;
      return done;
    },
    // Of what is staged nothing is in the file: another process that has taken that keeps nobody from dropping it.
    dropStaged: (staged) =>
      enqueue(whileOpen(async () => (await import('./stage.ts')).dropStaged(session, staged))),
    recordRuns: (rows) => whileLoading(() => recordRows(session, 'runs', rows)),
    recordBuilds: (rows) => exclusive(() => recordRows(session, 'builds', rows)),
    recordTenant: (row) => exclusive(() => recordRows(session, 'tenants', [row])),
    buildTables: (plan, inspect) =>
      withThreads(async () => {
        const { buildTables } = await import('./build-tables.ts');
        return buildTables(session, plan, inspect, runQuery);
      }),
    execute: (sql) =>
      exclusive(async () => {
        await session.run(sql);
      }),
    query: (sql, parameters = {}) => withThreads(() => runQuery(sql, parameters)),
    close: () =>
      withoutLanes(() =>
        enqueue(async () => {
          if (!open) return;
          open = false;
          try {
            await extraction?.close();
            // It would fail again: what was committed is in the log, from where the next opening takes it.
            if (!session.isBroken()) await session.run(closingSql(replaced));
          } finally {
            session.close();
          }
        }),
      ),
  };
};
