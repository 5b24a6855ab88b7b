import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccess } from './access.ts';
import type { Credentials } from './access.ts';
import { advanceCompany } from './advance.ts';
import type { Summary } from './advance.ts';
import { allTables, createCompany } from './company.ts';
import { createFaults } from './faults.ts';
import type { Fault, FaultOptions } from './faults.ts';
import { moveRecord } from './move-record.ts';
import { readBody } from './read-body.ts';
import { createRunReport } from './reports/run-report.ts';
import { createRequestLog } from './request-log.ts';
import type { RequestCounts } from './request-log.ts';
import { createRoutes, serveEntities } from './routes.ts';
import type { Served } from './routes.ts';
import { serveApi, serveToken } from './serve-api.ts';
import type { ApiContext } from './serve-api.ts';
import { serveControl } from './serve-control.ts';
import { countRows } from './table.ts';
import { hour, ticksOfMs } from './ticks.ts';

export type { Credentials, Fault, FaultOptions, RequestCounts, Summary };

export type SandboxOptions = {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Share of the reference company's volume since 2020; 1 is all of it, 0.01 the default. */
  scale?: number;
  /** Another seed is another company. */
  seed?: number;
  /** The client's clock. The sandbox's own is this plus the time it was advanced by. */
  now: () => Date;
  clientId?: string;
  clientSecret?: string;
  appKey?: string;
  tenantId?: string;
  /** How far exports stay behind; 15 minutes by default. */
  exportLagMs?: number;
  tokenLifetimeMs?: number;
  /** Rows of an export page at most; pages vary a little below it. */
  exportPageSize?: number;
  /** The time between two runs of one report, by the sandbox's clock; a minute by default. */
  reportIntervalMs?: number;
};

export type Sandbox = {
  url: string;
  credentials: Credentials;
  /** The entities it has, by the names of their contracts. */
  entityNames: string[];
  /** Records per entity that a warehouse should hold: inactive ones included, removed ones not. */
  counts: () => Record<string, number>;
  /** The same records as JSON texts, as the list (or where there is none the export) would give them. */
  truth: (entity: string, shape: 'list' | 'export') => Iterable<string>;
  /** Lets time pass: records are added, changed, sold late, deactivated and removed. */
  advance: (span: { hours: number }) => Summary;
  addFault: (options: FaultOptions) => Fault;
  clearFaults: () => void;
  faults: () => Fault[];
  requests: () => RequestCounts;
  resetRequests: () => void;
  close: () => Promise<void>;
};

const quarterHourMs = 15 * 60_000;

const noEntity = (name: string): never => {
  throw new Error(`Cannot tell the truth about ${name}: the sandbox has no such entity`);
};

function* tellTruth({ table, entity }: Served, shape: 'list' | 'export'): Generator<string> {
  const feed = (shape === 'export' && entity.export !== undefined) || entity.list === undefined;
  for (const row of table.rows) if (!row.removed) yield table.render(row, feed);
}

function credentialsOf(options: SandboxOptions): Credentials {
  return {
    clientId: options.clientId ?? 'cid.sandbox',
    clientSecret: options.clientSecret ?? 'cs1.sandbox-secret',
    appKey: options.appKey ?? 'ak1.sandbox',
    tenantId: options.tenantId ?? '4711',
  };
}

type Engine = { api: ApiContext; controls: Omit<Sandbox, 'url' | 'close'> };

function createEngine(options: SandboxOptions): Engine {
  const { seed = 1, scale = 0.01, exportLagMs = quarterHourMs } = options;
  const nowMs = () => options.now().getTime();
  const world = createCompany({ seed, scale, now: ticksOfMs(nowMs()) });
  const served = serveEntities(allTables(world));
  const faults = createFaults(nowMs);
  const log = createRequestLog();
  const credentials = credentialsOf(options);
  let advanced = 0;
  const now = () => ticksOfMs(nowMs()) + advanced;
  const access = createAccess({
    credentials,
    tokenLifetimeMs: options.tokenLifetimeMs ?? 900_000,
    nowMs,
    seed,
  });
  const api: ApiContext = {
    access,
    faults,
    log,
    routes: createRoutes(served),
    cache: new Map(),
    exportPageSize: options.exportPageSize ?? 2000,
    visibleUntil: () => now() - exportLagMs * 1e4,
    move: ({ table }, fault) => {
      const changes = ['add', 'modify', 'remove'] as const;
      const change = fault.change ?? changes[fault.hits % 3] ?? 'modify';
      moveRecord(table, change, now(), fault.hits);
    },
    runReport: createRunReport({
      tables: world.tables,
      intervalMs: options.reportIntervalMs ?? 60_000,
      nowMs: () => nowMs() + advanced / 1e4,
    }),
    requestNumber: 0,
  };
  const controls: Engine['controls'] = {
    credentials,
    entityNames: served.map(({ entity }) => entity.name),
    counts: () => Object.fromEntries(served.map(({ table }) => [table.name, countRows(table)])),
    truth: (name, shape) =>
      tellTruth(served.find(({ entity }) => entity.name === name) ?? noEntity(name), shape),
    advance: ({ hours }) => {
      const from = now();
      advanced += hours * hour;
      return advanceCompany(world, from, now());
    },
    addFault: faults.add,
    clearFaults: faults.clear,
    faults: faults.list,
    requests: log.read,
    resetRequests: log.reset,
  };
  return { api, controls };
}

async function route(engine: Engine, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  if (url.pathname.startsWith('/sandbox/')) {
    await serveControl(engine.controls, request, response, url, await readBody(request));
  } else if (url.pathname === '/connect/token' && request.method === 'POST') {
    await serveToken(engine.api, response, await readBody(request));
  } else {
    await serveApi(engine.api, request, response, url);
  }
}

/** Starts a stand-in ServiceTitan with an invented company on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const engine = createEngine(options);
  const server = createServer((request, response) => {
    route(engine, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(message);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...engine.controls,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
