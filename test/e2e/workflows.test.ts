import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { evaluate, readWorkflow, stepsOf, type Step } from '../deploy/support/read-workflow.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, start, type Finished } from './support.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ scale: 0.001, now: () => new Date() });
});

afterAll(() => sandbox.close());

/** What a checkout and `npm ci` leave; the libraries are those that are here. */
const checkOut = async (): Promise<string> => {
  const dir = join(await makeTempDir(), 'checkout');
  await mkdir(dir);
  for (const name of ['package.json', 'dist', 'sql']) {
    await cp(name, join(dir, name), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(dir, 'node_modules'));
  return dir;
};

/** Takes back what the cache holds, runs the step as the runner does, and keeps what the cache keeps. */
const runOn = async (
  cache: string | null,
  step: Step,
  more: NodeJS.ProcessEnv = {},
): Promise<Finished & { dir: string }> => {
  const dir = await checkOut();
  if (cache !== null) await cp(cache, join(dir, 'data'), { recursive: true });
  const sandboxEnv = { ...environmentFor(sandbox, dir), ...more };
  const given = { secrets: sandboxEnv, vars: { HISTORY_FROM: '2018-01-01', ...sandboxEnv } };
  const mapped = Object.entries(step.env ?? {}).map(([name, text]) => [
    name,
    evaluate(text, given),
  ]);
  const env = {
    ...{ PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`, HOME: dirname(dir) },
    ...(Object.fromEntries(mapped) as NodeJS.ProcessEnv),
    RUNNER_TEMP: dirname(dir),
  };
  const shell = ['bash', '-e', '-c', `cd "$0" && ${step.run ?? ''}`, dir];
  return { ...(await start(shell, env).finished), dir };
};

const readSheet = async (dir: string): Promise<string[]> => {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(join(dir, 'output', 'hourly_revenue.xlsx'));
  const ids: string[] = [];
  workbook.getWorksheet('invoices')?.eachRow((row, index) => {
    if (index > 1) ids.push(row.getCell(1).text);
  });
  return ids;
};

/** Invoices that are there and not deleted, and how often each id is stored. */
const countInvoices = async (dir: string): Promise<Record<string, unknown>[]> => {
  const path = join(dir, 'data', 'fieldmart.duckdb');
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date() });
  const rows = await warehouse.query(
    'select countif(not _deleted) as n, count(*) - count(distinct id) as doubled from st_raw.raw_invoices',
  );
  await warehouse.close();
  return rows;
};

const expectComplete = async (dir: string): Promise<void> => {
  expect(await countInvoices(dir)).toEqual([{ n: sandbox.counts().invoices, doubled: 0 }]);
  const ids = await readSheet(dir);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(0);
};

/** What the log says of the commands: each with its exit code. */
const readEnded = async (dir: string): Promise<string[]> =>
  (await readFile(join(dir, 'logs', 'app.log'), 'utf8'))
    .split('\n')
    .filter((line) => line.includes('run ended'))
    .map((line) => JSON.parse(line) as { command: string; exitCode: number })
    .map(({ command, exitCode }) => `${command} ${exitCode}`);

const expectDone = ({ code, err }: Finished): void => {
  expect(code === 0 ? '' : err).toBe('');
};

test('the hourly workflow, twice from clean checkouts: with what is kept nothing is lost or doubled', async () => {
  const [step = {}] = stepsOf(await readWorkflow('hourly.yml')).filter(({ env }) => env);
  const first = await runOn(null, step);
  expectDone(first);
  await expectComplete(first.dir);

  sandbox.advance({ hours: 24 });
  const second = await runOn(join(first.dir, 'data'), step);
  expectDone(second);
  await expectComplete(second.dir);
  expect(await readEnded(second.dir)).toEqual(['sync 0', 'publish xlsx 0', 'publish databox 0']);

  // What was kept is gone: history is read again, and all is as it would have been.
  await rm(first.dir, { recursive: true });
  const third = await runOn(null, step);
  expectDone(third);
  await expectComplete(third.dir);
}, 180_000);

/** The part of the page that the daily workflow keeps. */
const readPage = (dir: string): Promise<string> =>
  readFile(join(dir, 'output', 'report.html'), 'utf8');

/** What a machine needs to know of history here: the last two months, so that it is quickly read. */
const dayMs = 86_400_000;
const recently = (): string => new Date(Date.now() - 60 * dayMs).toISOString().slice(0, 10);

test('the daily workflow: history once, then what changed; the report is there whatever fails', async () => {
  const [step = {}] = stepsOf(await readWorkflow('daily.yml')).filter(({ env }) => env);
  const first = await runOn(null, step, { HISTORY_FROM: recently() });
  expectDone(first);
  expect(await readEnded(first.dir)).toEqual([
    ...['backfill 0', 'sync 0', 'build 0', 'check 0', 'report 0'],
  ]);
  expect(await readPage(first.dir)).toMatch(/<h1/);

  // The source refuses: its exit code is the step's, and the report of what was published is written all the same.
  const refused = await runOn(join(first.dir, 'data'), step, { ST_CLIENT_SECRET: 'cs1.expired' });
  expect(refused.code).toBe(3);
  expect(await readEnded(refused.dir)).toEqual(['sync 3', 'check 0', 'report 0']);
  expect(await readPage(refused.dir)).toMatch(/<h1/);
}, 180_000);
