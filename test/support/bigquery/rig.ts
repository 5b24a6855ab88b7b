import { afterEach } from '@jest/globals';
import { createClient } from './client.ts';
import { startBigquery, type Bigquery, type BigqueryOptions } from './start-bigquery.ts';

const started: Bigquery[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
});

/** A stand-in with the dataset `d`, closed after the test, and a client of it. */
export const openRig = async (options: BigqueryOptions = {}) => {
  const bigquery = await startBigquery({ estimates: 'plans', ...options });
  started.push(bigquery);
  const client = createClient(bigquery);
  await client.call('POST', '/datasets', { datasetReference: { datasetId: 'd' } });
  return { bigquery, ...client };
};

/** The first error of an answer. */
export const errorOf = (body: Record<string, unknown>): unknown => {
  const { error } = body as { error?: { errors?: unknown[] } };
  return error?.errors?.[0];
};
