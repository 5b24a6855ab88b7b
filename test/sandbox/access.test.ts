import { askToken, openBench, pathOf, send } from './client.ts';
import type { Bench } from './client.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ scale: 0.001 });
});
afterEach(() => bench.close());

test('a token is good for 900 seconds of the client clock, whatever time passes in the sandbox', async () => {
  const granted = await askToken(bench.sandbox);
  expect(granted.body).toMatchObject({ expires_in: 900, token_type: 'Bearer' });
  bench.sandbox.advance({ hours: 100 });
  bench.clock.ms += 899_000;
  expect((await bench.list('jobs')).status).toBe(200);
  bench.clock.ms += 2_000;
  expect((await bench.list('jobs')).status).toBe(401);
  await bench.token();
  expect((await bench.list('jobs')).status).toBe(200);
});

test('a wrong secret gets 401 invalid_client', async () => {
  const refused = await askToken(bench.sandbox, 'wrong');
  expect(refused.status).toBe(401);
  expect(refused.body).toEqual({ error: 'invalid_client' });
});

test('an unknown grant gets 400', async () => {
  const url = `${bench.sandbox.url}/connect/token`;
  const answer = await send(url, { method: 'POST', body: 'grant_type=password' });
  expect(answer.status).toBe(400);
});

test('token requests are throttled', async () => {
  const statuses = [];
  for (let time = 0; time < 25; time++) statuses.push((await askToken(bench.sandbox)).status);
  expect(statuses).toContain(429);
  bench.clock.ms += 1_001;
  expect((await askToken(bench.sandbox)).status).toBe(200);
});

test('key, token, tenant and path are checked', async () => {
  const path = pathOf('jobs', 'list');
  expect((await bench.get(path, {}, { 'st-app-key': 'other' })).status).toBe(401);
  expect((await bench.get(path, {}, { authorization: 'Bearer other' })).status).toBe(401);
  expect((await send(bench.sandbox.url + path)).body).toMatchObject({ status: 401 });
  expect((await bench.get(path.replace('4711', '4712'))).status).toBe(403);
  expect((await bench.get('/jpm/v2/tenant/4711/no-such-thing')).status).toBe(404);
  expect((await bench.get('/')).status).toBe(404);
});

test('requests are counted and logged until they are reset', async () => {
  bench.sandbox.resetRequests();
  await bench.list('jobs', { pageSize: '7' });
  await bench.list('jobs', { pageSize: '9999' });
  await askToken(bench.sandbox);
  const counts = bench.sandbox.requests();
  expect(counts).toMatchObject({ total: 3, tokens: 1, refused: 1, byEntity: { jobs: 2 } });
  expect(counts.byPath[pathOf('jobs', 'list')]).toBe(2);
  expect(counts.log[0]).toBe(`${pathOf('jobs', 'list')}?pageSize=7`);
  bench.sandbox.resetRequests();
  expect(bench.sandbox.requests()).toMatchObject({ total: 0, log: [] });
});

test('everything can be controlled over HTTP', async () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return send(`${bench.sandbox.url}/sandbox/${path}`, options);
  };
  expect((await control('GET', 'counts')).body).toEqual(bench.sandbox.counts());
  const truth = await control('GET', 'truth/jobs?shape=export');
  expect(truth.text.trimEnd().split('\n')).toEqual([...bench.sandbox.truth('jobs', 'export')]);
  expect((await control('GET', 'truth/nothing')).status).toBe(404);
  expect((await control('POST', 'advance', { hours: 24 })).body.added).toHaveProperty('jobs');
  expect((await control('POST', 'advance', { days: 1 })).status).toBe(400);
  const fault = await control('POST', 'faults', { kind: 'status', status: 503, times: 1 });
  expect(fault.body).toMatchObject({ kind: 'status', hits: 0 });
  expect((await control('POST', 'faults', { kind: 'nonsense' })).status).toBe(400);
  expect((await bench.list('jobs')).status).toBe(503);
  expect(JSON.parse((await control('GET', 'faults')).text)).toMatchObject([{ hits: 1 }]);
  await control('DELETE', 'faults');
  expect(JSON.parse((await control('GET', 'faults')).text)).toEqual([]);
  expect((await control('GET', 'requests')).body.total).toBe(2);
  await control('DELETE', 'requests');
  expect((await control('GET', 'requests')).body.total).toBe(0);
});
