import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bigqueryEnv } from '../cli/support/bigquery-env.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, fieldmart } from './support.ts';

const line = 'backfill --entity job-types --from 2026-01-01';

let sandbox: Sandbox;
let server: Bigquery;
beforeAll(async () => {
  [sandbox, server] = await Promise.all([
    startSandbox({ scale: 0.0005, now: () => new Date() }),
    startBigquery(),
  ]);
});
afterAll(async () => {
  await server.close();
  await sandbox.close();
});

const listClaims = async (dir: string): Promise<string[]> => {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  return names.filter((name) => /\.claim-[\w-]+$/.test(name) && !name.includes('/.'));
};

test('two processes that read the same stream into BigQuery do not mix their pages', async () => {
  const env = { ...environmentFor(sandbox, await makeTempDir()), ...bigqueryEnv(server) };
  const spool = env.SPOOL_DIR ?? '';
  const fault = sandbox.addFault({ kind: 'stall', path: 'job-types' });
  const first = spawn(process.execPath, ['dist/bin/fieldmart.js', ...line.split(' ')], {
    env,
    stdio: 'ignore',
  });
  while ((await listClaims(spool)).length === 0) await wait(20);

  const second = await fieldmart(line, env);
  expect(second.code).toBe(5);
  expect(second.err).toContain(
    `another fieldmart (pid ${first.pid ?? 0}) reads it into the same spool; wait for it to end`,
  );

  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await listClaims(spool)).toHaveLength(1);
  expect(fault.hits).toBeGreaterThan(0);
  sandbox.clearFaults();
  expect(await fieldmart(line, env)).toMatchObject({ code: 0 });
  expect(await listClaims(spool)).toEqual([]);
  expect((await fieldmart('verify', env)).out).toMatch(/^job-types +46 +46 +0 +0 +equal$/m);
}, 120_000);
