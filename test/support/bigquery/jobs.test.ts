import { describe, expect, test } from '@jest/globals';
import { errorOf, openRig } from './rig.ts';

describe('a job id', () => {
  test('that is used again answers 409, whatever became of the first job', async () => {
    const { start, run, bigquery } = await openRig();
    await run('select 1', { jobId: 'mine_1' });
    await run('select nonsense', { jobId: 'mine_2' });
    for (const jobId of ['mine_1', 'mine_2']) {
      const { status, body } = await start('select 2', { jobId, location: 'US' });
      expect(status).toBe(409);
      expect(body.error).toMatchObject({ code: 409, status: 'ALREADY_EXISTS' });
      expect(errorOf(body)).toMatchObject({
        ...{ reason: 'duplicate', message: `Already Exists: Job stand-in:US.${jobId}` },
      });
    }
    expect(bigquery.requests().filter(({ jobId }) => jobId === 'mine_1').length).toBe(3);
  });

  test('has its own alphabet', async () => {
    const { start } = await openRig();
    expect((await start('select 1', { jobId: 'a b' })).status).toBe(400);
    expect((await start('select 1', { jobId: 'x'.repeat(1025) })).status).toBe(400);
  });

  test('is found in its location, without naming it only in the US and the EU', async () => {
    const { call, run } = await openRig();
    await run('select 1', { jobId: 'there', location: 'europe-west3' });
    expect((await call('GET', '/jobs/there?location=europe-west3')).status).toBe(200);
    expect((await call('GET', '/jobs/there')).status).toBe(404);
    const elsewhere = await call('GET', '/jobs/there?location=US');
    expect(errorOf(elsewhere.body)).toMatchObject({
      ...{ reason: 'notFound', message: 'Not found: Job stand-in:US.there' },
    });
  });
});

describe('a job', () => {
  test('runs for as many looks as a fault says, and works after the last', async () => {
    const { bigquery, call, start, look } = await openRig();
    await call('POST', '/datasets/d/tables', {
      tableReference: { projectId: 'stand-in', datasetId: 'd', tableId: 't' },
      schema: { fields: [{ name: 'a', type: 'INT64' }] },
    });
    bigquery.addFault({ jobId: /slow/, effect: { kind: 'slowJob', polls: 2 } });
    const started = await start('insert into d.t (a) values (1)', { jobId: 'slow' });
    expect(started.body).toMatchObject({ status: { state: 'PENDING' } });
    expect((await look('slow')).status.state).toBe('PENDING');
    const asked = await call('GET', '/queries/slow?location=US&timeoutMs=0');
    expect(asked.body).toMatchObject({ jobComplete: false });
    expect(await bigquery.sql('select count(*) as n from d.t')).toEqual([{ n: '0' }]);
    expect((await look('slow')).status.state).toBe('DONE');
    expect(await bigquery.sql('select count(*) as n from d.t')).toEqual([{ n: '1' }]);
  });

  test('that is held shows as running until it is released, or cancelled', async () => {
    const { bigquery, call, start, look } = await openRig();
    const held = bigquery.addFault({ effect: { kind: 'holdJob' }, times: 2 });
    await start('select 1', { jobId: 'one' });
    await start('select 1', { jobId: 'two' });
    await held.reached;
    expect((await look('one')).status.state).toBe('RUNNING');
    const cancelled = await call('POST', '/jobs/one/cancel?location=US');
    expect(cancelled.body).toMatchObject({
      job: { status: { state: 'DONE', errorResult: { reason: 'stopped' } } },
    });
    held.release();
    await bigquery.settle();
    expect((await look('two')).status).toEqual({ state: 'DONE' });
  });

  test('keeps its labels, and is listed with them', async () => {
    const { call, run, bigquery } = await openRig();
    const labels = { fieldmart_run: 'r1', fieldmart_step: 'merge' };
    const job = await run('select 1', { jobId: 'labelled', configuration: { labels } });
    expect(job.configuration).toMatchObject({ labels, jobType: 'QUERY' });
    const listed = await call('GET', '/jobs?projection=full&stateFilter=done');
    expect(listed.body).toMatchObject({ jobs: [{ state: 'DONE', configuration: { labels } }] });
    expect(bigquery.requests().find(({ jobId }) => jobId === 'labelled')).toMatchObject({
      ...{ method: 'POST', labels, sql: 'select 1', status: 200 },
    });
  });

  test.each([
    [{ labels: { Run: 'x' } }, /Invalid value/],
    [{ labels: { run: 'X Y' } }, /Invalid value/],
    [{ query: { query: 'select 1' } }, /does not know legacy SQL/],
    [{ query: { query: 'select 1', useLegacySql: false, priority: 'HIGH' } }, /priority/],
    [{ query: { query: 'select 1', useLegacySql: false, destinationTable: {} } }, /Unknown name/],
    [{}, /exactly one of query, load and copy/],
  ])('with the configuration %j is not accepted', async (configuration, message) => {
    const { call } = await openRig();
    const { status, body } = await call('POST', '/jobs', { configuration });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(errorOf(body)).toMatchObject({ message: expect.stringMatching(message) as unknown });
  });

  test('that fails says so in its status, and its results are the error', async () => {
    const { call, run } = await openRig();
    const job = await run('select nonsense', { jobId: 'bad' });
    const errorResult = {
      reason: 'invalidQuery',
      location: 'query',
      message: 'Unrecognized name: nonsense at [1:8]',
    };
    expect(job.status).toEqual({ state: 'DONE', errorResult, errors: [errorResult] });
    const results = await call('GET', '/queries/bad?location=US');
    expect(results.status).toBe(400);
    expect(errorOf(results.body)).toMatchObject(errorResult);
  });

  test('runs where its data is', async () => {
    const { call, run } = await openRig();
    await call('POST', '/datasets', { datasetReference: { datasetId: 'eu' }, location: 'EU' });
    await run('create table eu.t (a int64)');
    const there = await run('select * from eu.t');
    expect(there.jobReference.location).toBe('EU');
    const elsewhere = await run('select * from eu.t', { location: 'US' });
    expect(elsewhere.status.errorResult).toEqual({
      ...{
        reason: 'notFound',
        message: 'Not found: Dataset stand-in:eu was not found in location US',
      },
    });
  });

  test('may be asked for twice by one request id', async () => {
    const { call, bigquery } = await openRig();
    await call('POST', '/datasets/d/tables', {
      tableReference: { projectId: 'stand-in', datasetId: 'd', tableId: 't' },
      schema: { fields: [{ name: 'a', type: 'INT64' }] },
    });
    const body = { query: 'insert into d.t (a) values (1)', useLegacySql: false, requestId: 'r' };
    await call('POST', '/queries', body);
    const again = await call('POST', '/queries', body);
    expect(again.body).toMatchObject({ jobComplete: true, numDmlAffectedRows: '1' });
    expect(await bigquery.sql('select count(*) as n from d.t')).toEqual([{ n: '1' }]);
  });
});

