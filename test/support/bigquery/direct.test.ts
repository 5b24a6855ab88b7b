import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from './client.ts';
import { startBigquery, type Bigquery } from './start-bigquery.ts';

let bigquery: Bigquery;

beforeAll(async () => {
  bigquery = await startBigquery({ now: () => new Date(0) });
});

afterAll(() => bigquery.close());

const headers = { Authorization: 'Bearer any', 'Content-Type': 'application/json' };

const ask = (path: string, body?: unknown) =>
  bigquery.ask({
    ...{ method: body === undefined ? 'GET' : 'POST', headers },
    url: `${bigquery.url}/bigquery/v2/projects/${bigquery.projectId}${path}`,
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
  });

test('what is asked without a connection is answered as over one, and logged', async () => {
  const direct = await ask('/datasets/none');
  const {
    status,
    body,
    headers: given,
  } = await createClient(bigquery).call('GET', '/datasets/none');
  expect(direct.status).toBe(404);
  expect([status, body]).toEqual([direct.status, JSON.parse(direct.text)]);
  expect(given.get('date')).toBe(direct.headers.get('date'));
  expect(bigquery.requests().map(({ path, status: told }) => [path.slice(-14), told])).toEqual([
    ['/datasets/none', 404],
    ['/datasets/none', 404],
  ]);
});

test('without credentials nothing is answered either way', async () => {
  const url = `${bigquery.url}/bigquery/v2/projects/${bigquery.projectId}/datasets/none`;
  const { status } = await bigquery.ask({ method: 'GET', url, headers: {}, body: undefined });
  expect(status).toBe(401);
});

test('a fault takes the answer, and what was asked is done', async () => {
  bigquery.addFault({ method: 'POST', effect: { kind: 'lose', what: 'answer' } });
  const made = ask('/datasets', { datasetReference: { datasetId: 'd' } });
  await expect(made).rejects.toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
  expect((await ask('/datasets/d')).status).toBe(200);
});

test('estimates by names bill the least for each table that is named', async () => {
  const { run } = createClient(bigquery);
  await run('create table d.a (x int64); create table d.b (x int64)');
  const { statistics } = await run('select a.x from d.a inner join d.b on a.x = b.x');
  expect(statistics.totalBytesProcessed).toBe('0');
  expect(statistics.query?.totalBytesBilled).toBe(String(2 * 10 * 1024 * 1024));
});
