import { describe, expect, test } from '@jest/globals';
import { openRig } from './rig.ts';

const setUp = async () => {
  const rig = await openRig();
  await rig.run('create table d.cursors (stream string, version int64)');
  await rig.run('create table d.ledger (load_id string)');
  await rig.run("insert into d.cursors (stream, version) values ('a', 1), ('b', 1)");
  return rig;
};

const fence = (stream: string, loadId: string): string => `
  begin transaction;
  update d.cursors set version = version + 1 where stream = '${stream}' and version = 1;
  if @@row_count <> 1 then raise using message = 'stale'; end if;
  insert into d.ledger (load_id) values ('${loadId}');
  commit transaction;`;

describe('a transaction', () => {
  test('is committed whole, and its statements are jobs of their own', async () => {
    const { run, call, rows } = await setUp();
    const job = await run(fence('a', 'l1'), { jobId: 'commit' });
    expect(job.status).toEqual({ state: 'DONE' });
    expect(job.statistics).toMatchObject({ numChildJobs: '3', query: { statementType: 'SCRIPT' } });
    expect(await rows('select * from d.cursors order by stream')).toEqual([
      ['a', '2'],
      ['b', '1'],
    ]);
    const children = await call('GET', '/jobs?parentJobId=commit');
    expect(children.body).toMatchObject({
      jobs: [
        { statistics: { query: { statementType: 'INSERT', numDmlAffectedRows: '1' } } },
        { statistics: { scriptStatistics: { evaluationKind: 'EXPRESSION' } } },
        { statistics: { query: { statementType: 'UPDATE', dmlStats: { updatedRowCount: '1' } } } },
      ],
    });
  });

  test.each([
    ['raise', 'stale', fence('none', 'l1')],
    [
      'an error of a statement',
      'division by zero',
      'begin transaction; delete from d.cursors where true; select 1 / 0; commit transaction',
    ],
    [
      'ERROR',
      'no such luck',
      "begin transaction; delete from d.cursors where true; select error('no such luck'); commit transaction",
    ],
    [
      'ASSERT',
      'Assertion failed: never',
      "begin transaction; delete from d.cursors where true; assert false as 'never'; commit transaction",
    ],
  ])('is rolled back by %s', async (_, message, script) => {
    const { run, rows } = await setUp();
    const { status } = await run(script);
    expect(status.errorResult).toMatchObject({ reason: 'invalidQuery', location: 'query' });
    expect(status.errorResult?.message).toMatch(/^Query error: .* at \[\d+:\d+\]$/);
    expect(status.errorResult?.message).toContain(message);
    expect(await rows('select count(*) from d.cursors')).toEqual([['2']]);
    expect(await rows('select count(*) from d.ledger')).toEqual([['0']]);
  });

  test('is rolled back when it says so, and when the script ends first', async () => {
    const { run, rows } = await setUp();
    await run('begin transaction; delete from d.cursors where true; rollback transaction');
    await run('begin transaction; delete from d.cursors where true');
    expect(await rows('select count(*) from d.cursors')).toEqual([['2']]);
    // Nothing is locked any more.
    expect((await run(fence('a', 'l1'))).status).toEqual({ state: 'DONE' });
  });

  test('sees its own changes, and nobody else sees them before the commit', async () => {
    const { run, rows, bigquery, start, look } = await setUp();
    const held = bigquery.addFault({ jobId: /^held$/, effect: { kind: 'holdJob', at: /^commit/ } });
    const script =
      'begin transaction; delete from d.cursors where stream = "a"; select count(*) from d.cursors; commit transaction';
    await start(script, { jobId: 'held' });
    await held.reached;
    expect(await rows('select count(*) from d.cursors')).toEqual([['2']]);
    held.release();
    expect((await look('held')).status).toEqual({ state: 'DONE' });
    expect(await rows('select count(*) from d.cursors')).toEqual([['1']]);
    await run('select 1');
  });

  test('takes no definitions of tables but temporary ones', async () => {
    const { run } = await setUp();
    const bad = await run('begin transaction; create table d.x (a int64); commit transaction');
    expect(bad.status.errorResult?.message).toContain(
      'not supported in a multi-statement transaction',
    );
    const good = await run(
      'begin transaction; create temp table x as select 1 as a; insert into d.ledger (load_id) select cast(a as string) from x; commit transaction',
    );
    expect(good.status).toEqual({ state: 'DONE' });
  });

  test('cannot be nested, or ended when there is none', async () => {
    const { run } = await setUp();
    const nested = await run('begin transaction; begin transaction');
    expect(nested.status.errorResult?.message).toContain('already active');
    const none = await run('select 1; commit transaction');
    expect(none.status.errorResult?.message).toContain('no transaction is active');
  });
});

