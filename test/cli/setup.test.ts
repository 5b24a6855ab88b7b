import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SetUp } from '../../src/warehouses/warehouse.ts';
import { createClient } from '../support/bigquery/client.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine, type Ran } from './support/run-line.ts';

let server: Bigquery;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = await startBigquery();
  env = { ...bigqueryEnv(server), LOG_LEVEL: 'error', LOG_FILE: 'off' };
});
afterAll(() => server.close());

const setup = (more: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runLine('setup', { ...env, ...more }, new Date());

const changesOf = async (more: NodeJS.ProcessEnv = {}): Promise<SetUp[]> => {
  const { code, out } = await runLine('setup --json', { ...env, ...more }, new Date());
  expect(code).toBe(0);
  const { done } = JSON.parse(out) as { done: SetUp[] };
  return done.filter(({ outcome, remark }) => outcome !== 'found' || remark !== '');
};

const call = async (method: string, path: string, body?: unknown) =>
  (await createClient(server).call(method, path, body)).body;

describe('on BigQuery', () => {
  test('the first time it creates datasets and tables; neither a tenant nor credentials are asked for', async () => {
    const { code, out, err } = await setup();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^dataset +st_stage +created$/m);
    expect(out).toMatch(/^table +st_raw\.raw_jobs +created$/m);
    expect(out).toMatch(/^39 created, 0 changed, 0 found as they were$/m);
  });

  test('each dataset, table and column says what it holds, and is labelled', async () => {
    for (const dataset of ['st_raw', 'st_ops']) {
      const { tables } = (await call('GET', `/datasets/${dataset}/tables`)) as {
        tables: { tableReference: { tableId: string } }[];
      };
      for (const { tableReference } of tables) {
        const path = `/datasets/${dataset}/tables/${tableReference.tableId}`;
        const { description, labels, schema } = (await call('GET', path)) as {
          description: string;
          labels: unknown;
          schema: { fields: { name: string; description?: string }[] };
        };
        expect({ path, description, labels }).toEqual({
          path,
          description: expect.stringMatching(/\.$/) as unknown,
          labels: { application: 'fieldmart' },
        });
        const bare = schema.fields.filter((field) => !(field.description ?? '').endsWith('.'));
        expect({ path, bare }).toEqual({ path, bare: [] });
      }
    }
  });

  test('the second time it changes nothing', async () => {
    const from = server.requests().length;
    expect(await changesOf()).toEqual([]);
    const methods = new Set(
      server
        .requests()
        .slice(from)
        .map(({ method }) => method),
    );
    expect(methods).toEqual(new Set(['GET']));
  });

  test('what somebody changed is mended, and what others added stays', async () => {
    await call('PATCH', '/datasets/st_ops', {
      description: 'mine',
      labels: { application: null, team: 'a' },
    });
    await call('PATCH', '/datasets/st_stage', { defaultTableExpirationMs: null });
    const table = '/datasets/st_raw/tables/raw_campaigns';
    const { schema } = (await call('GET', table)) as { schema: { fields: { name: string }[] } };
    const fields = schema.fields.map((field) => ({ ...field, description: 'x' }));
    await call('PATCH', table, {
      description: null,
      labels: { application: null },
      clustering: { fields: ['id'] },
      schema: { fields: [...fields, { name: 'ours', type: 'STRING', description: 'kept' }] },
    });
    await createClient(server).run('alter table st_raw.raw_job_types drop column priority');
    expect(await changesOf()).toEqual([
      { kind: 'dataset', name: 'st_ops', outcome: 'changed', remark: 'description, labels' },
      {
        ...{ kind: 'dataset', name: 'st_stage', outcome: 'changed' },
        remark: 'expiration of its tables',
      },
      {
        ...{ kind: 'table', name: 'st_raw.raw_job_types', outcome: 'changed' },
        remark: 'columns priority STRING',
      },
      {
        ...{ kind: 'table', name: 'st_raw.raw_campaigns', outcome: 'changed' },
        remark: `description, labels, descriptions of ${fields.length} columns, clustering`,
      },
    ]);
    expect(await call('GET', '/datasets/st_ops')).toMatchObject({
      labels: { application: 'fieldmart', team: 'a' },
    });
    expect(await call('GET', table)).toMatchObject({
      clustering: { fields: ['tenant_id', 'id'] },
      schema: {
        fields: expect.arrayContaining([
          expect.objectContaining({ name: 'ours', description: 'kept' }),
        ]) as unknown,
      },
    });
    expect(await changesOf()).toEqual([]);
  });

  test('what this account may not change is said and stops nothing', async () => {
    await call('PATCH', '/datasets/st_dim', { description: 'mine' });
    server.access.deny('bigquery.datasets.update');
    const remark = 'differs in description, which only roles/bigquery.dataOwner on it may change';
    expect(await changesOf()).toEqual([
      { kind: 'dataset', name: 'st_dim', outcome: 'found', remark },
    ]);
    server.access.allow('bigquery.datasets.update');
  });

  test('partitions that cannot be changed in place are left and said', async () => {
    await createClient(server).run(
      `create table st_raw.new_jobs cluster by tenant_id, id as select * from st_raw.raw_jobs;
      drop table st_raw.raw_jobs`,
    );
    await createClient(server).run('alter table st_raw.new_jobs rename to raw_jobs');
    const changed = (await changesOf()).find(({ name }) => name === 'st_raw.raw_jobs');
    expect(changed?.remark).toMatch(
      /; it is not partitioned and would be made partitioned by MONTH of createdOn: it stays so, and reading it costs more$/,
    );
  });

  test('a table that cannot be mended: exit 5, and its column', async () => {
    await createClient(server).run('alter table st_ops.ledger drop column sha256');
    await createClient(server).run('alter table st_ops.ledger add column sha256 int64');
    const { code, out, err } = await setup();
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(
      /^Cannot use st_ops\.ledger: its column sha256 is INT64 and should be STRING, someone altered the table; restore/,
    );
  });
});

describe('on DuckDB', () => {
  test('it makes the file, then finds it', async () => {
    const path = join(await makeTempDir(), 'new', 'setup.duckdb');
    const here = { WAREHOUSE: 'duckdb', DUCKDB_PATH: path };
    const { code, out, err } = await setup(here);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`file     ${path}`);
    expect(out).toMatch(/^39 created, 0 changed, 0 found as they were$/m);
    expect((await setup(here)).out).toMatch(/^0 created, 0 changed, 39 found as they were$/m);
    expect(await changesOf(here)).toEqual([]);
  });
});
