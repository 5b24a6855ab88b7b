import { expect, test } from '@jest/globals';
import { ConfigError } from '../../src/errors.ts';
import { createClient } from '../support/bigquery/client.ts';
import { startBigquery } from '../support/bigquery/start-bigquery.ts';
import { jobs } from '../warehouses/suite/entities.ts';
import { openProject } from './project-rig.ts';

const now = () => new Date('2026-03-10T18:00:00.000Z');

test('a run on a project removes the datasets that it made and no others', async () => {
  const server = await startBigquery({ pageListMax: 4 });
  const client = createClient(server);
  for (const datasetId of ['fieldmart_test_of_others', 'st_raw']) {
    await client.call('POST', '/datasets', { datasetReference: { datasetId } });
  }
  const env = { BIGQUERY_PROJECT: server.projectId, BIGQUERY_API_ENDPOINT: server.url };
  const { rig, removeDatasets } = openProject(env);
  for (const prefix of [undefined, 'more_']) {
    const warehouse = await (await rig.openPlace(prefix)).open(now);
    await warehouse.prepare([jobs]);
    await warehouse.close();
  }

  expect(await removeDatasets()).toHaveLength(12);

  const { body } = await client.call('GET', '/datasets');
  const left = (body.datasets as { id: string }[]).map(({ id }) => id);
  expect(left).toEqual(['stand-in:fieldmart_test_of_others', 'stand-in:st_raw']);
  expect(await removeDatasets()).toEqual([]);
  await server.close();
});

test('without a project the run on one is refused', () => {
  expect(() => openProject({})).toThrow(ConfigError);
  expect(() => openProject({})).toThrow(/BIGQUERY_PROJECT is missing/);
});
