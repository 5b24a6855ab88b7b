import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { runLine, type Ran } from '../cli/support/run-line.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, fieldmart, start, startFieldmart } from './support.ts';

let sandbox: Sandbox;
let dir: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  sandbox = await startSandbox({ scale: 0.001, now: () => new Date() });
});

afterAll(() => sandbox.close());

beforeEach(async () => {
  dir = await makeTempDir();
  env = environmentFor(sandbox, dir);
  sandbox.clearFaults();
});

const patienceMs = 60_000;

/** The same in this process, which takes half the time: where it is not about processes. */
const runHere = (line: string, env: NodeJS.ProcessEnv): Promise<Ran> =>
  runLine(line, env, new Date());

const small = 'backfill --entity job-types,campaigns,business-units --from 2026-01-01';

describe('what a newcomer does', () => {
  test(
    'backfill, sync, build, progress, verify: each ends with 0 and says what it did',
    async () => {
      const backfilled = await fieldmart(small, env);
      expect(backfilled).toMatchObject({ code: 0 });
      expect(backfilled.out).toMatch(/job-types +ok +46/);
      for (const line of backfilled.err.trim().split('\n'))
        expect(JSON.parse(line)).toHaveProperty('level');
      expect(await fieldmart('sync --entity job-types', env)).toMatchObject({ code: 0 });
      expect((await fieldmart('build', env)).out).toMatch(/st_ref\.dim_job_types +46/);
      expect((await fieldmart('verify', env)).out).toMatch(/campaigns .*equal/);
      const progress = await fieldmart('progress --entity job-types --json', env);
      expect(JSON.parse(progress.out)).toMatchObject([
        {
          entity: 'job-types',
          windowsDone: 1,
          windowsPlanned: 1,
          rowsStored: 46,
          lastOutcome: 'ok',
        },
      ]);
    },
    patienceMs,
  );

  test('backfill-entity is the same command', async () => {
    const line = ['dist/bin/backfill-entity.js', '--entity', 'tag-types', '--from', '2026-01-01'];
    const { code, out } = await start([process.execPath, ...line], env).finished;
    expect(code).toBe(0);
    expect(out).toMatch(/tag-types +ok +30/);
  });

  test('a dataset prefix is put on every dataset', async () => {
    const prefixed = { ...env, DATASET_PREFIX: 'trial_' };
    expect(await runHere(small, prefixed)).toMatchObject({ code: 0 });
    expect(await runHere('build', prefixed)).toMatchObject({ code: 0 });
    expect((await runHere('progress --entity job-types', prefixed)).out).toMatch(/46/);
    expect((await runHere('progress --entity job-types', env)).out).toMatch(/job-types +0\/0 +0/);
  });
});

