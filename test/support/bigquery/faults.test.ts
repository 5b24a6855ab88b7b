import { describe, expect, test } from '@jest/globals';
import { googleErrors, jobErrors } from './google-errors.ts';
import { errorOf, openRig } from './rig.ts';

const setUp = async () => {
  const rig = await openRig();
  await rig.run('create table d.t (a int64)');
  const count = async () => (await rig.bigquery.sql('select count(*) as n from d.t'))[0]?.n;
  return { ...rig, count };
};

const insert = 'insert into d.t (a) values (1)';

describe('a lost', () => {
  test('request has done nothing', async () => {
    const { bigquery, start, count } = await setUp();
    bigquery.addFault({ jobId: /^j$/, effect: { kind: 'lose', what: 'request' } });
    await expect(start(insert, { jobId: 'j' })).rejects.toThrow();
    expect(await count()).toBe('0');
    expect((await start(insert, { jobId: 'j' })).status).toBe(200);
  });

  test('answer has done all', async () => {
    const { bigquery, start, look, count } = await setUp();
    bigquery.addFault({ jobId: /^j$/, effect: { kind: 'lose', what: 'answer' } });
    await expect(start(insert, { jobId: 'j' })).rejects.toThrow();
    expect((await look('j')).status).toEqual({ state: 'DONE' });
    expect(await count()).toBe('1');
    expect((await start(insert, { jobId: 'j' })).status).toBe(409);
    const mine = bigquery
      .requests()
      .filter(({ method, jobId }) => method === 'POST' && jobId === 'j');
    expect(mine.map(({ status }) => status)).toEqual([undefined, 409]);
  });

  test('half of an answer breaks it', async () => {
    const { bigquery, call } = await setUp();
    bigquery.addFault({ path: /datasets/, effect: { kind: 'truncate' } });
    await expect(call('GET', '/datasets')).rejects.toThrow();
    expect((await call('GET', '/datasets')).status).toBe(200);
  });

  test('answer that never comes lets the caller give up', async () => {
    const { bigquery, count, look } = await setUp();
    bigquery.addFault({ sql: /insert/, effect: { kind: 'hang', what: 'answer' } });
    const asked = fetch(`${bigquery.url}/bigquery/v2/projects/stand-in/jobs`, {
      method: 'POST',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
      body: JSON.stringify({
        jobReference: { jobId: 'j' },
        configuration: { query: { query: insert, useLegacySql: false } },
      }),
      signal: AbortSignal.timeout(300),
    });
    await expect(asked).rejects.toThrow();
    await look('j');
    expect(await count()).toBe('1');
  });
});

describe('Google’s errors', () => {
  test.each([
    ['a backend error', googleErrors.backendError(), 503, 'backendError'],
    ['an internal error', googleErrors.internalError(), 500, 'internalError'],
    ['a quota', googleErrors.quotaExceeded(), 403, 'quotaExceeded'],
    ['a rate', googleErrors.rateLimitExceeded(), 403, 'rateLimitExceeded'],
    ['no API', googleErrors.apiDisabled('stand-in'), 403, 'accessNotConfigured'],
    ['no billing', googleErrors.billingNotEnabled(), 403, 'billingNotEnabled'],
    ['no credentials', googleErrors.invalidCredentials(), 401, 'authError'],
  ])('answer for %s', async (_, answer, status, reason) => {
    const { bigquery, call } = await setUp();
    bigquery.addFault({ path: /datasets/, effect: { kind: 'answer', answer } });
    const answered = await call('GET', '/datasets');
    expect(answered.status).toBe(status);
    expect(answered.body).toMatchObject({ error: { code: status } });
    expect(errorOf(answered.body)).toMatchObject({ reason });
  });

  test('may be a page of HTML', async () => {
    const { bigquery, call } = await setUp();
    const answer = googleErrors.unavailableHtml();
    bigquery.addFault({ effect: { kind: 'answer', answer } });
    const answered = await call('GET', '/datasets');
    expect([answered.status, answered.headers.get('content-type')]).toEqual([
      503,
      'text/html; charset=UTF-8',
    ]);
  });

  test('may come though the work is done', async () => {
    const { bigquery, start, look, count } = await setUp();
    const effect = {
      kind: 'answer',
      answer: googleErrors.backendError(),
      afterWork: true,
    } as const;
    bigquery.addFault({ jobId: /^j$/, effect });
    expect((await start(insert, { jobId: 'j' })).status).toBe(503);
    await look('j');
    expect(await count()).toBe('1');
  });

  test.each(
    Object.entries({
      ...jobErrors,
      concurrentUpdate: () => jobErrors.concurrentUpdate('p:d.t'),
      serialization: () => jobErrors.serialization('p:d.t'),
    }),
  )('stand in a job’s status: %s', async (_, make) => {
    const { bigquery, run, count } = await setUp();
    bigquery.addFault({ jobId: /^j$/, effect: { kind: 'failJob', error: make() } });
    const { status } = await run(insert, { jobId: 'j' });
    expect(status.errorResult).toEqual(make());
    expect(await count()).toBe('0');
    expect((await run(insert, { jobId: 'k' })).status).toEqual({ state: 'DONE' });
  });
});

describe('a fault', () => {
  test('skips some, hits some, and is then over; or is taken back', async () => {
    const { bigquery, call } = await setUp();
    const answer = googleErrors.backendError();
    const match = { method: 'GET', path: /\/datasets\?maxResults/ };
    const fault = bigquery.addFault({
      ...match,
      skip: 1,
      times: 2,
      effect: { kind: 'answer', answer },
    });
    const ask = async () => (await call('GET', '/datasets?maxResults=5')).status;
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 503, 503, 200]);
    expect(fault.hits()).toBe(2);
    const always = bigquery.addFault({
      ...match,
      times: Infinity,
      effect: { kind: 'answer', answer },
    });
    expect(await ask()).toBe(503);
    always.remove();
    expect(await ask()).toBe(200);
  });

  test('is for jobs of a label, of a statement or of an id', async () => {
    const { bigquery, run } = await setUp();
    const error = jobErrors.backendError();
    const effect = { kind: 'failJob', error } as const;
    bigquery.addFault({ labels: { step: 'merge' }, effect });
    bigquery.addFault({ sql: /select 7/, effect });
    expect(
      (await run('select 1', { configuration: { labels: { step: 'stage' } } })).status,
    ).toEqual({ state: 'DONE' });
    expect(
      (await run('select 1', { configuration: { labels: { step: 'merge' } } })).status.errorResult,
    ).toEqual(error);
    expect((await run('select 7')).status.errorResult).toEqual(error);
  });
});

test('the clock of the answers is the stand-in’s', async () => {
  const { call } = await openRig({ now: () => new Date('2024-03-01T00:00:00Z') });
  expect((await call('GET', '/datasets')).headers.get('date')).toBe(
    'Fri, 01 Mar 2024 00:00:00 GMT',
  );
});

test('whoever has a key gets a token', async () => {
  const { bigquery } = await openRig();
  const answer = await fetch(`${bigquery.url}/token`, { method: 'POST', body: 'grant_type=x' });
  expect(await answer.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
});
