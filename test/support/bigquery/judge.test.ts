import { beforeAll, expect, test } from '@jest/globals';
import { readOptions } from '../googlesql/language.ts';
import { startGooglesql } from '../googlesql/start-googlesql.ts';
import { warnLoudly } from '../googlesql/warn-loudly.ts';
import { createJudge } from './google-judge.ts';
import { openRig } from './rig.ts';
import type { Judge } from './sql/judge.ts';

const server = await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
const proves = server.runs ? test : test.skip;

let judge: Judge;

beforeAll(async () => {
  if (server.runs) judge = createJudge({ api: server.api, options: await readOptions(server.api) });
});

const setUp = async () => {
  const rig = await openRig({ judge });
  await rig.run('create table d.t (id int64, name string, amount numeric, day date)');
  await rig.run("insert into d.t (id, name, amount, day) values (1, 'a', 1.5, date '2024-03-01')");
  return rig;
};

proves.each([
  ['select id, amount / 2 from d.t', /gives FLOAT64 where BigQuery gives NUMERIC/],
  ['select nothing from d.t', /^Unrecognized name: nothing at \[1:8\]$/],
  ["select id = 'a' from d.t", /No matching signature for operator =/],
  ['select id from d.t group by name', /neither grouped nor aggregated at \[1:8\]/],
  ["insert into d.t (id) values ('a')", /has type STRING which cannot be inserted/],
  ['update d.t set amount = name where true', /Value of type STRING cannot be assigned/],
  ['select id from d.t where day > timestamp "2024-01-01"', /No matching signature/],
  ['create table d.u (a int64, a string)', /Duplicate column name a/i],
  ['select * from d.none', /Table stand-in:d.none was not found/],
  ['select list_sum([1])', /Function not found: list_sum/],
])('Google’s analyzer refuses %s', async (sql, message) => {
  const { run } = await setUp();
  expect((await run(sql)).status.errorResult?.message).toMatch(message);
});

proves.each([
  ['select 1.5 as x', [['1.5']]],
  ['select null as x', [[null]]],
  ['select sum(id) as x from `stand-in.d.t`', [['1']]],
  ['declare n int64 default 1; select id from d.t where id = n and @p = n', [['1']]],
  [
    'create temp table x as select id from d.t; update x set id = 2 where true; select id + @@row_count from x',
    [['3']],
  ],
  [
    'select column_name from d.INFORMATION_SCHEMA.COLUMNS order by ordinal_position limit 1',
    [['id']],
  ],
])('and takes %s', async (sql, expected) => {
  const { rows } = await setUp();
  const parameter = { name: 'p', parameterType: { type: 'INT64' }, parameterValue: { value: '1' } };
  const more = { parameterMode: 'NAMED', queryParameters: [parameter] };
  expect(await rows(sql, more)).toEqual(expected);
});

proves('the types of what a query makes are those of BigQuery', async () => {
  const { run, call } = await setUp();
  await run(
    'create table d.u as select 1.5 as f, numeric "1" * 2 as n, null as i, [1] as xs, day from d.t',
  );
  expect((await call('GET', '/datasets/d/tables/u')).body).toMatchObject({
    schema: {
      fields: [
        { name: 'f', type: 'FLOAT' },
        { name: 'n', type: 'NUMERIC' },
        { name: 'i', type: 'INTEGER' },
        { name: 'xs', type: 'INTEGER', mode: 'REPEATED' },
        { name: 'day', type: 'DATE' },
      ],
    },
  });
});

proves('places are those of the whole text', async () => {
  const { run } = await setUp();
  const { status } = await run('select 1;\nselect\n  nothing from d.t');
  expect(status.errorResult?.message).toBe('Query error: Unrecognized name: nothing at [3:3]');
});
