import { describe, expect, test } from '@jest/globals';
import { openRig } from './rig.ts';

const setUp = async () => {
  const rig = await openRig();
  await rig.run('create table d.t (id int64, name string, amount numeric)');
  await rig.run(
    "insert into d.t (id, name, amount) values (1, 'a', 1.5), (2, 'b', null), (3, 'c', 3)",
  );
  return rig;
};

describe('MERGE', () => {
  test('inserts, updates and deletes, and counts each', async () => {
    const { run, rows } = await setUp();
    const job = await run(`
      merge into d.t as t
      using (select 1 as id, 'x' as name union all select 2, 'y' union all select 9, 'z') as s
      on t.id = s.id
      when matched and s.name = 'x' then update set name = concat(t.name, s.name), t.amount = t.amount + 1
      when matched then delete
      when not matched then insert (id, name) values (s.id, s.name)
      when not matched by source and t.id = 3 then delete`);
    expect(job.status).toEqual({ state: 'DONE' });
    expect(job.statistics.query).toMatchObject({
      ...{ statementType: 'MERGE', numDmlAffectedRows: '4' },
      dmlStats: { insertedRowCount: '1', updatedRowCount: '1', deletedRowCount: '2' },
    });
    expect(await rows('select * from d.t order by id')).toEqual([
      ['1', 'ax', '2.5'],
      ['9', 'z', null],
    ]);
  });

  test.each([
    [
      'merge d.t as t using (select 1 as id union all select 1) as s on t.id = s.id when matched then update set name = "q"',
    ],
    [
      'update d.t as t set name = "q" from (select 1 as id union all select 1) as s where t.id = s.id',
    ],
  ])('and UPDATE refuse two source rows for one target row: %s', async (sql) => {
    const { run, rows } = await setUp();
    const { status } = await run(sql);
    expect(status.errorResult?.message).toBe(
      'UPDATE/MERGE must match at most one source row for each target row',
    );
    expect(await rows('select name from d.t where id = 1')).toEqual([['a']]);
  });
});

describe('other changes of rows', () => {
  test.each([
    [
      'update d.t as t set name = s.n, amount = null from unnest([struct(1 as i, "q" as n)]) as s where s.i = t.id',
      'UPDATE',
      '1',
    ],
    ['delete d.t where id in unnest([1, 2, 7])', 'DELETE', '2'],
    [
      'delete from d.t as t where exists (select 1 from d.t as u where u.id = t.id + 1)',
      'DELETE',
      '2',
    ],
    ['truncate table d.t', 'TRUNCATE_TABLE', '3'],
    ['insert d.t (id) select id + 10 from d.t', 'INSERT', '3'],
    [
      'insert into d.t with x as (select 7 as id) select id, cast(null as string), 1 from x',
      'INSERT',
      '1',
    ],
  ])('%s', async (sql, statementType, numDmlAffectedRows) => {
    const { run } = await setUp();
    const { status, statistics } = await run(sql);
    expect(status).toEqual({ state: 'DONE' });
    expect(statistics.query).toMatchObject({ statementType, numDmlAffectedRows });
  });

  test.each([
    ['update d.t set name = "x"', /UPDATE must have a WHERE clause/],
    ['delete from d.t', /DELETE must have a WHERE clause/],
    ['insert into d.t (nothing) values (1)', /Column nothing is not present/],
    ['insert into d.none (id) values (1)', /Table stand-in:d.none was not found in location US/],
    ['insert into e.t (id) values (1)', /Dataset stand-in:e was not found in location US/],
    ['insert into t (id) values (1)', /Table "t" must be qualified with a dataset/],
    ['select * from other.d.t', /Access Denied: Table other:d.t/],
    ['update d.t set id = id + 9223372036854775807 where true', /Overflow|overflow/],
    ['insert into d.t (id) values (cast("1.5" as int64))', /Bad int64 value: 1.5/],
  ])('%s is refused', async (sql, message) => {
    const { run, rows } = await setUp();
    const { status } = await run(sql);
    expect(status.errorResult?.message).toMatch(message);
    expect(await rows('select count(*) from d.t')).toEqual([['3']]);
  });
});

