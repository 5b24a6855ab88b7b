import { describe, expect, test } from '@jest/globals';
import { errorOf, openRig } from './rig.ts';

const fields = [
  { name: 'id', type: 'INT64', mode: 'REQUIRED', description: 'the key' },
  { name: 'at', type: 'TIMESTAMP' },
];

const describeTable = (tableId: string, more: object = {}) => ({
  tableReference: { projectId: 'stand-in', datasetId: 'd', tableId },
  schema: { fields },
  ...more,
});

describe('a dataset', () => {
  test('is made in a location, with description and labels, and can be changed', async () => {
    const { call } = await openRig();
    const made = await call('POST', '/datasets', {
      datasetReference: { datasetId: 'x' },
      ...{ location: 'EU', description: 'one', labels: { a: 'b' } },
    });
    expect(made).toMatchObject({ status: 200, body: { id: 'stand-in:x', location: 'EU' } });
    const labels = { a: null, c: 'd' };
    const changed = await call('PATCH', '/datasets/x', { description: 'two', labels });
    expect(changed.body).toMatchObject({ description: 'two', labels: { c: 'd' } });
    expect(changed.body.etag).not.toBe(made.body.etag);
  });

  test('that exists, that is missing, that still has tables', async () => {
    const { call } = await openRig();
    const again = await call('POST', '/datasets', { datasetReference: { datasetId: 'd' } });
    expect(again.status).toBe(409);
    expect(errorOf(again.body)).toEqual({
      ...{ domain: 'global', reason: 'duplicate' },
      message: 'Already Exists: Dataset stand-in:d',
    });
    const missing = await call('GET', '/datasets/none');
    expect(missing.status).toBe(404);
    expect(errorOf(missing.body)).toMatchObject({ reason: 'notFound' });
    await call('POST', '/datasets/d/tables', describeTable('t'));
    const inUse = await call('DELETE', '/datasets/d');
    expect(errorOf(inUse.body)).toMatchObject({ reason: 'resourceInUse' });
    expect((await call('DELETE', '/datasets/d?deleteContents=true')).status).toBe(204);
  });

  test('is listed page by page', async () => {
    const { call } = await openRig();
    for (const datasetId of ['a', 'b'])
      await call('POST', '/datasets', { datasetReference: { datasetId } });
    const first = await call('GET', '/datasets?maxResults=2');
    expect(first.body.datasets).toHaveLength(2);
    const second = await call('GET', `/datasets?pageToken=${String(first.body.nextPageToken)}`);
    expect(second.body).toMatchObject({ datasets: [{ id: 'stand-in:d', location: 'US' }] });
    expect(second.body.nextPageToken).toBeUndefined();
    expect((await call('GET', '/datasets?pageToken=x')).status).toBe(400);
  });
});