describe('what goes wrong outside: one clear line, its exit code, nothing half-stored', () => {
  test('credentials refused', async () => {
    const { code, err } = await runHere(small, { ...env, ST_CLIENT_SECRET: 'cs1.wrong-secret' });
    expect(code).toBe(3);
    expect(err).toMatch(/ST_CLIENT_ID|ST_CLIENT_SECRET/);
    expect(err).not.toContain('wrong-secret');
  });

  test('credentials refused with 400, as some token endpoints do: said once, nothing more is begun', async () => {
    sandbox.addFault({ kind: 'status', status: 400, path: 'connect/token' });
    const { code, out, err } = await runHere('backfill --all --from 2026-11-01', env);
    expect(code).toBe(3);
    expect(err.match(/check ST_CLIENT_ID/g)).toHaveLength(1);
    expect(out).toMatch(/stopped/);
  });

  test(
    'host unreachable',
    async () => {
      const { code, err } = await runHere(small, {
        ...env,
        ST_BASE_URL: 'http://127.0.0.1:9',
        ST_AUTH_URL: 'http://127.0.0.1:9/connect/token',
      });
      expect(code).toBe(3);
      expect(err).toMatch(/127\.0\.0\.1:9/);
    },
    patienceMs,
  );

  test('an endpoint that answers 404 only ends its own entity', async () => {
    sandbox.addFault({ kind: 'status', status: 404, path: 'campaigns' });
    const { code, out } = await runHere(small, env);
    expect(code).toBe(3);
    expect(out).toMatch(/campaigns +failed/);
    expect(out).toMatch(/job-types +ok +46/);
  });

  test('a scope that is missing is named, and the other entities go on', async () => {
    sandbox.addFault({ kind: 'forbidden', path: 'campaigns' });
    const { code, out, err } = await runHere(small, env);
    expect(code).toBe(3);
    expect(err).toMatch(/tn\.mrk\.campaigns:r/);
    expect(out).toMatch(/job-types +ok +46/);
    expect(out).toMatch(/campaigns +failed/);
    sandbox.clearFaults();
    expect(await runHere(small, env)).toMatchObject({ code: 0 });
  });

  test('a file that is no database', async () => {
    await writeFile(join(dir, 'test.duckdb'), 'this is a letter, not a database '.repeat(400));
    const { code, err } = await runHere(small, env);
    expect(code).toBe(5);
    expect(err).toMatch(/not a DuckDB database/);
    expect(err).toMatch(/DUCKDB_PATH/);
  });

  test(
    'a database that another process holds; progress shows that run’s figures',
    async () => {
      sandbox.addFault({ kind: 'stall', path: 'campaigns' });
      const holder = startFieldmart('backfill --entity job-types,campaigns --from 2026-01-01', env);
      for (let tries = 0; tries < 200; tries += 1) {
        const files = await readdir(join(dir, 'spool'), { recursive: true }).catch(() => []);
        if (files.some((file) => file.endsWith('progress.json'))) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const refused = await runHere('build', env);
      expect(refused.code).toBe(5);
      expect(refused.err).toMatch(/holds it; wait for it to end/);
      const progress = await runHere('progress --entity job-types', env);
      expect(progress).toMatchObject({ code: 0 });
      expect(progress.out).toMatch(/job-types +1\/1 +46/);
      expect(progress.err).toMatch(/A run is writing now/);
      holder.kill('SIGTERM');
      const stopped = await holder.finished;
      expect(stopped.code).toBe(130);
      expect(stopped.err).toMatch(/repeat the same command to go on/);
    },
    patienceMs,
  );

  test('a ledger that no longer agrees: verify says which entity and exits 6', async () => {
    await runHere(small, env);
    const { openDuckdb } = await import('../../src/warehouses/duckdb/open-duckdb.ts');
    const path = join(dir, 'test.duckdb');
    const warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date() });
    await warehouse.execute(
      'delete from st_raw.raw_job_types where id = (select min(id) from st_raw.raw_job_types)',
    );
    await warehouse.close();
    const { code, out, err } = await runHere('verify', env);
    expect(code).toBe(6);
    expect(out).toMatch(/job-types .*DIFFERENT/);
    expect(err).toMatch(/job-types/);
  });

  test('a failing run leaves no secret behind: not in its output, the spool or the database', async () => {
    sandbox.addFault({ kind: 'status', status: 500, path: 'job-types', times: 1 });
    const { out, err } = await fieldmart(small, { ...env, LOG_LEVEL: 'debug' });
    const secrets = [sandbox.credentials.clientSecret, sandbox.credentials.appKey];
    const files = await readdir(dir, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    for (const secret of secrets) {
      for (const text of [out, err, ...texts]) expect(text.includes(secret)).toBe(false);
    }
  });
});

/** Waits until it is so. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('scripts', () => {
  const sync = (more: NodeJS.ProcessEnv = {}) =>
    start(['bash', 'scripts/sync-daily.sh', '--entity', 'job-types'], {
      ...env,
      FIELDMART_LOCK: join(dir, 'lock'),
      ...more,
    }).finished;

  test('check-progress.sh hands its options on', async () => {
    const { code, out } = await start(
      ['bash', 'scripts/check-progress.sh', '--entity', 'jobs', '--json'],
      env,
    ).finished;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ entity: 'jobs', rowsStored: 0 }]);
  });

  test(
    'sync-daily.sh syncs and builds, gives the lock back, and passes the exit code on',
    async () => {
      const { code, out } = await sync();
      expect(code).toBe(0);
      expect(out).toMatch(/st_dim\.dim_jobs/);
      // A lock that is still held would be a 5.
      expect(await sync({ ST_CLIENT_ID: '' })).toMatchObject({ code: 2 });
    },
    patienceMs,
  );

  test(
    'sync-daily.sh waits for nobody: a held lock is 5, one whose holder is gone is free',
    async () => {
      const holder = start(['flock', '--no-fork', join(dir, 'lock'), 'sleep', '60'], env);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const held = await sync();
      expect(held.code).toBe(5);
      expect(held.err).toMatch(/another sync-daily holds/);
      holder.kill('SIGKILL');
      await holder.finished;
      const first = sync();
      await until(async () => /^\d+\n$/.test(await readFile(join(dir, 'lock'), 'utf8')));
      const second = await sync();
      const pid = (await readFile(join(dir, 'lock'), 'utf8')).trim();
      expect(second).toMatchObject({ code: 5, out: '' });
      expect(second.err).toContain(`another sync-daily (pid ${pid}) holds ${join(dir, 'lock')}`);
      expect(await first).toMatchObject({ code: 0 });
    },
    patienceMs,
  );
});

test('the demo ends with every entity equal, and the KPIs of the latest full week', async () => {
  const { code, out } = await fieldmart(`demo --scale 0.001 --dir ${dir}`, {
    PATH: process.env.PATH,
  });
  expect(out).toMatch(/Every entity is equal, and every table agrees with its ledger/);
  expect(out).not.toMatch(/DIFFERENT/);
  expect(out).toMatch(/The week as a page is .*report\.html: open it in any browser/);
  expect(out).toMatch(
    /KPIs by week and region, [-\d]+ to [-\d]+ \(the latest full week\)\n\nregion +leads .*[^]*\nPhoenix +\d/,
  );
  expect(code).toBe(0);
}, 90_000);