describe('two transactions that change one table', () => {
  test('conflict, whatever rows they change: the later one is aborted', async () => {
    const { run, start, look, bigquery, rows } = await setUp();
    const held = bigquery.addFault({ jobId: /^one$/, effect: { kind: 'holdJob', at: /^commit/ } });
    await start(fence('a', 'l1'), { jobId: 'one' });
    await held.reached;
    const second = await run(fence('b', 'l2'), { jobId: 'two' });
    expect(second.status.errorResult).toEqual({
      ...{ reason: 'invalidQuery', location: 'query' },
      message: expect.stringMatching(
        /^Query error: Transaction is aborted due to concurrent update against table stand-in:d\.cursors\. Transaction ID: [-0-9a-f]+ at \[3:3\]$/,
      ) as unknown,
    });
    held.release();
    expect((await look('one')).status).toEqual({ state: 'DONE' });
    expect(await rows('select load_id from d.ledger')).toEqual([['l1']]);
    expect((await run(fence('b', 'l2'))).status).toEqual({ state: 'DONE' });
  });

  test('conflict also when the first has ended since the second began', async () => {
    const { run, start, look, bigquery } = await setUp();
    const held = bigquery.addFault({ jobId: /^one$/, effect: { kind: 'holdJob', at: /^update/ } });
    await start(
      `begin transaction; select 1; ${fence('a', 'l1').replace('begin transaction;', '')}`,
      { jobId: 'one' },
    );
    await held.reached;
    await run(fence('b', 'l2'));
    held.release();
    expect((await look('one')).status.errorResult?.message).toContain('concurrent update');
  });

  test('do not conflict when they only append', async () => {
    const { run, start, look, bigquery, rows } = await setUp();
    const append = (id: string) =>
      `begin transaction; insert into d.ledger (load_id) values ('${id}'); commit transaction`;
    const held = bigquery.addFault({ jobId: /^one$/, effect: { kind: 'holdJob', at: /^commit/ } });
    await start(append('l1'), { jobId: 'one' });
    await held.reached;
    expect((await run(append('l2'))).status).toEqual({ state: 'DONE' });
    held.release();
    await look('one');
    expect(await rows('select load_id from d.ledger order by load_id')).toEqual([['l1'], ['l2']]);
  });

  test('let a statement outside of them wait', async () => {
    const { start, look, bigquery, rows } = await setUp();
    const held = bigquery.addFault({ jobId: /^one$/, effect: { kind: 'holdJob', at: /^commit/ } });
    await start(fence('a', 'l1'), { jobId: 'one' });
    await held.reached;
    await start("update d.cursors set version = version + 10 where stream = 'a'", { jobId: 'two' });
    held.release();
    expect((await look('two')).status).toEqual({ state: 'DONE' });
    expect(await rows("select version from d.cursors where stream = 'a'")).toEqual([['12']]);
  });
});

describe('a fault', () => {
  test('in the middle of a script rolls it back', async () => {
    const { run, bigquery, rows } = await setUp();
    const error = { reason: 'backendError', message: 'try again' };
    bigquery.addFault({ jobId: /^c$/, effect: { kind: 'failJob', error, at: /^insert/ } });
    const { status } = await run(fence('a', 'l1'), { jobId: 'c' });
    expect(status.errorResult).toEqual({
      ...{ reason: 'backendError', message: 'Query error: try again at [5:3]' },
    });
    expect(await rows("select version from d.cursors where stream = 'a'")).toEqual([['1']]);
  });

  test('after the work leaves the work done', async () => {
    const { run, bigquery, rows } = await setUp();
    const error = { reason: 'internalError', message: 'who knows' };
    bigquery.addFault({ jobId: /^c$/, effect: { kind: 'failJob', error, afterWork: true } });
    expect((await run(fence('a', 'l1'), { jobId: 'c' })).status.errorResult).toEqual(error);
    expect(await rows("select version from d.cursors where stream = 'a'")).toEqual([['2']]);
  });

  test('that cancels a held transaction rolls it back', async () => {
    const { start, call, bigquery, rows, run } = await setUp();
    const held = bigquery.addFault({ jobId: /^c$/, effect: { kind: 'holdJob', at: /^commit/ } });
    await start(fence('a', 'l1'), { jobId: 'c' });
    await held.reached;
    await call('POST', '/jobs/c/cancel?location=US');
    expect(await rows("select version from d.cursors where stream = 'a'")).toEqual([['1']]);
    expect((await run(fence('a', 'l2'))).status).toEqual({ state: 'DONE' });
  });
});