describe('what a query costs', () => {
  const setUp = async () => {
    const rig = await openRig();
    await rig.run(
      'create table d.t (id int64, `at` timestamp, payload string) partition by timestamp_trunc(`at`, month)',
    );
    await rig.run(`insert into d.t (id, \`at\`, payload)
      select n, timestamp_add(timestamp '2024-01-15', interval n * 30 day), repeat('x', 98)
      from unnest(generate_array(0, 9)) as n`);
    return rig;
  };

  test('is told by a dry run, which does nothing', async () => {
    const { run, call, bigquery } = await setUp();
    const dry = { configuration: { dryRun: true }, jobId: 'dry' };
    const job = await run('select id, payload from d.t', dry);
    expect(job.statistics).toMatchObject({
      totalBytesProcessed: String(10 * (8 + 100)),
      query: {
        statementType: 'SELECT',
        totalBytesBilled: '0',
        referencedTables: [{ tableId: 't' }],
      },
    });
    expect(job.status.state).toBe('DONE');
    await run('delete from d.t where true', { configuration: { dryRun: true } });
    expect(await bigquery.sql('select count(*) as n from d.t')).toEqual([{ n: '10' }]);
    expect((await call('GET', '/jobs/dry?location=US')).status).toBe(404);
  });

  test('of a query that would fail is that failure', async () => {
    const { start } = await setUp();
    const { status, body } = await start('select nonsense from d.t', {
      configuration: { dryRun: true },
    });
    expect(status).toBe(400);
    expect(errorOf(body)).toMatchObject({ reason: 'invalidQuery', location: 'query' });
  });

  test('counts the columns that are read, of the partitions that literals leave', async () => {
    const { run } = await setUp();
    const cost = async (sql: string) =>
      (await run(sql, { configuration: { dryRun: true } })).statistics.totalBytesProcessed;
    expect(await cost('select count(*) from d.t')).toBe('0');
    expect(await cost('select id from d.t')).toBe('80');
    const march = "`at` >= timestamp '2024-03-01' and `at` < timestamp '2024-04-01'";
    expect(await cost(`select id from d.t where ${march}`)).toBe('16');
    // Partitions that are written anew count with all their columns.
    expect(await cost(`update d.t set id = 0 where ${march}`)).toBe(String(8 + 8 + 100));
  });

  test('is billed by whole MiB, at least ten for each table', async () => {
    const { run } = await setUp();
    const job = await run('select a.id from d.t as a join d.t as b on a.id = b.id');
    expect(job.statistics.query).toMatchObject({ totalBytesBilled: '10485760', cacheHit: false });
    expect(Number(job.statistics.query?.totalSlotMs)).toBeGreaterThan(0);
    expect((await run('select 1')).statistics.query).toMatchObject({ totalBytesBilled: '0' });
  });

  test('beyond maximumBytesBilled fails the job before it does anything', async () => {
    const { run, bigquery } = await setUp();
    const query = { maximumBytesBilled: '1000000' };
    const job = await run('delete from d.t where id = 1', { query });
    expect(job.status.errorResult).toEqual({
      reason: 'bytesBilledLimitExceeded',
      message: 'Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.',
    });
    const script =
      'begin transaction; delete from d.t where id = 1; delete from d.t where id = 2; commit transaction';
    const second = await run(script, { query: { maximumBytesBilled: '10485760' } });
    expect(second.status.errorResult).toMatchObject({
      reason: 'bytesBilledLimitExceeded',
      message: expect.stringContaining('20971520 or higher required.') as unknown,
    });
    expect(await bigquery.sql('select count(*) as n from d.t')).toEqual([{ n: '10' }]);
  });

  test('of a script is the sum, a dry run of it ends at IF and at the first definition', async () => {
    const { run } = await setUp();
    const configuration = { dryRun: true };
    const cost = async (sql: string) => (await run(sql, { configuration })).statistics;
    const script = 'begin transaction; select id from d.t; select id from d.t; commit transaction';
    expect(await cost(script)).toMatchObject({
      ...{ totalBytesProcessed: '160', query: { statementType: 'SCRIPT' } },
    });
    const guarded =
      'select id from d.t; if true then select id from d.t; end if; select id from d.t';
    expect(await cost(guarded)).toMatchObject({ totalBytesProcessed: '80' });
    const defining = 'create table d.u as select id from d.t; select id from d.u';
    expect(await cost(defining)).toMatchObject({ totalBytesProcessed: '80' });
  });
});
