import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { Stopped } from '../../errors.ts';
import { duckdbReopenMsMax } from '../../limits.ts';
import { prefixDatasets } from '../sql-text.ts';
import type { Row, Value } from '../warehouse.ts';
import { convertValue } from './convert-value.ts';
import { expandExponentsSql } from './expand-exponents.ts';
import {
  explainFailure,
  isConflict,
  isDetachedWithoutCheckpoint,
  isFinal,
  isHeld,
  readHolder,
} from './explain-failure.ts';
import { readGooglesqlMacros } from './googlesql-macros.ts';
import { attachSql, connect, openFile, type FilePlace, type OpenFile } from './open-file.ts';

export type Parameters = Readonly<Record<string, Value>>;

/** One connection to one database file. SQL names datasets without prefix and parameters as `$name`. */
export type Session = {
  /** Runs one or more statements; answers how many rows the last one changed. */
  run: (sql: string, parameters?: Parameters) => Promise<number>;
  /** Runs one or more statements; answers the rows of the last one. */
  readRows: (sql: string, parameters?: Parameters) => Promise<Row[]>;
  /** Appends rows to a temporary table; faster than parameters where values are long. */
  append: (
    table: string,
    rows: AsyncIterable<(string | number)[]> | Iterable<(string | number)[]>,
  ) => Promise<void>;
  /** What DuckDB may use from now on, for all connections to the file. */
  allow: (means: Means) => Promise<void>;
  /** Gives memory that was freed, and is kept for what comes next, back to the system. */
  giveBack: () => Promise<void>;
  /** Runs the steps in one transaction, which any error rolls back; a conflict is tried again. */
  transact: <T>(steps: () => Promise<T>) => Promise<T>;
  /** Another connection to the same file, to work beside this one; to be closed before it. */
  openBeside: () => Promise<Session>;
  /**
   * Closes the file and opens it again, unless it is in memory or opened elsewhere in this process: only that makes DuckDB
   * forget what it knows of the row groups it has written. What is staged stays. No connection may be open beside. While
   * two commits overlap DuckDB writes no checkpoint: opened elsewhere, the file gets one here.
   * @returns whether it was closed and opened.
   * @throws WarehouseError when another process has opened the file meanwhile, and keeps it: then `resume` is due;
   * Stopped where it has it and the signal was aborted.
   */
  renew: () => Promise<boolean>;
  /**
   * Opens the file where `renew` closed it and did not get it again; waits no more.
   * @throws WarehouseError when another process still has it; Stopped where the signal was aborted.
   */
  resume: () => Promise<void>;
  /** Ends the statement that runs, with an error. */
  interrupt: () => void;
  /** The file took no more, which was thrown when it happened. */
  isBroken: () => boolean;
  close: () => void;
};

/**
 * Threads, megabytes that are held before they are written to the temporary folder, and megabytes of a step that are
 * freed without being given back to the system at once.
 */
export type Means = { threads: number; memoryMb: number; freedMb: number };

/** Says what takes more, or longer, than it mostly does: a static message and its metadata. */
export type Say = (message: string, meta: Readonly<Record<string, unknown>>) => void;

export type SessionOptions = FilePlace & {
  datasetPrefix: string;
  memoryMbMax: number;
  /** How long `renew` waits for another process. Default: the constant of its name in limits.ts. */
  reopenMsMax?: number;
  /** Told once when it has to wait. Default: nobody is. */
  warn?: Say;
  /** Aborted: another process that has the file is waited for no more. Default: never. */
  signal?: AbortSignal;
};

type Api = typeof import('@duckdb/node-api');

/** It is CommonJS of ninety files: `import` would search each for the names that it exports, a tenth of a second long. */
const loadApi = (): Api => createRequire(import.meta.url)('@duckdb/node-api') as Api;

type Bound = { values?: Record<string, DuckDBValue>; types?: Record<string, DuckDBType> };

/** Between two attempts to open a file that another process holds. */
const reopenPauseMs = 100;

