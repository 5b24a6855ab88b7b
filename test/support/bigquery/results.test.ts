import { describe, expect, test } from '@jest/globals';
import { openRig } from './rig.ts';

type Page = {
  rows?: { f: { v: unknown }[] }[];
  pageToken?: string;
  totalRows: string;
  schema: { fields: unknown[] };
};

describe('values', () => {
  test.each([
    ['9223372036854775807', 'INTEGER', '9223372036854775807'],
    ["numeric '12345678901234567890.100000000'", 'NUMERIC', '12345678901234567890.1'],
    ["cast('1.5' as float64)", 'FLOAT', '1.5'],
    ["cast('2' as float64)", 'FLOAT', '2.0'],
    ["cast('1e300' as float64)", 'FLOAT', '1E300'],
    ["cast('nan' as float64)", 'FLOAT', 'NaN'],
    ['true', 'BOOLEAN', 'true'],
    ["'a\\nb'", 'STRING', 'a\nb'],
    ["b'ab'", 'BYTES', 'YWI='],
    ["date '2024-03-01'", 'DATE', '2024-03-01'],
    ["datetime '2024-03-01 10:00:00.5'", 'DATETIME', '2024-03-01T10:00:00.500'],
    ["timestamp '2024-03-01 07:00:00.123456+00'", 'TIMESTAMP', '1709276400123456'],
    ["timestamp '1969-12-31 23:59:59+00'", 'TIMESTAMP', '-1000000'],
    ['cast(null as string)', 'STRING', null],
    ['[1, 2]', 'INTEGER', [{ v: '1' }, { v: '2' }]],
    ['cast(null as array<int64>)', 'INTEGER', []],
    ["struct(1 as a, 'x' as b)", 'RECORD', { f: [{ v: '1' }, { v: 'x' }] }],
  ])('%s is written as %s %j', async (sql, type, value) => {
    const { call, rows } = await openRig();
    expect(await rows(`select ${sql} as x`)).toEqual([[value]]);
    const { body } = await call('POST', '/queries', {
      query: `select ${sql} as x`,
      useLegacySql: false,
    });
    expect(body).toMatchObject({ schema: { fields: [{ name: 'x', type }] } });
  });

  test('of timestamps are decimal seconds unless microseconds are asked for', async () => {
    const { call } = await openRig();
    const query =
      "select timestamp '2024-03-01 07:00:00.5+00', timestamp '1970-01-01 00:00:00+00', timestamp '1969-12-31 23:59:58.75+00'";
    const { body } = await call('POST', '/queries', { query, useLegacySql: false });
    const cells = (body as unknown as Page).rows?.[0]?.f.map(({ v }) => Number(v));
    expect(cells).toEqual([1_709_276_400.5, 0, -1.25]);
  });

  test('of columns without names have Google’s names', async () => {
    const { call } = await openRig();
    const query = 'select 1, 2 as b, count(*)';
    const { body } = await call('POST', '/queries', { query, useLegacySql: false });
    expect(body).toMatchObject({
      schema: { fields: [{ name: 'f0_' }, { name: 'b' }, { name: 'f1_' }] },
    });
  });
});

describe('parameters', () => {
  const ask = async (parameterType: object, parameterValue: object, expression = '@p') => {
    const { rows } = await openRig();
    const queryParameters = [{ name: 'p', parameterType, parameterValue }];
    return rows(`select ${expression}`, { parameterMode: 'NAMED', queryParameters });
  };
  const structs = {
    type: 'ARRAY',
    arrayType: {
      type: 'STRUCT',
      structTypes: [
        { name: 'id', type: { type: 'INT64' } },
        { name: 'name', type: { type: 'STRING' } },
      ],
    },
  };
  const item = (id: string, name: string | null) => ({
    structValues: { id: { value: id }, name: { value: name } },
  });

  test.each([
    [{ type: 'INT64' }, { value: '9007199254740993' }, '9007199254740993'],
    [{ type: 'NUMERIC' }, { value: '0.1' }, '0.1'],
    [{ type: 'BOOL' }, { value: 'true' }, 'true'],
    [{ type: 'STRING' }, { value: "it's \\ @p" }, "it's \\ @p"],
    [{ type: 'STRING' }, { value: null }, null],
    [{ type: 'STRING' }, {}, null],
    [{ type: 'DATE' }, { value: '2024-02-29' }, '2024-02-29'],
    [{ type: 'TIMESTAMP' }, { value: '2024-03-01T00:00:00.123456000Z' }, '1709251200123456'],
    [
      { type: 'ARRAY', arrayType: { type: 'STRING' } },
      { arrayValues: [{ value: 'a' }] },
      [{ v: 'a' }],
    ],
    [{ type: 'ARRAY', arrayType: { type: 'STRING' } }, {}, []],
  ])('of type %j with %j', async (type, value, expected) => {
    expect(await ask(type, value)).toEqual([[expected]]);
  });

  test('that are lists of structs are tables', async () => {
    const value = { arrayValues: [item('1', 'a'), item('2', null)] };
    const sql =
      "(select string_agg(concat(cast(id as string), ifnull(name, '-')), ',' order by id) from unnest(@p))";
    expect(await ask(structs, value, sql)).toEqual([['1a,2-']]);
    expect(await ask(structs, value, '(select max(x.id) from unnest(@p) as x)')).toEqual([['2']]);
  });

  test.each([
    [{ type: 'INT64' }, { value: '1.5' }, /Unparseable query parameter/],
    [{ type: 'TIMESTAMP' }, { value: '1.4810976E9' }, /Unparseable query parameter/],
    [{ type: 'GEOGRAPHY' }, { value: 'x' }, /does not know the type GEOGRAPHY/],
  ])('of type %j with %j are refused', async (type, value, message) => {
    await expect(ask(type, value)).rejects.toThrow(message);
  });
});

