import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceConfig, type Config, type SourceConfig } from '../config.ts';
import { CheckError, ConfigError, stoppedExitCode } from '../errors.ts';
import { backfill } from '../pipeline/backfill.ts';
import { build } from '../pipeline/build.ts';
import { marts } from '../pipeline/kpis/marts.ts';
import { startOfLocalDate } from '../pipeline/local-dates.ts';
import type { PipelineDeps, RunResult } from '../pipeline/run-moves.ts';
import { sync } from '../pipeline/sync.ts';
import { verify } from '../pipeline/verify.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { formatTable } from './format-table.ts';
import type { Io } from './io.ts';
import { withPipeline } from './open-pipeline.ts';
import { sqlDir } from './package-paths.ts';
import { showKpis } from './run-kpis.ts';
import { writeReport } from './run-report.ts';
import { readMarts } from './with-marts.ts';

export type DemoArguments = { scale: number; dir: string };

/** Before the invented company's first customer. */
const historyFrom = '2018-01-01';
const advancedHours = 48;

const demoConfig = (sandbox: Sandbox, dir: string): Config & { source: SourceConfig } =>
  readSourceConfig({
    ST_BASE_URL: sandbox.url,
    ST_AUTH_URL: `${sandbox.url}/connect/token`,
    ST_CLIENT_ID: sandbox.credentials.clientId,
    ST_CLIENT_SECRET: sandbox.credentials.clientSecret,
    ST_APP_KEY: sandbox.credentials.appKey,
    ST_TENANT_ID: sandbox.credentials.tenantId,
    ST_REQUESTS_PER_SECOND: '1000',
    DUCKDB_PATH: join(dir, 'demo.duckdb'),
    SPOOL_DIR: join(dir, 'spool'),
  });

/** Its steps say what they did; the log adds what a person should act on. */
const quietly = (io: Io): Io => ({
  ...io,
  bar: false,
  log: { ...io.log, info: () => undefined, debug: () => undefined },
});

/** Only what an earlier demo left: a folder may hold other things. */
const clear = async (dir: string): Promise<void> => {
  for (const name of [
    'demo.duckdb',
    'demo.duckdb.wal',
    'demo.duckdb.tmp',
    'spool',
    'report.html',
  ]) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
};

/** The first failure of a run, as it came. */
const assertDone = ({ outcomes }: RunResult): void => {
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw failed.error;
};

const tell = (io: Io, what: string, startedAt: number, result: RunResult): void => {
  const rows = result.outcomes.reduce((sum, outcome) => sum + outcome.rows, 0);
  const seconds = ((io.now().getTime() - startedAt) / 1000).toFixed(1);
  io.out(
    `${what}: ${rows.toLocaleString('en-US')} rows read in ${seconds} s; ${result.inserted} added, ` +
      `${result.updated} changed, ${result.deleted} marked deleted`,
  );
};

type Compared = { entity: string; sandbox: number; warehouse: number };

/** What both sides hold, entity by entity, counted by each side itself. */
const compare = async (sandbox: Sandbox, deps: PipelineDeps): Promise<Compared[]> => {
  const counts = sandbox.counts();
  const compared: Compared[] = [];
  for (const { name, table } of deps.source.entities) {
    const [row] = await deps.warehouse.query(
      `select countif(not _deleted) as n from st_raw.${table} where tenant_id = @tenant`,
      { tenant: deps.source.tenantId },
    );
    compared.push({ entity: name, sandbox: counts[name] ?? 0, warehouse: Number(row?.n ?? 0) });
  }
  return compared;
};

/** What the sandbox's clock shows once its time has passed. */
const inTwoDays = (io: Io): Date => new Date(io.now().getTime() + advancedHours * 3_600_000);

const isStopped = ({ signal }: PipelineDeps): boolean => signal.aborted;

