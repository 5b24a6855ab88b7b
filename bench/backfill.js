/**
 * Times the main job: the sandbox's whole history from HTTP into raw tables, a sync in which nothing changed, and all
 * models and checks. The sandbox is a process of its own, so that its cost is not ours. Usage: npm run bench -- [scale]
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { backfill } from '../dist/pipeline/backfill.js';
import { build } from '../dist/pipeline/build.js';
import { sync } from '../dist/pipeline/sync.js';
import { readsInFlightMax, streamsInFlightMax, batchBytesMaxDefault } from '../dist/limits.js';
import { openServiceTitan } from '../dist/sources/servicetitan/index.js';
import { openDuckdb } from '../dist/warehouses/duckdb/open-duckdb.js';

const scale = process.argv[2] ?? '0.1';
const quiet = () => undefined;
const log = { error: console.error, warn: console.error, info: quiet, debug: quiet };

/** Starts the sandbox and answers its process and address. */
const startSandbox = () =>
  new Promise((resolve, reject) => {
    const args = ['dist/bin/fieldmart.js', 'sandbox', '--port', '0', '--scale', scale];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.on('exit', () => reject(new Error('the sandbox ended')));
    child.stdout.on('data', (chunk) => {
      const [url] = /http:\/\/[\d.:]+/.exec(String(chunk)) ?? [];
      if (url !== undefined) resolve({ child, url });
    });
  });

const { child, url } = await startSandbox();
const dir = await mkdtemp(join(tmpdir(), 'fieldmart-bench-'));
const clock = () => new Date();
const warehouse = await openDuckdb({
  path: join(dir, 'bench.duckdb'),
  datasetPrefix: '',
  now: clock,
});
const source = openServiceTitan({
  baseUrl: url,
  authUrl: `${url}/connect/token`,
  tenantId: '4711',
  clientId: 'cid.sandbox',
  clientSecret: 'cs1.sandbox-secret',
  appKey: 'ak1.sandbox',
  requestsPerSecond: 1000,
});

const total = { requests: 0, bytes: 0, rssMax: 0 };
const counted = {
  ...source,
  readPage: async (...args) => {
    const page = await source.readPage(...args);
    total.requests += 1;
    total.bytes += page.lines.length;
    total.rssMax = Math.max(total.rssMax, process.memoryUsage().rss);
    return page;
  },
};

const deps = {
  source: counted,
  warehouse,
  spoolDir: join(dir, 'spool'),
  batchBytesMax: batchBytesMaxDefault,
  log,
  signal: new AbortController().signal,
  onProgress: quiet,
  onCommitted: () => Promise.resolve(),
  runId: 'bench',
  streamsInFlight: streamsInFlightMax,
  readsInFlight: readsInFlightMax,
  clock,
};

const time = async (name, work) => {
  Object.assign(total, { requests: 0, bytes: 0 });
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = total.bytes / 1e6;
  console.log(
    `${name}: ${result.inserted} rows added, ${megabytes.toFixed(0)} MB, ${seconds.toFixed(1)} s, ` +
      `${(megabytes / seconds).toFixed(1)} MB/s, ${((user + system) / 1e6).toFixed(1)} CPU s, ` +
      `${total.requests} pages, peak ${(total.rssMax / 1e6).toFixed(0)} MB`,
  );
};

/** All models and checks; the longest of them by name. */
const timeBuild = async (name) => {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const tenant = { tenantId: '4711', timeZone: 'America/Phoenix' };
  const { entities } = source;
  const now = clock().toISOString();
  let rssMax = 0;
  const sampling = setInterval(() => (rssMax = Math.max(rssMax, process.memoryUsage().rss)), 50);
  const { built, checks } = await build({
    warehouse,
    entities,
    sqlDir: 'sql',
    log,
    tenant,
    now,
    select: null,
  });
  clearInterval(sampling);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const modelSeconds = built.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const longest = [...built].sort((a, b) => b.durationMs - a.durationMs).slice(0, 3);
  console.log(
    `${name}: ${built.length} models in ${modelSeconds.toFixed(1)} s, with ${checks.length} checks ` +
      `${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} CPU s, ` +
      `peak ${(rssMax / 1e6).toFixed(0)} MB; longest: ` +
      longest.map(({ model, durationMs }) => `${model} ${durationMs} ms`).join(', '),
  );
};

try {
  const now = clock().toISOString();
  const range = { from: '2018-01-01T07:00:00.000Z', to: null, now, timeZone: 'America/Phoenix' };
  await warehouse.prepare(source.entities);
  await time('backfill', () => backfill(source.entities, { ...range, force: false }, deps));
  const options = { now, since: null, lookbackMs: 86_400_000 };
  await time('first sync', () => sync(source.entities, options, deps));
  await time('sync, nothing new', () => sync(source.entities, options, deps));
  await timeBuild('first build');
  await timeBuild('rebuild');
} finally {
  child.removeAllListeners('exit');
  child.kill();
  await source.close();
  await warehouse.close();
  await rm(dir, { recursive: true, force: true });
}
