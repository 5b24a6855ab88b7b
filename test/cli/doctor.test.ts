import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/pipeline/examine.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { environmentFor, start } from '../e2e/support.ts';
import { createClient } from '../support/bigquery/client.ts';
import { googleErrors } from '../support/bigquery/google-errors.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine } from './support/run-line.ts';

let sandbox: Sandbox;
let server: Bigquery;
let duckdb: NodeJS.ProcessEnv;
let bigquery: NodeJS.ProcessEnv;

beforeAll(async () => {
  [sandbox, server] = await Promise.all([
    startSandbox({ scale: 0.001, now: () => new Date() }),
    startBigquery(),
  ]);
  duckdb = { ...environmentFor(sandbox, await makeTempDir()), LOG_LEVEL: 'error' };
  bigquery = { ...duckdb, ...bigqueryEnv(server) };
});

afterEach(() => {
  sandbox.clearFaults();
});

afterAll(async () => {
  await server.close();
  await sandbox.close();
});

const secretsOf = (): string[] => [sandbox.credentials.clientSecret, sandbox.credentials.appKey];

const doctor = async (env: NodeJS.ProcessEnv, now = new Date()) => {
  const { code, out, err } = await runLine('doctor --json', env, now);
  for (const secret of [...secretsOf(), 'never-printed']) expect(out + err).not.toContain(secret);
  const findings = JSON.parse(out) as Finding[];
  const wrong = findings.filter(({ verdict }) => verdict === 'wrong');
  return { code, findings, wrong: wrong.map(({ about, text }) => `${about}: ${text}`) };
};

const verdictOf = (findings: readonly Finding[], name: string): string | undefined =>
  findings.find(({ about }) => about === name)?.verdict;

