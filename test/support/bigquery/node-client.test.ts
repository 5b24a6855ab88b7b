import { BigQuery } from '@google-cloud/bigquery';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { OAuth2Client } from 'google-auth-library';
import { startBigquery, type Bigquery } from './start-bigquery.ts';

let bigquery: Bigquery;
let client: BigQuery;

beforeEach(async () => {
  bigquery = await startBigquery({ pageRowsMax: 2 });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'any', expiry_date: 4_102_444_800_000 });
  const { url: apiEndpoint, projectId } = bigquery;
  client = new BigQuery({ projectId, apiEndpoint, authClient: authClient as never });
  await client.createDataset('d', { location: 'US' });
});

afterEach(() => bigquery.close());

test('Google’s Node library makes tables, runs jobs of our own ids and reads pages', async () => {
  const schema = [
    { name: 'id', type: 'INT64', mode: 'REQUIRED' },
    { name: 'amount', type: 'NUMERIC' },
    { name: 'seen', type: 'TIMESTAMP' },
  ];
  const timePartitioning = { type: 'MONTH', field: 'seen' };
  const [table] = await client.dataset('d').createTable('t', { schema, timePartitioning });
  const [job] = await client.createQueryJob({
    query: 'insert into d.t (id, amount, seen) select id, amount, @seen from unnest(@given)',
    ...{ jobId: 'mine', location: 'US', labels: { step: 'x' } },
    params: {
      given: [1, 2, 3].map((id) => ({ id, amount: '0.1' })),
      seen: BigQuery.timestamp('2024-03-01T00:00:00.123456Z'),
    },
    types: { given: [{ id: 'INT64', amount: 'NUMERIC' }], seen: 'TIMESTAMP' },
  });
  await job.getQueryResults();
  const [rows] = await table.getRows();
  expect(rows.map((row: { id: number; amount: unknown }) => [row.id, String(row.amount)])).toEqual([
    [1, '0.1'],
    [2, '0.1'],
    [3, '0.1'],
  ]);
  const [asked] = await client.query({
    query: 'select id from d.t order by id desc',
    location: 'US',
  });
  expect(asked).toEqual([{ id: 3 }, { id: 2 }, { id: 1 }]);
});

test('and meets Google’s errors', async () => {
  await client.createQueryJob({ query: 'select 1', jobId: 'mine', location: 'US' });
  const again = client.createQueryJob({ query: 'select 1', jobId: 'mine', location: 'US' });
  await expect(again).rejects.toMatchObject({ code: 409, errors: [{ reason: 'duplicate' }] });
  await expect(client.query('select nonsense')).rejects.toMatchObject({
    ...{ code: 400, message: 'Unrecognized name: nonsense at [1:8]' },
    errors: [{ reason: 'invalidQuery', location: 'query' }],
  });
  expect(await client.dataset('d').table('none').exists()).toEqual([false]);
});