/** A transaction that conflicts with another one is tried this often. */
const transactAttemptsMax = 5;

const typeOf = (api: Api, value: Value): DuckDBType => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? api.BIGINT : api.DOUBLE;
  if (typeof value === 'boolean') return api.BOOLEAN;
  if (!Array.isArray(value)) return api.VARCHAR;
  const first = value.find((item) => item !== null);
  return api.LIST(typeOf(api, first ?? null));
};

const bind = (api: Api, value: Value): DuckDBValue => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return Array.isArray(value) ? api.listValue(value.map((item) => bind(api, item))) : value;
};

/** The arguments that stand for the parameters; none without any: that runs the text in one step, not in three. */
const bindAll = (api: Api, parameters: Parameters): Bound => {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return {};
  return {
    values: Object.fromEntries(entries.map(([name, value]) => [name, bind(api, value)])),
    types: Object.fromEntries(entries.map(([name, value]) => [name, typeOf(api, value)])),
  };
};

const appendRows = async (
  connection: DuckDBConnection,
  table: string,
  rows: AsyncIterable<(string | number)[]> | Iterable<(string | number)[]>,
): Promise<void> => {
  const appender = await connection.createAppender(table);
  try {
    for await (const row of rows) {
      for (const value of row) {
        if (typeof value === 'string') appender.appendVarchar(value);
        else appender.appendBigInt(BigInt(value));
      }
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
};

const toRows = async (connection: DuckDBConnection, sql: string, bound: Bound): Promise<Row[]> => {
  const reader = await connection.runAndReadAll(sql, bound.values, bound.types);
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes().map(String);
  return reader
    .getRows()
    .map((row) =>
      Object.fromEntries(
        row.map((value, index) => [names[index] ?? '', convertValue(value, types[index] ?? '')]),
      ),
    );
};

/** What all connections to one file have in common. */
type Shared = {
  api: Api;
  options: SessionOptions;
  allowed: Means | undefined;
  broken: boolean;
  detached: boolean;
};

const explain =
  (shared: Shared, onFinal: () => Promise<void>) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const known = explainFailure(error, shared.options.path);
      if (isFinal(known)) {
        shared.broken = true;
        await onFinal();
      }
      throw known ?? error;
    }
  };

/**
 * Keeps DuckDB from writing a checkpoint when it closes or detaches the file. After a commit that failed it would write
 * what that had done in memory, a part of it: the log holds what was committed, and nothing else.
 */
const refuseCheckpoint = async (instance: DuckDBInstance): Promise<void> => {
  const other = await instance.connect();
  try {
    await other.run('pragma disable_checkpoint_on_shutdown');
  } catch {
    // DuckDB has given up all that it has open: it writes nothing any more.
  } finally {
    other.closeSync();
  }
};

const memorySql = ({ memoryMb }: Pick<Means, 'memoryMb'>): string =>
  `set memory_limit = '${memoryMb}MB'`;

const toSettings = (means: Means): string =>
  [
    `set threads = ${means.threads}`,
    `set allocator_flush_threshold = '${means.freedMb}MB'`,
    `set allocator_bulk_deallocation_flush_threshold = '${means.freedMb}MB'`,
    memorySql(means),
  ].join(';');

const stoppedWaiting = ({ path }: SessionOptions): Stopped =>
  new Stopped(`Stopped while another process has ${path}; nothing is lost`);

