import { describe, expect, test } from '@jest/globals';
import { openRig } from './rig.ts';

describe('a script', () => {
  test.each([
    ['declare x int64 default 2; select x * 2', [['4']]],
    ["declare a, b string default 'q'; select a || b", [['qq']]],
    ['declare x default 1.5e0; set x = 2.5; select x', [['2.5']]],
    ['declare x numeric; set x = 1; select x', [['1']]],
    ['declare x int64; select x is null', [['true']]],
    ['declare xs array<int64>; set xs = [1, 2]; select sum(x) from unnest(xs) as x', [['3']]],
    [
      "declare t timestamp default timestamp '2024-03-01 00:00:00.5+00'; select t",
      [['1709251200500000']],
    ],
    ['declare n int64 default 2; if n > 1 then select 1; else select 2; end if', [['1']]],
    [
      'declare n int64 default 2; if n > 5 then select 1; elseif n > 1 then select 2; end if',
      [['2']],
    ],
    ['if null then select 1; else select 2; end if', [['2']]],
    ['begin select 1; select 2; end', [['2']]],
    [
      "begin select error('x'); exception when error then select @@error.message; end",
      [['x at [1:7]']],
    ],
    ['select 1; return; select 2', [['1']]],
    ['create temp table x as select 1 as a; select a from x', [['1']]],
    ['create temp table x as select 1 as a; select a from _SESSION.x', [['1']]],
    ['declare x int64 default @p; select x + @p', [['6']]],
  ])('%s', async (sql, expected) => {
    const { rows } = await openRig();
    const parameter = {
      name: 'p',
      parameterType: { type: 'INT64' },
      parameterValue: { value: '3' },
    };
    expect(await rows(sql, { parameterMode: 'NAMED', queryParameters: [parameter] })).toEqual(
      expected,
    );
  });

  test.each([
    ['declare x int64; declare x int64', /redeclaration/],
    ['set x = 1; select 1', /Undeclared variable: x/],
    ["declare x int64; set x = 'a'", /Cannot coerce expression of type STRING to type INT64/],
    ['select 1; raise', /RAISE/],
    ["begin select error('x'); exception when error then raise; end", /x at \[1:7\]/],
    ['while true do select 1; end while', /does not know the statement WHILE/],
    ["execute immediate 'select 1'", /does not know the statement EXECUTE/],
    ['if true then select 1; end', /Expected keyword IF/],
    ['begin select 1;', /Expected keyword END/],
    ['select (1; select 2', /Expected "\)"|Unexpected/],
    ['', /Unexpected end of script/],
    ['create temp table x as select 1 as a', /requires a script or session/],
  ])('%s is refused', async (sql, message) => {
    const { run } = await openRig();
    const { status } = await run(sql);
    expect(status.errorResult?.message).toMatch(message);
  });

  test('whose variable has the name of a column is refused: columns hide variables', async () => {
    const { run } = await openRig();
    await run('create table d.t (version int64)');
    const { status } = await run(
      'declare version int64 default 1; update d.t set version = version + 1 where true',
    );
    expect(status.errorResult?.message).toMatch(/the variable version or the column version/);
  });
});