describe('queries that BigQuery refuses, though DuckDB would take them', () => {
  test.each([
    ['select list_transform([1], x -> x)', /Illegal input|Function not found/],
    ["select strftime(now(), '%Y')", /Function not found: strftime/],
    ['select 1::int64', /Illegal input character ":"/],
    ['select 5 // 2', /./],
    ['select * exclude (id) from d.t', /Unexpected keyword EXCLUDE|syntax error/i],
    ['select id from d.t as t(a, b, c)', /./],
    ['select count(*) filter (where true) from d.t', /Function not found: filter/],
    ['describe d.t', /Unexpected statement/],
    ['pragma version', /Unexpected statement/],
    ['select [1, 2][0]', /Array element access with array\[position\]/],
    ['select 1 as a, 2 as A', /Duplicate column names/],
    ['select rows from d.t', /./],
    ['select 1 as rows', /Unexpected keyword ROWS/],
    ['create table d.x (at timestamp)', /Unexpected keyword AT/],
    ["select 'it''s'", /./],
    ['select "a', /Unclosed string literal/],
    ['select "a\nb"', /Unclosed string literal/],
    ['select * from d.T', /Table stand-in:d.T was not found/],
    ['create table d.x as select 1', /columns must be named/],
    ['create table d.t (a int64)', /Already Exists: Table stand-in:d.t/],
    ['create table d.x (a json)', /does not know the type json/],
    ['create function d.f() as (1)', /does not know this kind of CREATE/],
    ['select @missing', /Query parameter 'missing' not found/],
    ['select @@project_id', /does not know @@project_id/],
    ['select json_set("{}", "$.a", 1)', /does not know the function JSON_SET/],
    ['select session_user()', /Function not found/],
    ['select * from d.t tablesample system (10 percent)', /Unexpected keyword TABLESAMPLE/],
  ])('%s', async (sql, message) => {
    const { run } = await setUp();
    const { status } = await run(sql);
    expect(status.errorResult?.message).toMatch(message);
  });
});

describe('names', () => {
  test('may be whole, in part or nowhere between back-ticks', async () => {
    const { rows } = await setUp();
    for (const name of [
      '`stand-in.d.t`',
      '`stand-in`.d.t',
      '`stand-in`.`d`.`t`',
      '`d.t`',
      'stand-in.d.t',
    ]) {
      expect(await rows(`select count(*) from ${name}`)).toEqual([['3']]);
    }
  });

  test('without a dataset are of the default dataset, or of WITH', async () => {
    const { rows } = await setUp();
    const more = { defaultDataset: { projectId: 'stand-in', datasetId: 'd' } };
    expect(await rows('select count(*) from t', more)).toEqual([['3']]);
    expect(await rows('with t as (select 1 as a) select count(*) from t', more)).toEqual([['1']]);
  });
});