const toSession = async (shared: Shared, file: OpenFile, end: () => void): Promise<Session> => {
  const { instance, connection } = file;
  const { api, options } = shared;
  const explained = explain(shared, () => refuseCheckpoint(instance));
  await connection.run(`set TimeZone = 'UTC'; ${expandExponentsSql}`);

  const run = (sql: string, parameters: Parameters = {}): Promise<number> =>
    explained(async () => {
      const { values, types } = bindAll(api, parameters);
      const text = prefixDatasets(sql, options.datasetPrefix);
      return (await connection.run(text, values, types)).rowsChanged;
    });
  const rollBack = async (): Promise<void> => {
    try {
      await run('rollback');
    } catch (error) {
      // DuckDB has rolled back by itself; the error that led here is the one to report, unless nothing works any more.
      if (isFinal(error)) throw error;
    }
  };
  const transact = async <T>(steps: () => Promise<T>, attempt = 1): Promise<T> => {
    await run('begin transaction');
    try {
      const result = await steps();
      await run('commit');
      return result;
    } catch (error) {
      await rollBack();
      if (!isConflict(error) || attempt === transactAttemptsMax) throw error;
    }
    return transact(steps, attempt + 1);
  };

  const detach = async (): Promise<void> => {
    // By another connection: where a checkpoint has failed, this one cannot even be told to use another database.
    const other = await instance.connect();
    try {
      await explained(async () => {
        // What was allowed was not enough, and the log is to be read again.
        if (shared.broken) await other.run(memorySql({ memoryMb: options.memoryMbMax }));
        shared.allowed = undefined;
        await other.run('detach database if exists warehouse');
      });
    } catch (error) {
      // It is detached all the same, and what the checkpoint would have written stands in the log.
      if (!isDetachedWithoutCheckpoint(error)) throw error;
    } finally {
      other.closeSync();
    }
    await run('use staging');
  };
  const attach = async (): Promise<void> => {
    try {
      await run(attachSql(options));
      shared.detached = false;
      if (shared.broken) await run('pragma enable_checkpoint_on_shutdown');
      shared.broken = false;
    } catch (error) {
      throw isHeld(error) && options.signal?.aborted === true ? stoppedWaiting(options) : error;
    }
  };
  const attachPatiently = async (
    leftMs: number,
    onHeld: (error: unknown) => void,
  ): Promise<void> => {
    try {
      await attach();
      return;
    } catch (error) {
      if (!isHeld(error) || leftMs <= 0) throw error;
      onHeld(error);
    }
    await sleep(reopenPauseMs);
    await attachPatiently(leftMs - reopenPauseMs, () => undefined);
  };

  return {
    run,
    allow: async (means) => {
      if (isDeepStrictEqual(means, shared.allowed)) return;
      await run(toSettings(means));
      shared.allowed = { ...means };
    },
    giveBack: async () => {
      // DuckDB empties its allocator whenever it is told its limit, the same one too.
      if (shared.allowed !== undefined) await run(memorySql(shared.allowed));
    },
    readRows: (sql, parameters = {}) =>
      explained(() =>
        toRows(connection, prefixDatasets(sql, options.datasetPrefix), bindAll(api, parameters)),
      ),
    append: (table, rows) => explained(() => appendRows(connection, table, rows)),
    transact: (steps) => transact(steps),
    openBeside: () =>
      explained(async () => {
        const beside = await connect(instance, options);
        return toSession(shared, { ...file, connection: beside }, () => undefined);
      }),
    renew: async () => {
      if (options.path === ':memory:') return false;
      if (file.isShared()) {
        if (!shared.broken) await run('checkpoint');
        return false;
      }
      shared.detached = true;
      await detach();
      const msMax = options.reopenMsMax ?? duckdbReopenMsMax;
      await attachPatiently(msMax, (error) => {
        options.warn?.(
          'another process has taken the database file while it was closed: waiting for it',
          { pid: readHolder(error), msMax },
        );
      });
      return true;
    },
    resume: async () => {
      if (shared.detached) await attach();
    },
    interrupt: () => {
      connection.interrupt();
    },
    isBroken: () => shared.broken,
    close: () => {
      connection.closeSync();
      end();
    },
  };
};

/**
 * Opens the database file, or creates it.
 * @throws WarehouseError when it is locked, not a database, or cannot be written.
 */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const shared: Shared = {
    ...{ api: loadApi(), options, allowed: undefined, broken: false, detached: false },
  };
  const file = await explain(shared, () => Promise.resolve())(() => openFile(shared.api, options));
  const session = await toSession(shared, file, () => {
    file.close();
  });
  await session.run(await readGooglesqlMacros());
  return session;
};
