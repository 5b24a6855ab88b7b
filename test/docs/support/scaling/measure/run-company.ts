import { join } from 'node:path';
import type { Batch, Source } from '../../../../../src/model.ts';
import { backfill } from '../../../../../src/pipeline/backfill.ts';
import { build } from '../../../../../src/pipeline/build.ts';
import type { PipelineDeps, RunResult } from '../../../../../src/pipeline/run-moves.ts';
import { sync } from '../../../../../src/pipeline/sync.ts';
import { verify } from '../../../../../src/pipeline/verify.ts';
import { startSandbox, type Sandbox } from '../../../../../src/sandbox/sandbox.ts';
import { openServiceTitan } from '../../../../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../../../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../../../../support/temp-dir.ts';

/** A batch that was committed. */
export type Committed = Pick<Batch, 'loadId' | 'entity' | 'rows' | 'bytes' | 'scope'>;

/** What one command asked the source for and stored. */
export type Seen = { requests: number; commits: number; batches: Committed[] };

/** A company that was read, in its warehouse. */
export type Company = {
  warehouse: Warehouse;
  backfill: Seen;
  hours: Seen[];
  days: Seen[];
  /** A sync in which nothing had changed. */
  quiet: Seen;
  close: () => Promise<void>;
};

export type Span = { scale: number; from: string; hours: number; days: number };

const startedAt = Date.parse('2026-03-10T07:00:00.000Z');
const timeZone = 'America/Phoenix';
const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

const assertDone = ({ outcomes }: RunResult): void => {
  const failed = outcomes.find(({ outcome }) => outcome !== 'ok');
  if (failed !== undefined) throw failed.error;
};

/** The warehouse, and what was committed to it since the last look. */
const watch = (warehouse: Warehouse) => {
  let [commits, batches]: [number, Committed[]] = [0, []];
  const commit: Warehouse['commit'] = async (staged, runId) => {
    const done = await warehouse.commit(staged, runId);
    commits += 1;
    for (const { loadId, entity, rows, bytes, scope } of staged.batches) {
      batches.push({ loadId, entity, rows, bytes, scope });
    }
    return done;
  };
  const take = () => {
    const taken = { commits, batches };
    [commits, batches] = [0, []];
    return taken;
  };
  return { watched: { ...warehouse, commit }, take };
};

const openDeps = (source: Source, warehouse: Warehouse, dir: string, clock: () => Date) =>
  ({
    ...{ source, warehouse, clock, log },
    spoolDir: join(dir, 'spool'),
    batchBytesMax: 64 * 1024 * 1024,
    signal: new AbortController().signal,
    onProgress: quiet,
    onCommitted: () => Promise.resolve(),
    runId: 'run',
    streamsInFlight: 32,
    readsInFlight: 4,
  }) satisfies PipelineDeps;

const takeRequests = (sandbox: Sandbox): number => {
  const { total, tokens } = sandbox.requests();
  sandbox.resetRequests();
  return total - tokens;
};

const buildAndVerify = async (source: Source, warehouse: Warehouse, now: string) => {
  const { entities, tenantId } = source;
  const tenant = { tenantId, timeZone };
  await build({ warehouse, entities, sqlDir: 'sql', log, tenant, now, select: null });
  const wrong = (await verify(warehouse, { entities, tenantId })).filter(({ ok }) => !ok);
  if (wrong.length > 0) throw new Error('the ledger and the tables differ');
};

/** Reads a sandbox's company into DuckDB: its history, some hours and days that pass, and the models. */
export const runCompany = async ({ scale, from, hours, days }: Span): Promise<Company> => {
  let now = startedAt;
  const clock = (): Date => new Date(now);
  const dir = await makeTempDir();
  const sandbox = await startSandbox({ scale, now: () => new Date(startedAt) });
  const source = openServiceTitan({
    ...sandbox.credentials,
    baseUrl: sandbox.url,
    authUrl: `${sandbox.url}/connect/token`,
    requestsPerSecond: 1000,
  });
  const path = join(dir, 'company.duckdb');
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now: clock });
  const { watched, take } = watch(warehouse);
  const deps = openDeps(source, watched, dir, clock);
  const { entities } = source;
  await warehouse.prepare(entities);
  const see = async (work: () => Promise<RunResult>): Promise<Seen> => {
    assertDone(await work());
    return { requests: takeRequests(sandbox), ...take() };
  };
  const syncNow = () =>
    see(() =>
      sync(entities, { now: clock().toISOString(), since: null, lookbackMs: 86_400_000 }, deps),
    );
  const pass = async (times: number, span: number): Promise<Seen[]> => {
    const seen: Seen[] = [];
    for (let time = 0; time < times; time += 1) {
      now += span * 3_600_000;
      sandbox.advance({ hours: span });
      seen.push(await syncNow());
    }
    return seen;
  };

  const range = { from, to: null, now: clock().toISOString(), timeZone, force: false };
  const history = await see(() => backfill(entities, range, deps));
  await syncNow();
  const company = { backfill: history, hours: await pass(hours, 1), days: await pass(days, 24) };
  const nothingNew = await syncNow();
  await buildAndVerify(source, warehouse, clock().toISOString());
  const close = async (): Promise<void> => {
    await source.close();
    await warehouse.close();
    await sandbox.close();
  };
  return { ...company, warehouse, quiet: nothingNew, close };
};
