import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTempDir } from '../temp-dir.ts';
import { createClient } from './client.ts';
import { startBigquery, type Bigquery } from './start-bigquery.ts';

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const folders = (process.env.PATH ?? '').split(delimiter);
const bq = folders.map((folder) => join(folder, 'bq')).find(canRun);
const runs = bq === undefined ? test.skip : test;
if (bq === undefined) {
  process.stderr.write(
    '\n! NOT PROVED: that Google’s bq command speaks with the stand-in; no bq on the path\n\n',
  );
}

let bigquery: Bigquery;
let home: string;

beforeAll(async () => {
  home = await makeTempDir();
  bigquery = await startBigquery({ estimates: 'plans', pageRowsMax: 2 });
  const { call, run } = createClient(bigquery);
  for (const datasetId of ['st_mart', 'st_ops', 'st_raw']) {
    await call('POST', '/datasets', { datasetReference: { datasetId } });
  }
  await run(`create table st_mart.daily_kpis (
    event_date date not null options (description = 'a day'),
    business_unit string,
    total_booked numeric
  ) partition by date_trunc(event_date, month) cluster by business_unit`);
  await run(`insert into st_mart.daily_kpis (event_date, business_unit, total_booked) values
    ('2024-03-01', 'North', numeric '1234.56'), ('2024-03-02', 'North', null), ('2024-03-02', 'South', 7)`);
});

afterAll(() => bigquery.close());

/** No account, no settings of whoever runs the tests, no proxy between us. */
const ask = async (...args: string[]): Promise<string> => {
  const flags = [
    ...['--oauth_access_token=any', '--headless', '--format=json', `--bigqueryrc=${home}/rc`],
    ...[`--api=${bigquery.url}`, `--project_id=${bigquery.projectId}`],
  ];
  const { stdout } = await promisify(execFile)(bq ?? '', [...flags, ...args], {
    env: { ...process.env, HOME: home, CLOUDSDK_CONFIG: home, NO_PROXY: '*', no_proxy: '*' },
  });
  return stdout;
};

runs('bq lists the datasets', async () => {
  const listed = JSON.parse(await ask('ls')) as { datasetReference: { datasetId: string } }[];
  expect(listed.map(({ datasetReference }) => datasetReference.datasetId)).toEqual([
    ...['st_mart', 'st_ops', 'st_raw'],
  ]);
});

runs('bq shows a table and its schema', async () => {
  const table = JSON.parse(await ask('show', 'st_mart.daily_kpis')) as Record<string, unknown>;
  expect(table).toMatchObject({
    numRows: '3',
    timePartitioning: { type: 'MONTH', field: 'event_date' },
    clustering: { fields: ['business_unit'] },
  });
  expect(JSON.parse(await ask('show', '--schema', 'st_mart.daily_kpis'))).toEqual([
    { name: 'event_date', type: 'DATE', mode: 'REQUIRED', description: 'a day' },
    { name: 'business_unit', type: 'STRING', mode: 'NULLABLE' },
    { name: 'total_booked', type: 'NUMERIC', mode: 'NULLABLE' },
  ]);
});

runs('bq runs a query, with parameters, over several pages', async () => {
  const sql =
    'select * from st_mart.daily_kpis where event_date >= @from order by event_date, business_unit';
  const printed = await ask(
    ...['query', '--use_legacy_sql=false', '--parameter=from:DATE:2024-03-01', sql],
  );
  expect(JSON.parse(printed)).toEqual([
    { event_date: '2024-03-01', business_unit: 'North', total_booked: '1234.56' },
    { event_date: '2024-03-02', business_unit: 'North', total_booked: null },
    { event_date: '2024-03-02', business_unit: 'South', total_booked: '7' },
  ]);
});

runs('bq says what is wrong with a query, as it does with the real service', async () => {
  const asked = ask('query', '--use_legacy_sql=false', 'select nothing from st_mart.daily_kpis');
  await expect(asked).rejects.toMatchObject({
    stdout: expect.stringContaining('Unrecognized name: nothing') as unknown,
  });
});

runs('bq estimates a query without running it', async () => {
  const printed = await ask(
    'query',
    '--use_legacy_sql=false',
    '--dry_run',
    'select total_booked from st_mart.daily_kpis',
  );
  expect(JSON.parse(printed)).toMatchObject({
    statistics: { totalBytesProcessed: '32', query: { statementType: 'SELECT' } },
  });
});
