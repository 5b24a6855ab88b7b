import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import { openBigquery } from '../../../src/warehouses/bigquery/open-bigquery.ts';
import { servicetitanEntities } from '../../../src/sources/servicetitan/index.ts';
import { createClient } from '../../support/bigquery/client.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs, pay } from '../suite/entities.ts';
import { openLab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

const get = async (path: string): Promise<Record<string, unknown>> =>
  (await createClient(server).call('GET', path)).body;

const fieldsOf = (table: Record<string, unknown>) =>
  (table.schema as { fields: { name: string; type: string; description?: string }[] }).fields;

test('datasets and tables are made with location, layout, descriptions and labels', async () => {
  const lab = await openLab(placeIn(server, 'new_'));
  await lab.warehouse().prepare(servicetitanEntities);
  expect(await get('/datasets/new_st_raw')).toMatchObject({
    location: 'US',
    labels: { application: 'fieldmart' },
  });
  expect(await get('/datasets/new_st_stage')).toMatchObject({
    defaultTableExpirationMs: String(3 * 86_400_000),
  });
  expect(String((await get('/datasets/new_st_raw')).description)).toContain(
    'records of the source',
  );
  const table = await get('/datasets/new_st_raw/tables/raw_jobs');
  expect(table).toMatchObject({
    timePartitioning: { type: 'MONTH', field: 'createdOn' },
    clustering: { fields: ['tenant_id', 'id'] },
    labels: { application: 'fieldmart' },
  });
  const fields = fieldsOf(table);
  expect(fields.every(({ description }) => (description ?? '').length > 5)).toBe(true);
  expect(fields.find(({ name }) => name === 'customerId')?.description).toBe(
    'Field customer.id of the record; NULL where it does not fit.',
  );
  expect(await get('/datasets/new_st_raw/tables/raw_pay')).toMatchObject({
    clustering: { fields: ['tenant_id', '_key'] },
  });
  expect((await get('/datasets/new_st_raw/tables/raw_pay')).timePartitioning).toBeUndefined();
  await lab.close();
});

test('a second time changes nothing', async () => {
  const lab = await openLab(placeIn(server, 'again_'));
  const from = server.requests().length;
  await lab.warehouse().prepare([jobs, pay]);
  expect(
    new Set(
      server
        .requests()
        .slice(from)
        .map(({ method }) => method),
    ),
  ).toEqual(new Set(['GET']));
  await lab.close();
});

describe('a table that somebody altered is named with its column', () => {
  test('before anything is loaded', async () => {
    const lab = await openLab(placeIn(server, 'altered_'));
    await lab.warehouse().execute('alter table st_raw.raw_jobs drop column total');
    await lab.warehouse().execute('alter table st_raw.raw_jobs add column total string');
    const preparing = lab.warehouse().prepare([jobs]);
    await expect(preparing).rejects.toThrow(WarehouseError);
    await expect(preparing).rejects.toThrow(
      'Cannot use st_raw.raw_jobs: its column total is STRING and should be NUMERIC, someone altered the table; ' +
        'drop that column and run fieldmart setup, which makes it again from the payloads',
    );
    await lab.close();
  });

  test('while a load is under way, and the cursor stays', async () => {
    const lab = await openLab(placeIn(server, 'midway_'));
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const staged = await lab.warehouse().stage(jobs, [batch]);
    await lab.warehouse().execute('alter table st_raw.raw_jobs drop column total');
    await expect(lab.warehouse().commit(staged, 'run-1')).rejects.toThrow(
      'Cannot use st_raw.raw_jobs: its column total is gone, someone altered the table; repeat the command, which ' +
        'adds it again',
    );
    expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 0 }]);
    await lab.warehouse().prepare([jobs]);
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 1 });
    await lab.close();
  });

  test('or dropped it', async () => {
    const lab = await openLab(placeIn(server, 'dropped_'));
    const batch = await lab.seal(jobs, [job(1, 1)]);
    await lab.warehouse().execute('drop table st_raw.raw_jobs');
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(
      /^Cannot commit jobs: Table stand-in:dropped_st_raw\.raw_jobs is not there in US; repeat the command/,
    );
    await lab.warehouse().prepare([jobs]);
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 1 });
    await lab.close();
  });
});

test('datasets in another location are named with it', async () => {
  const lab = await openLab(placeIn(server, 'far_'));
  const other = await placeIn(server, 'far_', { location: 'EU' }).open(() => new Date());
  await expect(other.prepare([jobs])).rejects.toThrow(
    /^Cannot use dataset far_st_\w+: it is in US and BIGQUERY_LOCATION is EU; set BIGQUERY_LOCATION=US, or another DATASET_PREFIX$/,
  );
  await expect(other.readControls('77')).rejects.toThrow(
    /is not there in EU; .*check BIGQUERY_LOCATION/,
  );
  await lab.close();
});

describe('no way to Google', () => {
  const openAt = (apiEndpoint: string | null, project = 'stand-in') =>
    openBigquery({
      ...{ project, location: 'US', datasetPrefix: '', maxBytesBilled: null, apiEndpoint },
      now: () => new Date(),
      sleep: () => Promise.resolve(),
      limits: { requestAttemptsMax: 2 },
    });

  test('without credentials nothing is asked for', async () => {
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = 'no/such/key.json';
    const warehouse = await openAt(null);
    await expect(warehouse.prepare([])).rejects.toThrow(
      /^Cannot prepare the warehouse: Google accepts no credentials; run `gcloud auth application-default login`/,
    );
    await warehouse.close();
    if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
  });

  test('another project is not known', async () => {
    const warehouse = await openAt(server.url, 'other-project');
    await expect(warehouse.prepare([])).rejects.toThrow(
      /^Cannot prepare the warehouse: Google (?:knows no project|refused access in project) other-project/,
    );
  });

  test('a network that is down is said to be', async () => {
    const warehouse = await openAt('http://127.0.0.1:9');
    await expect(warehouse.prepare([])).rejects.toThrow(
      /^Cannot prepare the warehouse: BigQuery is out of reach \(.*ECONNREFUSED.*\); check the network/,
    );
    await warehouse.close();
    await expect(warehouse.query('select 1')).rejects.toThrow(/it is closed/);
  });
});