describe('pages', () => {
  test('of results go on with a token, however large the caller wants them', async () => {
    const { call, run } = await openRig({ pageRowsMax: 4 });
    await run('select n from unnest(generate_array(1, 10)) as n order by n', { jobId: 'ten' });
    const seen: unknown[] = [];
    let token: string | undefined;
    for (const count of [4, 4, 2]) {
      const more = token === undefined ? '' : `&pageToken=${token}`;
      const { body } = await call('GET', `/queries/ten?location=US&maxResults=1000${more}`);
      const page = body as unknown as Page;
      expect(page).toMatchObject({ totalRows: '10', jobComplete: true });
      expect(page.rows).toHaveLength(count);
      seen.push(...(page.rows ?? []).map(({ f }) => f[0]?.v));
      token = page.pageToken;
    }
    expect(token).toBeUndefined();
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    const none = await call('GET', '/queries/ten?location=US&maxResults=0');
    expect(none.body.rows).toBeUndefined();
    expect((await call('GET', '/queries/ten?location=US&pageToken=x')).status).toBe(400);
  });

  test('of a table go on with a token, or from an index, with the columns one wants', async () => {
    const { call, run } = await openRig();
    await run('create table d.t (a int64, b string)');
    await run(
      "insert into d.t (a, b) select n, 'x' from unnest(generate_array(1, 3)) as n order by n",
    );
    const first = await call('GET', '/datasets/d/tables/t/data?maxResults=2&selectedFields=a');
    expect(first.body).toMatchObject({
      totalRows: '3',
      rows: [{ f: [{ v: '1' }] }, { f: [{ v: '2' }] }],
    });
    const next = `pageToken=${String(first.body.pageToken)}`;
    const second = await call('GET', `/datasets/d/tables/t/data?maxResults=2&${next}`);
    expect(second.body).toMatchObject({ rows: [{ f: [{ v: '3' }, { v: 'x' }] }] });
    expect(second.body.pageToken).toBeUndefined();
    const last = await call('GET', '/datasets/d/tables/t/data?startIndex=2');
    expect(last.body).toMatchObject({ rows: [{ f: [{ v: '3' }, { v: 'x' }] }] });
    expect((await call('GET', '/datasets/d/tables/t/data?selectedFields=c')).status).toBe(400);
  });

  test('of a script are those of its last statement that gives or changes rows', async () => {
    const { call, run } = await openRig();
    await run('create table d.t (a int64)');
    await run('begin transaction; select 1 as x; commit transaction', { jobId: 'rows' });
    const rows = await call('GET', '/queries/rows?location=US');
    expect(rows.body).toMatchObject({ rows: [{ f: [{ v: '1' }] }] });
    await run('select 1 as x; insert into d.t (a) values (1)', { jobId: 'none' });
    const none = await call('GET', '/queries/none?location=US');
    expect(none.body).toMatchObject({ jobComplete: true });
    expect(none.body.rows).toBeUndefined();
  });
});

test('NULL sorts first, as the smallest value', async () => {
  const { rows } = await openRig();
  const from = 'from unnest([2, null, 1]) as x order by x';
  expect(await rows(`select x ${from}`)).toEqual([[null], ['1'], ['2']]);
  expect(await rows(`select x ${from} desc`)).toEqual([['2'], ['1'], [null]]);
});

test('now is the clock’s', async () => {
  const { rows } = await openRig({ now: () => new Date('2024-03-01T05:00:00Z') });
  const zone = "'America/Phoenix'";
  expect(await rows(`select current_timestamp(), current_date(), current_date(${zone})`)).toEqual([
    ['1709269200000000', '2024-03-01', '2024-02-29'],
  ]);
});
