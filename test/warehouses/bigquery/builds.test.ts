import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../../support/bigquery/client.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { describeBuilds } from '../suite/build-suite.ts';
import { openLab } from '../suite/lab.ts';
import { bigqueryRig, placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery({ estimates: 'plans' });
});
afterAll(() => server.close());

describeBuilds(bigqueryRig(() => server));

test('what is published is laid out by month and by tenant and unit, also when that changed', async () => {
  const lab = await openLab(placeIn(server, 'layout_'));
  const snapshot = { tenantId: '1', date: '2024-03-01' };
  const more = { description: 'laid out', columns: [{ name: 'tenant_id', description: 'whose' }] };
  const build = (table: string, sql: string, historyColumn: string | null = null) =>
    lab
      .warehouse()
      .buildTables({ seeds: [], snapshot, tables: [{ table, sql, historyColumn, ...more }] }, () =>
        Promise.resolve(),
      );
  const get = async (table: string) =>
    (await createClient(server).call('GET', `/datasets/layout_st_mart/tables/${table}`)).body;
  const unit = `select '1' as tenant_id, 'A' as business_unit, 'North' as region`;
  await build('st_mart.a', unit);
  expect((await get('a')).timePartitioning).toBeUndefined();
  const dated = `select *, date '2024-03-01' as event_date, date '2024-02-26' as week_start from (${unit})`;
  await build('st_mart.a', dated);
  await build('st_mart.h', dated, 'event_date');
  for (const table of ['a', 'h']) {
    expect(await get(table)).toMatchObject({
      description: 'laid out',
      labels: { application: 'fieldmart' },
      timePartitioning: { type: 'MONTH', field: 'event_date' },
      clustering: { fields: ['tenant_id', 'business_unit', 'region'] },
    });
  }
  await build('st_mart.w', `select week_start, tenant_id, region, 'x' as week from (${dated})`);
  expect(await get('w')).toMatchObject({
    timePartitioning: { type: 'MONTH', field: 'week_start' },
    clustering: { fields: ['tenant_id', 'region'] },
  });
  await lab.close();
});
