import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { environmentFor } from '../e2e/support.ts';
import type { LoggedRequest } from '../support/bigquery/request-log.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine } from './support/run-line.ts';

jest.setTimeout(120_000);

const now = new Date();
/** Jobs are read in windows, then through their feed. */
const line = `backfill --entity jobs --from ${new Date(now.getTime() - 20 * 86_400_000).toISOString().slice(0, 10)}`;

let sandbox: Sandbox;
let server: Bigquery;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [sandbox, server] = await Promise.all([
    startSandbox({ scale: 0.001, now: () => now }),
    startBigquery(),
  ]);
  const here = environmentFor(sandbox, await makeTempDir());
  env = { ...here, ...bigqueryEnv(server), LOG_LEVEL: 'error' };
});

afterAll(async () => {
  await server.close();
  await sandbox.close();
});

const countRows = async (table: string): Promise<number> =>
  Number((await server.sql(`select count(*) as n from ${table}`))[0]?.n);

/** A commit stands still in BigQuery until it is released. */
const holdCommit = (entity: string) =>
  server.addFault({
    labels: { fieldmart_step: 'commit', fieldmart_entity: entity },
    sql: /begin transaction/i,
    effect: { kind: 'holdJob' },
  });

test('while a run goes on, progress reads the warehouse; Ctrl-C lets the commit end and the next run goes on', async () => {
  const held = holdCommit('jobs');
  const running = runLine(line, env, now);
  await held.reached;
  const progress = await runLine('progress --entity jobs', env, now);
  expect(progress).toMatchObject({ code: 0, err: '' });
  expect(progress.out).toMatch(/^jobs +0\/\d +0 .*running/m);
  process.emit('SIGINT');
  held.release();
  expect(await running).toMatchObject({
    code: 130,
    err: 'Stopped cleanly; repeat the same command to go on from here',
  });
  expect(await countRows('st_raw.raw_jobs')).toBeGreaterThan(0);
  expect(await runLine(line, env, now)).toMatchObject({ code: 0 });
  expect(await runLine('verify', env, now)).toMatchObject({ code: 0 });
});

test('no figures are left beside the spool: they would have to be read, and that is billed', () => {
  expect(existsSync(env.SPOOL_DIR ?? '')).toBe(true);
  expect(existsSync(join(env.SPOOL_DIR ?? '', 'progress.json'))).toBe(false);
});

test('two runs that load the same at once share its jobs, and both end well', async () => {
  const forced = 'backfill --entity job-types --from 2026-01-01 --force';
  const held = holdCommit('job-types');
  const first = runLine(forced, env, now);
  await held.reached;
  const second = runLine(forced, { ...env, SPOOL_DIR: await makeTempDir() }, now);
  const isTold = ({ method, status, sql }: LoggedRequest): boolean =>
    method === 'POST' && status === 409 && sql?.includes('begin transaction') === true;
  while (!server.requests().some(isTold)) await sleep(20);
  held.release();
  expect([(await first).code, (await second).code]).toEqual([0, 0]);
  expect(await countRows('st_raw.raw_job_types')).toBe(46);
  expect(await runLine('verify', env, now)).toMatchObject({ code: 0 });
});