describe('definitions', () => {
  test('of a table as a query, with partitions, clusters, description and labels', async () => {
    const { run, call, rows } = await setUp();
    const job = await run(`
      create or replace table d.u
      partition by date_trunc(day, month) cluster by id
      options (description = 'a table', labels = [('k', 'v')], expiration_timestamp = timestamp '2100-01-01')
      as select id, date '2024-03-05' as day, sum(amount) as amount from d.t group by id`);
    expect(job.statistics.query).toMatchObject({
      ...{ statementType: 'CREATE_TABLE_AS_SELECT', ddlOperationPerformed: 'CREATE' },
      ddlTargetTable: { tableId: 'u' },
    });
    expect((await call('GET', '/datasets/d/tables/u')).body).toMatchObject({
      ...{ description: 'a table', labels: { k: 'v' }, numRows: '3' },
      timePartitioning: { type: 'MONTH', field: 'day' },
      clustering: { fields: ['id'] },
      expirationTime: String(Date.UTC(2100, 0, 1)),
      schema: { fields: [{ type: 'INTEGER' }, { type: 'DATE' }, { type: 'NUMERIC' }] },
    });
    await run('create or replace table d.u as select id from d.u where id > 1');
    expect(await rows('select count(*) from d.u')).toEqual([['2']]);
  });

  test('that fail leave everything as it was', async () => {
    const { run, call, rows } = await setUp();
    const { status } = await run(
      "create or replace table d.t as select id, error('no') as x from d.t",
    );
    expect(status.errorResult?.message).toContain('no');
    expect((await call('GET', '/datasets/d/tables/t')).body).toMatchObject({ numRows: '3' });
    expect(await rows('select name from d.t where id = 1')).toEqual([['a']]);
  });

  test('of copies, clones and tables like another', async () => {
    const { run, rows } = await setUp();
    await run('create table d.a copy d.t; create table d.b clone d.t; create table d.c like d.t');
    expect(
      await rows(
        'select (select count(*) from d.a), (select count(*) from d.b), (select count(*) from d.c)',
      ),
    ).toEqual([['3', '3', '0']]);
  });

  test('may meet what is there, or what is not', async () => {
    const { run, rows } = await setUp();
    const operation = async (sql: string) =>
      (await run(sql)).statistics.query?.ddlOperationPerformed;
    expect(await operation('create table if not exists d.t (a int64)')).toBe('SKIP');
    expect(await operation('create or replace table d.t (a int64)')).toBe('REPLACE');
    expect(await rows('select count(*) from d.t')).toEqual([['0']]);
    expect(await operation('drop table if exists d.none')).toBe('SKIP');
    expect(await operation('drop table d.t')).toBe('DROP');
    expect(await operation('create schema if not exists d')).toBe('SKIP');
    expect(await operation("create schema e options (location = 'EU', description = 'x')")).toBe(
      'CREATE',
    );
    expect(await operation('drop schema e cascade')).toBe('DROP');
  });

  test('change columns, options and names', async () => {
    const { run, call } = await setUp();
    await run(`
      alter table d.t add column extra string options (description = 'more'), add column if not exists name string;
      alter table d.t alter column name set options (description = 'who');
      alter table d.t drop column amount;
      alter table d.t set options (description = 'about', labels = [('a', 'b')]);
      alter table d.t rename to u`);
    expect((await call('GET', '/datasets/d/tables/u')).body).toMatchObject({
      ...{ description: 'about', labels: { a: 'b' }, numRows: '3' },
      schema: {
        fields: [
          { name: 'id' },
          { name: 'name', description: 'who' },
          { name: 'extra', description: 'more' },
        ],
      },
    });
  });

  test('of views, which read what is there when they are asked', async () => {
    const { run, call, rows } = await setUp();
    await run(
      "create view d.v (n options (description = 'how many')) options (description = 'counts') as select count(*) as n from d.t",
    );
    await run('delete from d.t where id = 1');
    expect(await rows('select n from d.v')).toEqual([['2']]);
    expect((await call('GET', '/datasets/d/tables/v')).body).toMatchObject({
      ...{ type: 'VIEW', description: 'counts', view: { query: 'select count(*) as n from d.t' } },
      schema: { fields: [{ name: 'n', type: 'INTEGER', description: 'how many' }] },
    });
    expect((await run('delete from d.v where true')).status.errorResult?.message).toContain('view');
  });

  test.each([
    ['create table d.x (a int64) partition by a', /does not fit the column a/],
    [
      'create table d.x (a timestamp) partition by date_trunc(a, month)',
      /does not fit the column a/,
    ],
    ['create table d.x (a timestamp) partition by none', /Unrecognized name: none/],
    ['create table d.x (a int64) cluster by none', /Invalid field: none/],
    [
      "create table d.x (a int64) options (kms_key_name = 'x')",
      /does not know the option kms_key_name/,
    ],
    ['create table d.x (a int64) options (require_partition_filter = true)', /does not know/],
    ['create table d.x (a int64 default 1)', /does not know this part of a column/],
    [
      'alter table d.t alter column id set data type numeric',
      /does not know this form of ALTER COLUMN/,
    ],
    ['alter table d.t drop column none', /Column not found/],
  ])('%s is refused', async (sql, message) => {
    const { run } = await setUp();
    expect((await run(sql)).status.errorResult?.message).toMatch(message);
  });

  test('are told by INFORMATION_SCHEMA', async () => {
    const { run, rows } = await setUp();
    await run("create table d.u (a int64 not null options (description = 'x'))");
    expect(
      await rows('select table_name, table_type from d.INFORMATION_SCHEMA.TABLES order by 1'),
    ).toEqual([
      ['t', 'BASE TABLE'],
      ['u', 'BASE TABLE'],
    ]);
    expect(
      await rows(
        "select is_nullable, data_type from d.INFORMATION_SCHEMA.COLUMNS where table_name = 'u'",
      ),
    ).toEqual([['NO', 'INT64']]);
    expect(
      await rows(
        'select description from `stand-in.d.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS` where description is not null',
      ),
    ).toEqual([['x']]);
    expect(await rows('select schema_name from INFORMATION_SCHEMA.SCHEMATA')).toEqual([['d']]);
    expect(
      (await run('select * from d.INFORMATION_SCHEMA.PARTITIONS')).status.errorResult?.message,
    ).toMatch(/does not know/);
  });
});

test('a copy job copies tables, all rows or none', async () => {
  const { call, look, run, rows } = await setUp();
  const reference = (tableId: string) => ({ projectId: 'stand-in', datasetId: 'd', tableId });
  const copy = (jobId: string, more: object = {}) =>
    call('POST', '/jobs', {
      jobReference: { jobId },
      configuration: {
        copy: { sourceTable: reference('t'), destinationTable: reference('u'), ...more },
      },
    });
  await copy('c1');
  expect((await look('c1')).statistics.copy).toEqual({ copiedRows: '3' });
  await copy('c2');
  expect((await look('c2')).status.errorResult).toMatchObject({ reason: 'duplicate' });
  await run('delete from d.t where id = 1');
  await copy('c3', { writeDisposition: 'WRITE_TRUNCATE' });
  await look('c3');
  expect(await rows('select count(*) from d.u')).toEqual([['2']]);
});
