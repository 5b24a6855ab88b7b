import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Value } from '../../../src/warehouses/warehouse.ts';
import { createAccess, type Access } from './access.ts';
import type { Api } from './api/request.ts';
import { createUploads } from './api/uploads.ts';
import type { Catalog } from './catalog/catalog.ts';
import { createLocks } from './catalog/locks.ts';
import { openDatabase } from './engine/open-database.ts';
import { createFaults, type Fault, type FaultHandle } from './faults.ts';
import type { Job } from './jobs/job.ts';
import { createJobs } from './jobs/jobs.ts';
import type { LoggedRequest } from './request-log.ts';
import { askApi, serveApi, type DirectAnswer, type DirectRequest } from './serve-api.ts';
import type { Judge } from './sql/judge.ts';
import { toApiValue } from './values/api-values.ts';
import { fromDuckdb } from './values/duckdb-types.ts';
import type { World } from './world.ts';

export type BigqueryOptions = {
  /** Default: the real time. */
  now?: () => Date;
  /** Default `stand-in`. */
  projectId?: string;
  faults?: readonly Fault[];
  /** Asks Google's analyzer about each statement first: see google-judge.ts. Default: nobody is asked. */
  judge?: Judge | undefined;
  /** At most so many rows a page. Default 10,000. */
  pageRowsMax?: number;
  /** At most so many datasets, tables or jobs a page. Default 1,000. */
  pageListMax?: number;
  /** Whether a taken job id is refused when an upload begins, and not when it ends. Default false. */
  checksUploadsEarly?: boolean;
  /**
   * Whether a statement is said to read what DuckDB's plan reads, or nothing but the names of its tables: that is
   * billed the least for each, which is right where all tables are small, and takes a third of the time. Default `names`.
   */
  estimates?: 'plans' | 'names';
};

/** A stand-in for BigQuery, listening on the loopback address. */
export type Bigquery = {
  url: string;
  projectId: string;
  addFault: (fault: Fault) => FaultHandle;
  /** Takes permissions away: see access.ts. */
  access: Access;
  /** Asks it in this process, without a connection. */
  ask: (request: DirectRequest) => Promise<DirectAnswer>;
  /** All requests so far, oldest first. */
  requests: () => readonly LoggedRequest[];
  /** All jobs so far, newest first; those of scripts' statements too. */
  jobs: () => readonly Readonly<Job>[];
  /**
   * Forgets all requests, uploads that have made their jobs, and of jobs that are done what they were asked and
   * answered: a long run fills the memory, and to look through it takes as long as the work.
   */
  forget: () => void;
  /** Lets all jobs that are not held come to their end. */
  settle: () => Promise<void>;
  /** Looks straight into its data. The SQL is DuckDB's; `dataset.table` as in BigQuery. */
  sql: (text: string) => Promise<Record<string, Value>[]>;
  close: () => Promise<void>;
};

const createApi = async (options: BigqueryOptions, faults: ReturnType<typeof createFaults>) => {
  const { now = () => new Date(), projectId = 'stand-in', judge } = options;
  const database = await openDatabase();
  const catalog: Catalog = {
    projectId,
    datasets: new Map(),
    nowMs: () => now().getTime(),
    session: await database.connect(),
  };
  const world: World = {
    ...{ projectId, now, database, catalog, judge },
    ...{ locks: createLocks(), access: createAccess(), sizes: new WeakMap() },
    estimates: options.estimates ?? 'names',
  };
  const jobs = createJobs(world, faults);
  const { pageRowsMax: rowsMax = 10_000, pageListMax: listMax = 1000 } = options;
  const api: Api = { world, jobs, pages: { rowsMax, listMax } };
  return api;
};

const readSql = async ({ world }: Api, text: string): Promise<Record<string, Value>[]> => {
  const session = await world.database.connect();
  try {
    const { columns, rows } = await session.read(text);
    return rows.map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }, index) => [
          name,
          toApiValue(row[index] ?? null, fromDuckdb(type)) as Value,
        ]),
      ),
    );
  } finally {
    session.close();
  }
};

/** Starts a BigQuery of one project, empty, on a free port. */
export const startBigquery = async (options: BigqueryOptions = {}): Promise<Bigquery> => {
  const faults = createFaults();
  for (const fault of options.faults ?? []) faults.add(fault);
  const api = await createApi(options, faults);
  const log: LoggedRequest[] = [];
  let url = '';
  const uploads = createUploads({
    url: () => url,
    checksEarly: options.checksUploadsEarly === true,
  });
  const deps = { api, uploads, faults, log, url: () => url };
  const server = createServer((incoming, response) => {
    serveApi(deps, incoming, response).catch((error: unknown) => {
      // A bug of the stand-in's own: the test that meets it must see it.
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The stand-in for BigQuery failed: ${String((error as Error).stack)}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settle = async (): Promise<void> => {
    for (const job of api.jobs.list()) {
      job.pollsLeft = 0;
      await api.jobs.settle(job);
    }
  };
  return {
    url,
    projectId: api.world.projectId,
    addFault: faults.add,
    ask: (request) => askApi(deps, request),
    access: api.world.access,
    requests: () => log,
    jobs: api.jobs.list,
    settle,
    forget: () => {
      log.length = 0;
      uploads.forgetDone();
      api.jobs.forget();
    },
    sql: (text) => readSql(api, text),
    close: async () => {
      server.closeAllConnections();
      server.close();
      for (const job of api.jobs.list()) await api.jobs.cancel(job);
      api.world.catalog.session.close();
      api.world.database.close();
    },
  };
};