const runSteps = async (sandbox: Sandbox, deps: PipelineDeps, io: Io): Promise<boolean> => {
  const { entities } = deps.source;
  const timeZone = 'America/Phoenix';
  const started = io.now();
  const range = {
    from: startOfLocalDate(historyFrom, timeZone, '--from'),
    to: null,
    now: started.toISOString(),
    timeZone,
    force: false,
  };
  const history = await backfill(entities, range, deps);
  assertDone(history);
  tell(io, 'backfill', started.getTime(), history);
  if (isStopped(deps)) return false;

  sandbox.advance({ hours: advancedHours });
  io.out(
    `two days pass in the sandbox: records are added, changed, sold late, deactivated, removed`,
  );
  const syncStarted = io.now();
  const clock = (): Date => inTwoDays(io);
  const options = { now: clock().toISOString(), since: null, lookbackMs: 86_400_000 };
  const changes = await sync(entities, options, { ...deps, clock });
  assertDone(changes);
  tell(io, 'sync', syncStarted.getTime(), changes);
  if (isStopped(deps)) return false;

  const { built, checks } = await build({
    warehouse: deps.warehouse,
    entities,
    sqlDir,
    log: deps.log,
    tenant: { tenantId: deps.source.tenantId, timeZone },
    now: clock().toISOString(),
    select: null,
  });
  const days = built.find(({ model }) => model === 'st_mart.daily_kpis')?.rows ?? 0;
  io.out(
    `build: ${built.length} models, published after ${checks.length} checks, none of them red; ` +
      `st_mart.daily_kpis has ${days.toLocaleString('en-US')} rows`,
  );
  return true;
};

const report = async (sandbox: Sandbox, deps: PipelineDeps, io: Io): Promise<void> => {
  const compared = await compare(sandbox, deps);
  io.out('');
  io.out(
    formatTable(
      ['entity', 'sandbox holds', 'warehouse holds', ''],
      compared.map((row) => [
        row.entity,
        row.sandbox,
        row.warehouse,
        row.sandbox === row.warehouse ? 'equal' : 'DIFFERENT',
      ]),
    ),
  );
  const options = { entities: deps.source.entities, tenantId: deps.source.tenantId };
  const verified = await verify(deps.warehouse, options);
  const wrong = [
    ...compared.filter((row) => row.sandbox !== row.warehouse),
    ...verified.filter(({ ok }) => !ok),
  ].map(({ entity }) => entity);
  if (wrong.length > 0) {
    throw new CheckError(
      `Cannot call the demo a success: ${wrong.join(', ')} differ between sandbox, ledger and table; please report it`,
    );
  }
  io.out('Every entity is equal, and every table agrees with its ledger.');
};

/** The KPIs of the latest full week, as `fieldmart kpis --by week-region` prints them. */
const showLatestWeek = async ({ warehouse, source }: PipelineDeps, io: Io): Promise<void> => {
  const grain = 'week-region';
  const open = await readMarts({ warehouse, tenantId: source.tenantId }, [marts[grain].table]);
  io.out('');
  const dates = { from: undefined, to: undefined };
  await showKpis(open, { ...dates, unit: [], by: grain, format: 'table' }, io);
  io.out('');
};

/** The same week as a page, as `fieldmart report` writes it. */
const writePage = async ({ warehouse, source }: PipelineDeps, out: string, io: Io) => {
  const place = { out, timeZone: 'America/Phoenix', now: inTwoDays(io).toISOString() };
  await writeReport({ warehouse, tenantId: source.tenantId }, { from: null, to: null }, place);
  io.out(`The week as a page is ${out}: open it in any browser.`);
};

/** `fieldmart demo`: the main job from end to end against a small sandbox, with a database of its own. */
export const runDemo = async ({ scale, dir }: DemoArguments, io: Io): Promise<number> => {
  if (!(scale > 0 && scale <= 1)) {
    throw new ConfigError(`Cannot use --scale ${scale}: it must be above 0 and at most 1`);
  }
  await clear(dir);
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  const sandbox = await startSandbox({ scale, now: io.now });
  try {
    const config = demoConfig(sandbox, dir);
    io.out(
      `A stand-in ServiceTitan with an invented company runs on ${sandbox.url} (scale ${scale}).`,
    );
    return await withPipeline(config, quietly(io), async (deps, display) => {
      const finished = await runSteps(sandbox, deps, io);
      display.end();
      if (!finished) return stoppedExitCode;
      await report(sandbox, deps, io);
      await showLatestWeek(deps, io);
      await writePage(deps, join(dir, 'report.html'), io);
      io.out(
        `The warehouse is the DuckDB file ${config.duckdbPath}: try any SQL on st_mart.daily_kpis.`,
      );
      return 0;
    });
  } finally {
    await sandbox.close();
  }
};