describe('a table', () => {
  test('has schema, partitions, clusters, labels and counts', async () => {
    const { call, run } = await openRig();
    const layout = {
      timePartitioning: { type: 'MONTH', field: 'at' },
      clustering: { fields: ['id'] },
      labels: { a: 'b' },
    };
    await call('POST', '/datasets/d/tables', describeTable('t', layout));
    await run("insert into d.t (id, `at`) values (1, timestamp '2024-01-01'), (2, null)");
    const { body } = await call('GET', '/datasets/d/tables/t');
    expect(body).toMatchObject({
      ...layout,
      ...{ id: 'stand-in:d.t', type: 'TABLE', numRows: '2', numBytes: '24', location: 'US' },
      schema: {
        fields: [
          { name: 'id', type: 'INTEGER', mode: 'REQUIRED', description: 'the key' },
          { name: 'at', type: 'TIMESTAMP', mode: 'NULLABLE' },
        ],
      },
    });
    const listed = await call('GET', '/datasets/d/tables');
    expect(listed.body).toMatchObject({ totalItems: 1, tables: [{ id: 'stand-in:d.t' }] });
  });

  test.each([
    [{ timePartitioning: { type: 'MONTH', field: 'none' } }, /Invalid field: none/],
    [{ timePartitioning: { type: 'MONTH', field: 'id' } }, /of type TIMESTAMP, DATE or DATETIME/],
    [{ clustering: { fields: ['none'] } }, /Invalid field: none/],
    [
      { schema: { fields: [...fields, { name: 'ID', type: 'STRING' }] } },
      /Duplicate field name: ID/,
    ],
    [{ schema: { fields: [{ name: 'a b', type: 'STRING' }] } }, /Invalid field name "a b"/],
    [
      { schema: { fields: [{ name: 'a', type: 'GEOGRAPHY' }] } },
      /does not know the type GEOGRAPHY/,
    ],
    [{ strange: 1 }, /Unknown name "strange"/],
  ])('with %j is refused', async (more, message) => {
    const { call } = await openRig();
    const { status, body } = await call('POST', '/datasets/d/tables', describeTable('t', more));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(errorOf(body)).toMatchObject({ message: expect.stringMatching(message) as unknown });
  });

  test('takes new columns and descriptions, and no other change of its schema', async () => {
    const { call, run, rows } = await openRig();
    await call('POST', '/datasets/d/tables', describeTable('t'));
    await run('insert into d.t (id) values (1)');
    const patch = (given: object[]) =>
      call('PATCH', '/datasets/d/tables/t', { schema: { fields: given } });
    const more = await patch([...fields, { name: 'name', type: 'STRING', description: 'who' }]);
    expect(more.status).toBe(200);
    expect(await rows('select id, name from d.t')).toEqual([['1', null]]);
    const fewer = await patch(fields);
    expect(errorOf(fewer.body)).toMatchObject({
      message:
        'Provided Schema does not match Table stand-in:d.t. Field name is missing in new schema',
    });
    const [, at] = fields;
    const others = await patch([
      { name: 'id', type: 'STRING' },
      at ?? {},
      { name: 'name', type: 'STRING' },
    ]);
    expect(errorOf(others.body)).toMatchObject({
      message:
        'Provided Schema does not match Table stand-in:d.t. Field id has changed type from INTEGER to STRING',
    });
  });

  test('is not changed under somebody who saw another version', async () => {
    const { call } = await openRig();
    const made = await call('POST', '/datasets/d/tables', describeTable('t'));
    const etag = { 'if-match': String(made.body.etag) };
    const patch = { description: 'x' };
    expect((await call('PATCH', '/datasets/d/tables/t', patch, etag)).status).toBe(200);
    const second = await call('PATCH', '/datasets/d/tables/t', patch, etag);
    expect(second.status).toBe(412);
    expect(errorOf(second.body)).toMatchObject({ reason: 'conditionNotMet' });
  });

  test('is gone when it has expired, and its name is free', async () => {
    let now = new Date('2024-03-01T00:00:00Z');
    const { call, rows } = await openRig({ now: () => now });
    await call('PATCH', '/datasets/d', { defaultTableExpirationMs: '3600000' });
    const made = await call('POST', '/datasets/d/tables', describeTable('t'));
    expect(made.body.expirationTime).toBe(String(Date.parse('2024-03-01T01:00:00Z')));
    now = new Date('2024-03-01T01:00:00Z');
    expect((await call('GET', '/datasets/d/tables/t')).status).toBe(404);
    expect((await call('GET', '/datasets/d/tables')).body).toMatchObject({ totalItems: 0 });
    await expect(rows('select * from d.t')).rejects.toThrow('Table stand-in:d.t was not found');
    expect((await call('POST', '/datasets/d/tables', describeTable('t'))).status).toBe(200);
  });
});

describe('whoever asks', () => {
  test('needs a token', async () => {
    const { bigquery } = await openRig();
    const answer = await fetch(`${bigquery.url}/bigquery/v2/projects/stand-in/datasets`);
    expect(answer.status).toBe(401);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
    expect(errorOf(body)).toMatchObject({ location: 'Authorization', locationType: 'header' });
  });

  test('of another project is sent away', async () => {
    const { bigquery, call } = await openRig();
    const other = `${bigquery.url}/bigquery/v2/projects/other`;
    const listed = await call('GET', `${other}/datasets`);
    expect(errorOf(listed.body)).toMatchObject({
      reason: 'notFound',
      message: 'Not found: Project other',
    });
    const job = { configuration: { query: { query: 'select 1', useLegacySql: false } } };
    const started = await call('POST', `${other}/jobs`, job);
    expect(started.status).toBe(403);
    expect(errorOf(started.body)).toMatchObject({
      ...{ reason: 'accessDenied' },
      message:
        'Access Denied: Project other: User does not have bigquery.jobs.create permission in project other.',
    });
  });

  test('without a permission is told which', async () => {
    const { bigquery, call, run } = await openRig();
    await call('POST', '/datasets/d/tables', describeTable('t'));
    bigquery.access.deny('bigquery.tables.getData', 'd');
    bigquery.access.deny('bigquery.tables.create');
    const { status } = await run('select * from d.t');
    expect(status.errorResult).toMatchObject({
      ...{ reason: 'accessDenied' },
      message:
        'Access Denied: Table stand-in:d.t: User does not have permission to query table stand-in:d.t, or perhaps it does not exist.',
    });
    const made = await call('POST', '/datasets/d/tables', describeTable('u'));
    expect(errorOf(made.body)).toMatchObject({
      message:
        'Access Denied: Dataset stand-in:d: Permission bigquery.tables.create denied on dataset stand-in:d (or it may not exist).',
    });
    bigquery.access.allow('bigquery.tables.getData');
    expect((await run('select * from d.t')).status.errorResult).toBeUndefined();
  });

  test('for a method, a parameter or a field that the stand-in does not know is refused loudly', async () => {
    const { call } = await openRig();
    expect((await call('GET', '/datasets/d/models')).status).toBe(501);
    expect((await call('GET', '/datasets?fields=datasets')).status).toBe(400);
    expect((await call('POST', '/datasets', { storageBillingModel: 'PHYSICAL' })).status).toBe(400);
    const rowsOf = { rows: [] };
    expect((await call('POST', '/datasets/d/tables/t/insertAll', rowsOf)).status).toBe(501);
  });
});