describe('BigQuery', () => {
  test('before setup: says what to run; after it all is well, and nothing is left behind', async () => {
    const before = await doctor(bigquery);
    expect(before.code).toBe(5);
    expect(before.wrong).toHaveLength(6);
    expect(before.wrong[0]).toMatch(
      /^dataset st_raw: Cannot use dataset st_raw: it is not there; run fieldmart setup, or let someone with roles/,
    );
    expect((await runLine('setup', bigquery, new Date())).code).toBe(0);
    const jobs = server.jobs().length;
    const after = await runLine('doctor', bigquery, new Date());
    expect({ code: after.code, err: after.err }).toEqual({ code: 0, err: '' });
    expect(after.out).toMatch(/^ok {7}scope of payments: tn\.acc\.payments:r is granted$/m);
    expect(after.out).toMatch(/^ok {7}dataset st_mart: is in US$/m);
    expect(after.out).toMatch(/^ok {7}tables: 33 are as they should be$/m);
    expect(after.out).toMatch(/^ok {7}clock against BigQuery: within \d s$/m);
    expect(after.out).toMatch(/\n\n47 ok, 0 wrong, 0 skipped$/);
    const trials = await createClient(server).call('GET', '/datasets/st_mart/tables');
    expect(trials.body).not.toHaveProperty('tables');
    expect(server.jobs()).toHaveLength(jobs);
  });

  test('it stops at nothing: source, roles and tables are each named with the mend', async () => {
    sandbox.addFault({ kind: 'forbidden', entity: 'payments' });
    server.access.deny('bigquery.jobs.create');
    server.access.deny('bigquery.tables.updateData', 'st_raw');
    server.access.deny('bigquery.tables.create', 'st_mart');
    const run = createClient(server).run;
    server.access.allow('bigquery.jobs.create');
    await run('alter table st_raw.raw_jobs drop column total');
    await run('alter table st_raw.raw_jobs add column total string');
    await run('alter table st_ops.runs drop column message');
    await run('drop table st_raw.raw_payments');
    server.access.deny('bigquery.jobs.create');
    const { code, wrong, findings } = await doctor(bigquery);
    expect(code).toBe(3);
    const messages = [
      /^scope of payments: Cannot read payments: ServiceTitan answered 403 .*the scope tn\.acc\.payments:r /,
      /^role for jobs: .*permission bigquery\.jobs\.create is missing; grant roles\/bigquery\.jobUser on/,
      /^role on st_raw: .*permission bigquery\.tables\.updateData is missing; grant roles\/bigquery\.dataEditor/,
      /^role on st_mart: .*permission bigquery\.tables\.create is missing; grant roles\/bigquery\.dataEditor/,
      /^tables: Cannot use st_ops\.runs: its column message is not there; run fieldmart setup, which adds it$/,
      /^tables: Cannot use st_raw\.raw_jobs: its column total is STRING and should be NUMERIC, someone altered/,
      /^tables: Cannot use st_raw\.raw_payments: it is not there; run fieldmart setup$/,
    ];
    expect(wrong).toEqual(messages.map((message) => expect.stringMatching(message) as unknown));
    expect(verdictOf(findings, 'scope of jobs')).toBe('ok');
    expect(verdictOf(findings, 'changing rows')).toBe('skipped');
    for (const one of ['jobs.create', 'tables.updateData', 'tables.create'])
      server.access.allow(`bigquery.${one}`);
  });

  test('another location', async () => {
    const { code, wrong } = await doctor({ ...bigquery, BIGQUERY_LOCATION: 'EU' });
    expect(code).toBe(5);
    expect(wrong[0]).toMatch(
      /^dataset st_raw: Cannot use dataset st_raw: it is in US and BIGQUERY_LOCATION is EU; set BIGQUERY_LOCATION=US/,
    );
  });

  test.each([
    [
      'a project that nobody knows',
      { BIGQUERY_PROJECT: 'other-project' },
      /knows no project other/,
    ],
    ['no way to it', { BIGQUERY_API_ENDPOINT: 'http://127.0.0.1:9' }, /BigQuery is out of reach/],
  ])('%s: one line, and the rest is skipped', async (_, more, message) => {
    const { code, wrong, findings } = await doctor({ ...bigquery, ...more });
    expect({ code, wrong }).toEqual({
      code: 5,
      wrong: [expect.stringMatching(message) as unknown],
    });
    expect(verdictOf(findings, 'tables')).toBe('skipped');
  });

  test.each([
    ['disabled API', googleErrors.apiDisabled('stand-in'), /the BigQuery API is not enabled in/],
    ['refused credentials', googleErrors.invalidCredentials(), /Google accepts no credentials/],
  ])('%s', async (_, answer, message) => {
    const fault = server.addFault({ effect: { kind: 'answer', answer }, times: 999 });
    const { code, wrong } = await doctor(bigquery);
    fault.remove();
    expect({ code, wrong }).toEqual({
      code: 5,
      wrong: [expect.stringMatching(message) as unknown],
    });
  });

  test('no credentials', async () => {
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = 'no/such/key.json';
    const { code, wrong } = await doctor({ ...bigquery, BIGQUERY_API_ENDPOINT: '' });
    if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
    expect(code).toBe(5);
    expect(wrong).toEqual([
      expect.stringMatching(
        /^credentials: Cannot find credentials: Google accepts no credentials; run `gcloud auth/,
      ),
    ]);
  });

  test('a clock that is wrong is told against both', async () => {
    const { code, wrong } = await doctor(bigquery, new Date(Date.now() + 600_000));
    expect(code).toBe(2);
    expect(wrong.filter((line) => line.startsWith('clock'))).toEqual([
      expect.stringMatching(
        /^clock against ServiceTitan: .* it is (?:599|6\d\d) s ahead of ServiceTitan's/,
      ),
      expect.stringMatching(
        /^clock against BigQuery: .* it is (?:599|6\d\d) s ahead of BigQuery's; have it/,
      ),
    ]);
  });
});

describe('the environment and the source', () => {
  test('every variable that is wrong has its line, and what does not need it is looked at', async () => {
    const { code, wrong, findings } = await doctor({
      ...{ ...duckdb, ST_CLIENT_ID: '', ST_TIME_ZONE: 'Mars/Olympus', BATCH_BYTES_MAX: 'many' },
      ...{ ST_CLIENT_SECRET: 'cs1.never-printed' },
    });
    expect(code).toBe(2);
    expect(wrong).toEqual([
      expect.stringMatching(/^ST_CLIENT_ID: Cannot use ST_CLIENT_ID: it is missing; set it to the/),
      expect.stringMatching(/^ST_TIME_ZONE: Cannot use ST_TIME_ZONE: it must be an IANA time zone/),
      expect.stringMatching(/^BATCH_BYTES_MAX: .* it must be a number of bytes$/),
    ]);
    expect(verdictOf(findings, 'token')).toBe('skipped');
    expect(verdictOf(findings, 'spool folder')).toBe('skipped');
    expect(verdictOf(findings, 'database file')).toBe('ok');
  });

  test('nothing is set at all', async () => {
    const { code, wrong } = await doctor({ DUCKDB_PATH: duckdb.DUCKDB_PATH });
    expect(code).toBe(2);
    expect(wrong.map((line) => line.split(':')[0])).toEqual([
      ...['ST_CLIENT_ID', 'ST_CLIENT_SECRET', 'ST_APP_KEY', 'ST_TENANT_ID'],
    ]);
  });

  test.each([
    ['secret', { ST_CLIENT_SECRET: 'cs1.never-printed' }, /^token: .* check ST_CLIENT_ID and ST/],
    ['application key', { ST_APP_KEY: 'ak1.never-printed' }, /^application key: .*ST_APP_KEY$/],
  ])('a wrong %s is one line, and no entity is asked', async (_, more, message) => {
    const { code, wrong, findings } = await doctor({ ...duckdb, ...more });
    expect({ code, wrong }).toEqual({
      code: 3,
      wrong: [expect.stringMatching(message) as unknown],
    });
    expect(verdictOf(findings, 'scope of jobs')).toBe('skipped');
    expect(verdictOf(findings, 'clock against ServiceTitan')).toBe('ok');
  });

  test('what is skipped for one reason shares a line', async () => {
    const env = { ...duckdb, ST_APP_KEY: 'ak1.never-printed' };
    const { out } = await runLine('doctor', env, new Date());
    expect(out).toMatch(
      /^skipped {2}scope of jobs, scope of appointments, .*, scope of returns: not looked at, since application key is wrong$/m,
    );
  });
});

describe('DuckDB', () => {
  test('a file that is no database', async () => {
    const path = join(await makeTempDir(), 'letter.duckdb');
    await writeFile(path, 'this is a letter, not a database '.repeat(400));
    const { code, wrong } = await doctor({ ...duckdb, DUCKDB_PATH: path });
    expect(code).toBe(5);
    expect(wrong).toEqual([expect.stringMatching(/^database file: .*letter\.duckdb/)]);
  });

  test('a file that another process holds', async () => {
    const path = join(await makeTempDir(), 'held.duckdb');
    const script = `
      const { DuckDBInstance } = await import('@duckdb/node-api');
      await DuckDBInstance.create(process.argv[1]);
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holding = start(
      [process.execPath, '--input-type=module', '--eval', script, path],
      process.env,
    );
    await holding.said;
    const { code, wrong } = await doctor({ ...duckdb, DUCKDB_PATH: path });
    holding.kill('SIGKILL');
    await holding.finished;
    expect(code).toBe(5);
    expect(wrong).toEqual([expect.stringMatching(/^database file: Cannot .* process/)]);
  });

  test('a file of a newer version', async () => {
    const env = { ...duckdb, DUCKDB_PATH: join(await makeTempDir(), 'newer.duckdb') };
    await runLine('setup', env, new Date());
    const { openDuckdb } = await import('../../src/warehouses/duckdb/open-duckdb.ts');
    const warehouse = await openDuckdb({
      ...{ path: env.DUCKDB_PATH, datasetPrefix: '', now: () => new Date() },
    });
    await warehouse.execute("update st_ops.state set value = '99' where name = 'version'");
    await warehouse.close();
    expect((await doctor(env)).wrong).toEqual([
      expect.stringMatching(/^database file: .*a newer fieldmart wrote its state \(version 99/),
    ]);
  });
});
