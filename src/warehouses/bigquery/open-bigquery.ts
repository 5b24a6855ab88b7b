import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { WarehouseError } from '../../errors.ts';
import {
  bigqueryAttemptsMax,
  bigqueryChunkBytes,
  bigqueryChunkTimeoutMs,
  bigqueryJobRunMsMax,
  bigqueryRequestTimeoutMs,
  retryDelayMaxMs,
  retryDelayMinMs,
} from '../../limits.ts';
import type { Query, Warehouse } from '../warehouse.ts';
import { openApi } from './api.ts';
import { buildTables } from './build-tables.ts';
import { commit } from './commit.ts';
import { connect, type Address, type Client } from './connect.ts';
import { planStreams, readControls, restartStreams } from './controls.ts';
import { openCosts, openTally, type Tally } from './costs.ts';
import { openLeftovers, standingsAfter, type Standing } from './leftovers.ts';
import { prepare } from './prepare.ts';
import { recordCosts } from './record-costs.ts';
import { recordRows } from './record-rows.ts';
import { explained, readRows, runSql } from './run-sql.ts';
import type { Pace } from './send.ts';
import type { Session } from './session.ts';
import { setUp } from './set-up.ts';
import { dropStaged, stage, type StagedFacts } from './stage.ts';
import { upload } from './upload.ts';

export type BigqueryOptions = {
  project: string;
  /** Of all datasets: `US`, `EU`, `us-central1` … */
  location: string;
  /** Put before each dataset's name; '' for none. */
  datasetPrefix: string;
  /** The most bytes that one query job may be billed; null for no cap. */
  maxBytesBilled: number | null;
  /** Another address than Google's; a stand-in on this machine is asked without credentials. */
  apiEndpoint: string | null;
  /** Names this invocation on the labels of its jobs. Default: a random one. */
  runId?: string;
  now: () => Date;
  /** Finds credentials, and what sends requests with them. Default: Google's. */
  connect?: (address: Address) => Promise<Client>;
  /** Waits between attempts. Default: really. */
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  /** Overrides of limits.ts. */
  limits?: Partial<BigqueryLimits>;
};

export type BigqueryLimits = Pace['limits'] & {
  jobAttemptsMax: number;
  jobRunMsMax: number;
  chunkBytes: number;
  chunkTimeoutMs: number;
};

const defaultLimits: BigqueryLimits = {
  requestTimeoutMs: bigqueryRequestTimeoutMs,
  requestAttemptsMax: bigqueryAttemptsMax,
  retryDelayMinMs,
  retryDelayMaxMs,
  jobAttemptsMax: bigqueryAttemptsMax,
  jobRunMsMax: bigqueryJobRunMsMax,
  chunkBytes: bigqueryChunkBytes,
  chunkTimeoutMs: bigqueryChunkTimeoutMs,
};

export const openSession = async (
  options: BigqueryOptions,
  count: Session['count'],
): Promise<Session> => {
  const { project, location, apiEndpoint, datasetPrefix, maxBytesBilled } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const address = { project, location, apiEndpoint };
  const client = await (options.connect ?? connect)(address);
  const sleep = options.sleep ?? ((ms: number) => wait(ms));
  const pace = { limits, random: options.random ?? Math.random, sleep };
  const api = openApi(client, address, pace);
  return {
    api,
    jobs: { api, pace, limits },
    upload: (order) => upload({ client, address, pace, ...limits }, order),
    address,
    datasetPrefix,
    maxBytesBilled,
    runId: options.runId ?? randomUUID(),
    newId: randomUUID,
    count,
  };
};

/** What was staged, and what its jobs cost. */
type Staging = { facts: StagedFacts; tally: Tally };

const queryAs =
  (session: Session) =>
  (rename?: (table: string) => string): Query =>
  (sql, parameters = {}) => {
    const action = 'query BigQuery';
    const purpose = { entity: '', step: rename === undefined ? 'read' : 'inspect' } as const;
    return explained(session, action, () =>
      readRows(session, { ...purpose, action, sql, parameters, ...(rename && { rename }) }),
    );
  };

/**
 * A warehouse in BigQuery. Nothing is sent before it is used; Google's credentials are looked for here and nowhere else.
 * @throws WarehouseError on use: no credentials, no access, a quota, a cap, an altered table.
 */
export const openBigquery = async (options: BigqueryOptions): Promise<Warehouse> => {
  const costs = openCosts();
  const session = await openSession(options, costs.count);
  const staged = new Map<string, Staging>();
  const isOwn = (table: string): boolean =>
    [...staged.values()].some(({ facts }) => facts.table === table);
  const leftovers = openLeftovers(session, isOwn);
  /** What commits have moved since leftovers were looked at. */
  const committed: Standing[] = [];
  const at = (): string => options.now().toISOString();
  let stagings = 0;
  let open = true;
  const whileOpen = async <T>(work: () => Promise<T>): Promise<T> => {
    if (open) return work();
    throw new WarehouseError(`Cannot use project ${options.project}: it is closed; open it again`);
  };
  const stagingOf = (handle: string): Staging => {
    const found = staged.get(handle);
    if (found === undefined) throw new Error(`${handle} was not staged here, or is dropped`);
    return found;
  };

  return {
    kind: 'bigquery',
    // Transactions that change the same tables of the state would cancel each other.
    commitsAtOnce: 1,
    prepare: (entities) => whileOpen(() => prepare(session, entities, at())),
    setUp: (entities) => whileOpen(() => setUp(session, entities, at())),
    readControls: (tenantId, entity) =>
      whileOpen(async () => {
        const controls = await readControls(session, tenantId, entity);
        await leftovers.learn(controls);
        return controls;
      }),
    planStreams: (streams) => whileOpen(() => planStreams(session, streams, at())),
    restartStreams: (streams) => whileOpen(() => restartStreams(session, streams, at())),
    stage: (entity, batches) =>
      whileOpen(() => {
        const handle = `staging ${(stagings += 1)}`;
        const tally = openTally(session.count);
        const counting = { ...session, count: tally.count };
        return stage(counting, { entity, batches, handle }, (facts) =>
          staged.set(handle, { facts, tally }),
        );
      }),
    commit: (given, runId) =>
      whileOpen(async () => {
        const { facts: found, tally } = stagingOf(given.table);
        const books = { staging: tally.sum(), costs };
        const done = await commit(session, given, found, { stamp: { at: at(), runId }, books });
        committed.push(...standingsAfter(given.batches));
        return done;
      }),
    dropStaged: ({ table: handle }) =>
      whileOpen(async () => {
        const table = staged.get(handle)?.facts.table ?? null;
        staged.delete(handle);
        await dropStaged(session, table);
        await leftovers.learn(committed.splice(0));
      }),
    recordRuns: (rows) => whileOpen(() => recordRows(session, 'runs', rows)),
    recordBuilds: (rows) => whileOpen(() => recordRows(session, 'builds', rows)),
    recordTenant: (row) => whileOpen(() => recordRows(session, 'tenants', [row])),
    buildTables: (plan, inspect) =>
      whileOpen(() => buildTables(session, plan, inspect, queryAs(session))),
    execute: (sql) =>
      whileOpen(async () => {
        const action = 'change BigQuery';
        await explained(session, action, () =>
          runSql(session, { entity: '', step: 'record', action, sql }),
        );
      }),
    query: (sql, parameters) => whileOpen(() => queryAs(session)()(sql, parameters)),
    close: async () => {
      if (!open) return;
      open = false;
      try {
        await recordCosts(session, costs.take(), at());
      } catch {
        // What the run did is stored; what it cost can be had from Google too, by its labels.
      }
    },
  };
};
