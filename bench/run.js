/**
 * `npm run bench -- [--scale 1] [--runs 3] [--json FILE]`: times each stage alone and the whole, several times, and
 * prints median and spread. Each stage is a process of its own, and so is the server; see docs/performance.md.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { countRequests } from './count-requests.js';
import { formatFigures, formatRequests, median } from './format-figures.js';

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const now = '2026-06-30T18:00:00.000Z';
const cache = join('data', 'bench', `scale-${values.scale}`);
const pathsFile = join(cache, 'paths.json');

const startServer = async () => {
  await mkdir(cache, { recursive: true });
  const server = fork(new URL('serve-recorded.js', import.meta.url), [cache, values.scale, now]);
  const [{ url }] = await once(server, 'message');
  return { url, stop: () => server.disconnect() };
};

const runStage = (name, settings) =>
  new Promise((resolve, reject) => {
    const child = fork(new URL(`stages/${name}.js`, import.meta.url));
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    child.send(settings);
  });

const tell = async (url, path, body = '') =>
  await (await request(url + path, { method: 'POST', body })).body.json();

const inFreshFolder = async (work) => {
  const dir = await mkdtemp(join(tmpdir(), 'fieldmart-bench-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

/** A stage's figures with what the server saw of it. */
const measure = async (server, name, settings) => {
  await tell(server.url, '/bench/counts');
  const figures = await runStage(name, { url: server.url, now, ...settings });
  const { counts, recorded } = await tell(server.url, '/bench/counts');
  if (recorded > 0) console.error(`${name}: ${recorded} responses were recorded; not counted`);
  const requests = counts.reduce((sum, [, times]) => sum + times, 0);
  return { ...figures, requests, again: requests - counts.length, recorded, counts };
};

/** After so long, about one record in a hundred has changed or come, whatever the size of the company. */
const hours = 120;

/** The whole life of one warehouse: history, syncs, builds, and time that passes. */
const runWhole = (server) =>
  inFreshFolder(async (dir) => {
    await tell(server.url, '/bench/rewind');
    const later = new Date(Date.parse(now) + hours * 3_600_000).toISOString();
    const backfill = await measure(server, 'backfill', { dir });
    await measure(server, 'sync', { dir });
    const nothing = await measure(server, 'sync', { dir });
    const build = await measure(server, 'build', { dir });
    await tell(server.url, '/sandbox/advance', JSON.stringify({ hours }));
    const changed = await measure(server, 'sync', { dir, now: later });
    const rebuild = await measure(server, 'build', { dir, now: later });
    await tell(server.url, '/bench/rewind');
    return {
      'history, HTTP to merged tables': backfill,
      'sync, nothing new': nothing,
      'models and checks': build,
      'sync, 1 % changed': changed,
      'models and checks again': rebuild,
    };
  });

const runStages = async (server, paths, loads) => ({
  'floor: fetch and write': await inFreshFolder((dir) => measure(server, 'floor', { dir, paths })),
  'fetch and cut': await measure(server, 'cut', { paths }),
  'floor: read_json, 4 entities': await measure(server, 'read-json', { loads }),
  'stage and merge, 4 entities': await inFreshFolder((dir) =>
    measure(server, 'load', { dir, loads }),
  ),
  'fieldmart --help': await measure(server, 'help', {}),
});

const server = await startServer();
try {
  if (!existsSync(pathsFile)) {
    console.error('recording, once: the sandbox makes every response');
    const { 'history, HTTP to merged tables': first } = await runWhole(server);
    await writeFile(pathsFile, JSON.stringify(first.counts.map(([path]) => path)));
  }
  const paths = JSON.parse(await readFile(pathsFile, 'utf8'));
  const { loads } = await runStage('write-records', { url: server.url, paths, dir: cache });
  const runs = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    runs.push({ ...(await runStages(server, paths, loads)), ...(await runWhole(server)) });
  }
  const whole = runs.map((run) => run['history, HTTP to merged tables']);
  const floors = runs.map((run) => run['floor: fetch and write']);
  const ratio = median(whole.map(({ seconds }, run) => seconds / floors[run].seconds));
  console.log(
    `${cpus().length} cores ${cpus()[0]?.model ?? ''}, ${(totalmem() / 1e9).toFixed(0)} GB, Node ${process.version}`,
  );
  console.log(formatFigures(runs));
  console.log(`\nhistory / floor: ${ratio.toFixed(2)}`);
  const requests = countRequests(whole[0]);
  console.log(`\n${formatRequests(requests)}`);
  if (values.json !== undefined) {
    const plain = runs.map((run) =>
      Object.fromEntries(
        Object.entries(run).map(([name, figures]) => [name, { ...figures, counts: undefined }]),
      ),
    );
    await writeFile(
      values.json,
      JSON.stringify({ scale: values.scale, ratio, requests, runs: plain }, null, 2),
    );
  }
} finally {
  server.stop();
}
