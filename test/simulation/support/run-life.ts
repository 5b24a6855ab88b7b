import { createRetry } from '../../../src/http/retry.ts';
import type { Files, OpenFile } from '../../../src/extract/files.ts';
import type { Entity, Source } from '../../../src/model.ts';
import { backfill } from '../../../src/pipeline/backfill.ts';
import type { PipelineDeps } from '../../../src/pipeline/run-moves.ts';
import { sync } from '../../../src/pipeline/sync.ts';
import { openTokens } from '../../../src/sources/servicetitan/auth.ts';
import { readServiceTitan } from '../../../src/sources/servicetitan/index.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';
import type { Answers, Call } from './calls.ts';
import { contracts } from './contracts.ts';
import type { Disk } from './memory-disk.ts';
import type { Outcome, Process, Step } from './process.ts';

/** What a program runs in. */
export type Machine = {
  tenantId: string;
  disk: Disk;
  /** The API's answer to a request, and the time that it took. */
  answer: (url: string) => Buffer;
  nowMs: () => number;
  pass: (ms: number) => void;
  random: () => number;
};

export type Settings = {
  batchBytesMax: number;
  streamsInFlight: number;
  readsInFlight: number;
  lookbackMs: number;
};

export type Command = { kind: 'backfill'; force: boolean } | { kind: 'sync'; since: string | null };

/** Decorators of what the program is given: faults that somebody might build into it. */
export type Decorate = {
  source?: (source: Source) => Source;
  files?: (files: Files) => Files;
  warehouse?: (
    warehouse: Warehouse,
    call: <K extends Call['kind']>(call: Extract<Call, { kind: K }>) => Promise<Answers[K]>,
  ) => Warehouse;
};

const log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

const baseUrl = 'http://small.test';

const openSource = (process: Process, machine: Machine): Source => {
  const { nowMs } = machine;
  const pause = (ms: number): Promise<void> =>
    process.local('wait', () => {
      machine.pass(ms);
    });
  const http = {
    send: ({ url }: { url: string }) =>
      process.local('fetch', () => ({ status: 200, body: machine.answer(url) })),
    retry: createRetry({
      limits: {
        ...{ requestAttemptsMax: 3, firstContactAttemptsMax: 3 },
        ...{ retryDelayMinMs: 500, retryDelayMaxMs: 60_000, retryAfterMaxMs: 300_000 },
      },
      random: machine.random,
      sleep: pause,
      signal: process.signal,
      log: log.debug,
    }),
    pause,
    close: () => Promise.resolve(),
  };
  const authUrl = `${baseUrl}/connect/token`;
  const tokens = openTokens({ http, authUrl, clientId: 'id', clientSecret: 'secret', now: nowMs });
  const { tenantId } = machine;
  return readServiceTitan(
    { http, tokens, now: nowMs, log: log.debug },
    { baseUrl, tenantId, appKey: 'key', contracts },
  );
};

/** The disk as the program sees it: each change of it is a step. */
const openFiles = (process: Process, { files }: Disk): Files => {
  const stepOf = (path: string, verb: 'open' | 'write' | 'sync' | 'cut'): Step => {
    if (path.includes('journal')) return verb === 'cut' ? 'journal write' : `journal ${verb}`;
    return `records ${verb}`;
  };
  const openFile = (path: string, file: OpenFile): OpenFile => ({
    ...file,
    write: (bytes, ...at) => process.local(stepOf(path, 'write'), () => file.write(bytes, ...at)),
    writeFile: (text) => process.local(stepOf(path, 'write'), () => file.writeFile(text)),
    truncate: (length) => process.local(stepOf(path, 'cut'), () => file.truncate(length)),
    datasync: () => process.local(stepOf(path, 'sync'), () => file.datasync()),
    sync: () => process.local(stepOf(path, 'sync'), () => file.sync()),
  });
  return {
    ...files,
    open: async (path, flags, mode) =>
      openFile(
        path,
        await process.local(stepOf(path, 'open'), () => files.open(path, flags, mode)),
      ),
    rename: (from, to) => process.local('journal rename', () => files.rename(from, to)),
    rm: (path, options) => process.local('spool remove', () => files.rm(path, options)),
  };
};

const unused = (): never => {
  throw new Error('not used by what moves data');
};

const openWarehouse = (process: Process, disk: Disk): Warehouse => ({
  kind: 'duckdb',
  commitsAtOnce: 2,
  readControls: (tenantId, entity) =>
    process.call('read controls', { kind: 'readControls', tenantId, entity }),
  planStreams: (streams) => process.call('plan streams', { kind: 'planStreams', streams }),
  restartStreams: (streams) => process.call('restart streams', { kind: 'restartStreams', streams }),
  recordRuns: (rows) => process.call('record runs', { kind: 'recordRuns', rows }),
  stage: (entity, batches) =>
    process.call('stage', {
      kind: 'stage',
      entity,
      batches: batches.map((batch) => ({ batch, content: disk.read(batch.file) })),
    }),
  commit: (staged, runId) => process.call('commit', { kind: 'commit', staged, runId }),
  dropStaged: (staged) => process.call('drop staged', { kind: 'dropStaged', staged }),
  setUp: unused,
  prepare: unused,
  recordBuilds: unused,
  recordTenant: unused,
  buildTables: unused,
  execute: unused,
  query: unused,
  close: unused,
});

const isOperating = (error: unknown): boolean => error instanceof Error && 'exitCode' in error;

/**
 * Runs a command of the program as it is, against the machine.
 * @returns how it ended; never, when it dies first.
 */
export const runLife = async (
  process: Process,
  {
    machine,
    entities,
    command,
    settings,
    runId,
    decorate,
  }: {
    machine: Machine;
    entities: readonly Entity[];
    command: Command;
    settings: Settings;
    runId: string;
    decorate: Decorate;
  },
): Promise<Outcome> => {
  const call: Parameters<NonNullable<Decorate['warehouse']>>[1] = (given) =>
    process.call(given.kind === 'execute' ? 'commit' : 'read controls', given);
  const warehouse = openWarehouse(process, machine.disk);
  const files = openFiles(process, machine.disk);
  const source = openSource(process, machine);
  const { lookbackMs, ...moving } = settings;
  const deps: PipelineDeps = {
    ...moving,
    source: decorate.source?.(source) ?? source,
    warehouse: decorate.warehouse?.(warehouse, call) ?? warehouse,
    files: decorate.files?.(files) ?? files,
    spoolDir: '/spool',
    log,
    signal: process.signal,
    onProgress: () => undefined,
    onCommitted: () => Promise.resolve(),
    runId,
    clock: () => new Date(machine.nowMs()),
    // No schedule decides over a timer: there, batches gather until nothing more is expected.
    after: () => () => undefined,
  };
  const now = new Date(machine.nowMs()).toISOString();
  const range = { from: '2024-01-01T07:00:00.000Z', to: null, now, timeZone: 'America/Phoenix' };
  try {
    const { outcomes } =
      command.kind === 'backfill'
        ? await backfill(entities, { ...range, force: command.force }, deps)
        : await sync(entities, { now, since: command.since, lookbackMs }, deps);
    const bad = outcomes.find(({ outcome }) => outcome !== 'ok');
    if (bad === undefined) return { ok: true, message: '' };
    if (bad.error instanceof Error && !isOperating(bad.error)) throw bad.error;
    return { ok: false, message: `${bad.outcome} ${bad.message}`, error: bad.error };
  } catch (error) {
    if (!isOperating(error)) throw error;
    return { ok: false, message: String(error), error };
  }
};
