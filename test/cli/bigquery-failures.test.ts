import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { environmentFor } from '../e2e/support.ts';
import { createClient } from '../support/bigquery/client.ts';
import { googleErrors } from '../support/bigquery/google-errors.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine, type Ran } from './support/run-line.ts';

const line = 'backfill --entity campaigns --from 2026-01-01';
const now = new Date();

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
  expect((await runLine('setup', env, now)).code).toBe(0);
});

afterAll(async () => {
  await server.close();
  await sandbox.close();
});

const countRows = async (table: string, what = 'count(*)'): Promise<number> =>
  Number((await server.sql(`select ${what} as n from ${table}`))[0]?.n ?? 0);

/** Whatever went wrong, no cursor moved and no row is there. */
afterEach(async () => {
  expect(await countRows('st_ops.cursors', 'max(version)')).toBe(0);
  expect(await countRows('st_ops.ledger')).toBe(0);
  expect(await countRows('st_raw.raw_campaigns')).toBe(0);
});

const expectRefused = ({ code, err }: Ran, message: RegExp): void => {
  expect({ code, lines: err.split('\n').length }).toEqual({ code: 5, lines: 1 });
  expect(err).toMatch(message);
};

const run = (more: NodeJS.ProcessEnv = {}): Promise<Ran> => runLine(line, { ...env, ...more }, now);

describe('one clear line, exit 5, and no cursor moved, when', () => {
  test.each([
    [
      'bigquery.jobs.create',
      /^Cannot read the control rows: .* permission bigquery\.jobs\.create is missing; grant roles\/bigquery\.jobUser on the project$/,
    ],
    [
      'bigquery.tables.create',
      /^campaigns: Cannot stage campaigns: .* permission bigquery\.tables\.create is missing; grant roles\/bigquery\.dataEditor on/,
    ],
    [
      'bigquery.tables.updateData',
      /permission bigquery\.tables\.updateData is missing; grant roles\/bigquery\.dataEditor on fieldmart's datasets$/,
    ],
    [
      'bigquery.tables.getData',
      /permission bigquery\.tables\.getData is missing; grant roles\/bigquery\.dataEditor on fieldmart's datasets$/,
    ],
  ])('the permission %s is missing', async (permission, message) => {
    server.access.deny(permission);
    const ran = await run();
    server.access.allow(permission);
    expectRefused(ran, message);
  });

  test('there are no credentials', async () => {
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = 'no/such/key.json';
    const ran = await run({ BIGQUERY_API_ENDPOINT: '' });
    if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
    expectRefused(
      ran,
      /Google accepts no credentials; run `gcloud auth application-default login`/,
    );
  });

  test('the project is another one', async () => {
    expectRefused(
      await run({ BIGQUERY_PROJECT: 'other-project' }),
      /^Cannot prepare the warehouse: Google (?:knows no project|refused access in project) other-project/,
    );
  });

  test('the datasets are in another location', async () => {
    expectRefused(
      await run({ BIGQUERY_LOCATION: 'EU' }),
      /^Cannot use dataset st_\w+: it is in US and BIGQUERY_LOCATION is EU; set BIGQUERY_LOCATION=US, or another DATASET_PREFIX$/,
    );
  });

  test.each([
    ['the API is disabled', googleErrors.apiDisabled('stand-in'), /`gcloud services enable/],
    [
      'there is no billing',
      googleErrors.billingNotEnabled(),
      /no billing account, .*; attach one$/,
    ],
    [
      'a quota is used up: it does not wait',
      googleErrors.quotaExceeded(),
      /a quota of project stand-in is used up \(.*\); wait until it is renewed, .*repeat the command$/,
    ],
  ])('%s', async (_, answer, message) => {
    const fault = server.addFault({
      ...{ method: 'POST', path: /\/jobs(?:\?|$)/, times: 999 },
      effect: { kind: 'answer', answer },
    });
    const ran = await run();
    fault.remove();
    expectRefused(ran, message);
  });

  test('a statement would read more than the cap', async () => {
    const body = { status: { state: 'DONE' }, statistics: { totalBytesProcessed: '9999999999' } };
    const fault = server.addFault({
      sql: /^merge into st_raw/,
      effect: { kind: 'answer', answer: { status: 200, body } },
    });
    const ran = await run({ BIGQUERY_MAX_BYTES_BILLED: '1073741824' });
    fault.remove();
    expectRefused(
      ran,
      /^campaigns: Cannot commit campaigns: the merge into raw_campaigns would read 9999999999 bytes and the cap is 1073741824; raise BIGQUERY_MAX_BYTES_BILLED$/,
    );
  });

  test('a model would be billed more than the cap', async () => {
    const message =
      'Query exceeded limit for bytes billed: 1073741824. 2147483648 or higher required.';
    const fault = server.addFault({
      labels: { fieldmart_entity: 'st_ref_dim_dates', fieldmart_step: 'build' },
      effect: { kind: 'failJob', error: { reason: 'bytesBilledLimitExceeded', message } },
    });
    const capped = { ...env, BIGQUERY_MAX_BYTES_BILLED: '1073741824' };
    const ran = await runLine('build --select dim_dates', capped, now);
    fault.remove();
    expectRefused(
      ran,
      /^Cannot build st_ref\.dim_dates: it would be billed 2147483648 bytes and the cap is 1073741824; raise BIGQUERY_MAX_BYTES_BILLED, or/,
    );
  });

  test('somebody gave a column another type', async () => {
    const { run: change } = createClient(server);
    await change('alter table st_raw.raw_campaigns drop column active');
    await change('alter table st_raw.raw_campaigns add column active string');
    expectRefused(
      await run(),
      /^Cannot use st_raw\.raw_campaigns: its column active is STRING and should be BOOL, someone altered the table; drop that column and run fieldmart setup, which makes it again from the payloads$/,
    );
    await change('alter table st_raw.raw_campaigns drop column active');
    expect((await runLine('setup', env, now)).code).toBe(0);
  });
});

test('BigQuery asks to slow down: it waits, and goes on', async () => {
  const fault = server.addFault({
    ...{ method: 'POST', path: /\/jobs(?:\?|$)/, times: 2 },
    effect: { kind: 'answer', answer: googleErrors.rateLimitExceeded() },
  });
  expect(await run({ DATASET_PREFIX: 'slow_' })).toMatchObject({ code: 0, err: '' });
  expect(fault.hits()).toBe(2);
  expect(await countRows('slow_st_raw.raw_campaigns')).toBeGreaterThan(10);
});
