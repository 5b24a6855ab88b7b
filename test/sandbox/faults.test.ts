import { asText, askToken, openBench } from './client.ts';
import type { Bench } from './client.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ scale: 0.002, exportPageSize: 50 });
});
afterEach(() => {
  bench.sandbox.clearFaults();
});
afterAll(() => bench.close());

const failure = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: unknown) => (error as Error).message,
  );

test('status: with Retry-After, after some requests, for some times, for some paths', async () => {
  const { sandbox } = bench;
  const fault = sandbox.addFault({
    kind: 'status',
    status: 429,
    retryAfter: 7,
    path: 'page=2',
    after: 1,
    times: 2,
  });
  const statuses = [];
  for (let time = 0; time < 5; time++)
    statuses.push((await bench.list('jobs', { page: '2' })).status);
  expect(statuses).toEqual([200, 429, 429, 200, 200]);
  expect((await bench.list('jobs', { page: '1' })).status).toBe(200);
  expect(sandbox.faults()).toMatchObject([{ id: fault.id, matched: 5, hits: 2 }]);
});

test('status carries Retry-After, and HTML if asked', async () => {
  bench.sandbox.addFault({ kind: 'status', status: 503, retryAfter: 7, html: true, times: 1 });
  const html = await bench.list('jobs');
  expect(html.status).toBe(503);
  expect(html.headers['retry-after']).toBe('7');
  expect(html.text).toMatch(/^<!DOCTYPE html>/);
  bench.sandbox.addFault({ kind: 'status', status: 409, times: 1 });
  expect((await bench.list('jobs')).body).toMatchObject({
    status: 409,
    data: {},
  });
});

test('a fault may strike one entity only', async () => {
  bench.sandbox.addFault({ kind: 'forbidden', entity: 'invoices' });
  expect((await bench.list('invoices')).status).toBe(403);
  expect((await bench.export('invoices')).status).toBe(403);
  expect((await bench.list('payments')).status).toBe(200);
});

test('reset destroys the socket in the middle of the body', async () => {
  bench.sandbox.addFault({ kind: 'reset', times: 1 });
  expect(await failure(bench.list('jobs'))).toMatch(/aborted|hang up|ECONNRESET/);
  expect((await bench.list('jobs')).status).toBe(200);
});

test('truncate cuts the JSON, with the length of the whole or of what comes', async () => {
  bench.sandbox.addFault({ kind: 'truncate', times: 1 });
  const cut = await bench.list('jobs');
  expect(cut.status).toBe(200);
  expect(() => JSON.parse(cut.text) as unknown).toThrow();
  bench.sandbox.addFault({ kind: 'truncate', withLength: true, times: 1 });
  expect(await failure(bench.list('jobs'))).toMatch(/aborted/);
});

test('html200 and badJson answer 200 with what is no JSON', async () => {
  for (const kind of ['html200', 'badJson'] as const) {
    bench.sandbox.addFault({ kind, times: 1 });
    const answer = await bench.list('jobs');
    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.text) as unknown).toThrow();
  }
});

test('stall never answers', async () => {
  bench.sandbox.addFault({ kind: 'stall', times: 1 });
  const answer = bench.list('jobs').then(
    () => 'answered',
    () => 'closed',
  );
  const waited = new Promise((resolve) => setTimeout(resolve, 150, 'waiting'));
  expect(await Promise.race([answer, waited])).toBe('waiting');
});

test('trickle and slow take their time and answer whole', async () => {
  const usual = await bench.list('jobs', { sort: '+Id', pageSize: '3' });
  for (const [kind, leastMs] of [
    ['trickle', 140],
    ['slow', 19],
  ] as const) {
    bench.sandbox.addFault({ kind, ms: 20, times: 1 });
    const began = Date.now();
    const answer = await bench.list('jobs', { sort: '+Id', pageSize: '3' });
    expect(Date.now() - began).toBeGreaterThanOrEqual(leastMs);
    expect(answer.data).toEqual(usual.data);
  }
});

test('slowAbovePageSize leaves smaller pages alone', async () => {
  bench.sandbox.addFault({ kind: 'slowAbovePageSize', pageSize: 100 });
  expect((await bench.list('jobs', { pageSize: '100' })).status).toBe(200);
  const answer = bench.list('jobs', { pageSize: '101' }).then(
    () => 'answered',
    () => 'closed',
  );
  const waited = new Promise((resolve) => setTimeout(resolve, 100, 'waiting'));
  expect(await Promise.race([answer, waited])).toBe('waiting');
});

test('unauthorized strikes once or for ever, expireTokens until a new token is asked for', async () => {
  bench.sandbox.addFault({ kind: 'unauthorized', times: 1 });
  expect((await bench.list('jobs')).status).toBe(401);
  expect((await bench.list('jobs')).status).toBe(200);
  bench.sandbox.addFault({ kind: 'expireTokens', times: 1 });
  expect((await bench.list('jobs')).status).toBe(401);
  expect((await bench.list('jobs')).status).toBe(401);
  await bench.token();
  expect((await bench.list('jobs')).status).toBe(200);
});

test('token requests fail only when their path is named', async () => {
  bench.sandbox.addFault({ kind: 'status', status: 500 });
  expect((await askToken(bench.sandbox)).status).toBe(200);
  bench.sandbox.addFault({ kind: 'status', status: 503, path: '/connect/token' });
  expect((await askToken(bench.sandbox)).status).toBe(503);
});

test('repeatPage, emptyPageWithMore and repeatToken bend the paging', async () => {
  const page = { sort: '+Id', pageSize: '20' };
  const first = await bench.list('jobs', { ...page, page: '1' });
  bench.sandbox.addFault({ kind: 'repeatPage', times: 1 });
  expect((await bench.list('jobs', { ...page, page: '2' })).data).toEqual(first.data);
  bench.sandbox.addFault({ kind: 'emptyPageWithMore', times: 1 });
  expect((await bench.list('jobs')).body).toMatchObject({ hasMore: true, data: [] });
  const from = asText((await bench.export('jobs')).body.continueFrom);
  bench.sandbox.addFault({ kind: 'repeatToken', times: 1 });
  const stuck = await bench.export('jobs', { from });
  expect(stuck.body).toMatchObject({ hasMore: true, continueFrom: from });
});

test('rateLimit refuses what is more than so many requests in a second', async () => {
  bench.sandbox.addFault({ kind: 'rateLimit', perSecond: 3 });
  const statuses = [];
  for (let time = 0; time < 5; time++) statuses.push((await bench.list('jobs')).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  bench.clock.ms += 1_001;
  expect((await bench.list('jobs')).status).toBe(200);
});

test('move adds, modifies and removes records in turn while they are paged', async () => {
  const count = () => bench.sandbox.counts().customers ?? 0;
  const before = count();
  bench.sandbox.addFault({ kind: 'move', entity: 'customers', change: 'add', times: 3 });
  for (let time = 0; time < 4; time++) await bench.list('customers');
  expect(count()).toBe(before + 3);
  bench.sandbox.addFault({ kind: 'move', entity: 'customers', change: 'remove', times: 2 });
  for (let time = 0; time < 3; time++) await bench.list('customers');
  expect(count()).toBe(before + 1);
});
