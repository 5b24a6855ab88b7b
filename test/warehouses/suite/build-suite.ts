import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CheckError, WarehouseError } from '../../../src/errors.ts';
import type { BuildPlan, Query, TableBuild } from '../../../src/warehouses/warehouse.ts';
import { openLab, type Lab, type Rig } from './lab.ts';

const untold = { description: '', columns: [] };
const anew = (table: string, sql: string): TableBuild => ({
  ...{ table, sql, historyColumn: null, ...untold },
});

/** A build is looked at before anybody sees it, and published whole or not at all. */
export const describeBuilds = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(() => lab.close());

  const build = (
    tables: readonly TableBuild[],
    {
      inspect = () => Promise.resolve(),
      ...plan
    }: Partial<BuildPlan> & {
      inspect?: (query: Query) => Promise<void>;
    } = {},
  ) =>
    lab
      .warehouse()
      .buildTables(
        { seeds: [], snapshot: { tenantId: '1', date: '2024-03-01' }, tables, ...plan },
        inspect,
      );

  describe('tables', () => {
    test('each sees those built before it, in the order given, and counts its rows', async () => {
      const built = await build([
        anew('st_ref.a', 'select 1 as x union all select 2'),
        anew('st_mart.b', 'select sum(x) as total from st_ref.a'),
      ]);
      expect(built).toMatchObject([
        { table: 'st_ref.a', rows: 2 },
        { table: 'st_mart.b', rows: 1 },
      ]);
      expect(built.every(({ durationMs }) => durationMs >= 0)).toBe(true);
      expect(await lab.rows('select total from st_mart.b')).toEqual([{ total: 3 }]);
    });

    test('are looked at before they are there for anybody else', async () => {
      const second = await lab.open();
      await build([anew('st_dim.a', 'select 1 as x')]);
      let seen: unknown[] = [];
      await build([anew('st_dim.a', 'select 2 as x')], {
        inspect: async (query) => {
          const others = await second.query('select x from st_dim.a');
          seen = [...(await query('select x from st_dim.a where x = @x', { x: 2 })), ...others];
        },
      });
      expect(seen).toEqual([{ x: 2 }, { x: 1 }]);
      expect(await second.query('select x from st_dim.a')).toEqual([{ x: 2 }]);
      await second.close();
    });

    test('nothing changes when the look at them fails: no table, no history, no seed', async () => {
      const history = { table: 'st_mart.h', historyColumn: 'event_date', ...untold };
      const seeds = (word: string) => [{ table: 'st_ref.seed_x', columns: ['w'], rows: [[word]] }];
      const sql = (x: number) =>
        `select '1' as tenant_id, date '2024-03-01' as event_date, ${x} as x`;
      const tables = (x: number) => [
        anew('st_dim.a', `select ${x} as x`),
        { ...history, sql: sql(x) },
      ];
      await build(tables(1), { seeds: seeds('old') });
      const refuse = () => Promise.reject(new CheckError('no'));
      await expect(
        build([...tables(2), anew('st_dim.new', 'select 1 as x')], {
          seeds: seeds('new'),
          inspect: refuse,
        }),
      ).rejects.toThrow(CheckError);
      expect(
        await lab.rows('select a.x, h.x as h, w from st_dim.a as a, st_mart.h as h, st_ref.seed_x'),
      ).toEqual([{ x: 1, h: 1, w: 'old' }]);
      await expect(lab.rows('select * from st_dim.new')).rejects.toThrow();
    });

    test('one that cannot be built is named on one line, without the values it met', async () => {
      await build([anew('st_dim.a', 'select 1 as x')]);
      const failing = build([
        anew('st_dim.a', 'select 2 as x'),
        anew('st_dim.b', "select cast(w as int64) as n from (select 'Iris Quill' as w)"),
      ]);
      const error: unknown = await failing.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WarehouseError);
      expect(error).toMatchObject({ table: 'st_dim.b' });
      expect((error as Error).message).toMatch(/^Cannot build st_dim\.b: [^\n]*$/);
      expect((error as Error).message).not.toMatch(/Iris/);
      expect(await lab.rows('select x from st_dim.a')).toEqual([{ x: 1 }]);
    });

    test('a column that is not there is named', async () => {
      await expect(build([anew('st_dim.b', 'select nope from st_raw.raw_jobs')])).rejects.toThrow(
        /^Cannot build st_dim\.b: [^\n]*nope[^\n]*$/,
      );
    });

    test('are told with their columns what they hold, in every build anew', async () => {
      const told = (sql: string, description: string, more: Partial<TableBuild> = {}) => ({
        ...anew('st_mart.told', sql),
        description,
        columns: [
          { name: 'X', description: "a count; 'quoted' \\ -- st_raw.x" },
          { name: 'gone', description: 'no such column' },
        ],
        ...more,
      });
      await build([told('select 1 as x, 2 as y', 'first')]);
      expect(await lab.readTexts('st_mart.told')).toEqual({
        description: 'first',
        columns: { x: "a count; 'quoted' \\ -- st_raw.x", y: '' },
      });
      const columns = [{ name: 'y', description: 'its own' }];
      await build([told("select 'a' as x, 2 as y, 3 as z", 'second', { columns })]);
      expect(await lab.readTexts('st_mart.told')).toMatchObject({
        description: 'second',
        columns: { y: 'its own', z: '' },
      });
      const sql = `select '1' as tenant_id, date '2024-03-01' as event_date, 1 as x`;
      const history = { table: 'st_mart.h', historyColumn: 'event_date' };
      for (const description of ['old', 'new']) await build([told(sql, description, history)]);
      expect(await lab.readTexts('st_mart.h')).toMatchObject({
        description: 'new',
        columns: { tenant_id: '', x: "a count; 'quoted' \\ -- st_raw.x" },
      });
    });

    test('datasets are prefixed', async () => {
      const other = await openLab(await rig.openPlace('trial_'));
      const snapshot = { tenantId: '1', date: '2024-03-01' };
      const sql = `select '1' as tenant_id, date '2024-03-01' as event_date`;
      const tables = [{ table: 'st_mart.h', sql, historyColumn: 'event_date', ...untold }];
      const seeds = [{ table: 'st_ref.seed_x', columns: ['w'], rows: [['a']] }];
      await other.warehouse().buildTables({ seeds, tables, snapshot }, () => Promise.resolve());
      expect(await other.rows('select w from st_ref.seed_x, st_mart.h')).toHaveLength(1);
      await other.close();
    });
  });

  describe('histories', () => {
    const table = 'st_mart.h';
    const day = (date: string, amount: string, tenantId = '1') =>
      `select '${tenantId}' as tenant_id, date '${date}' as event_date, cast(${amount} as numeric(38, 9)) as amount`;
    const write = (sql: string, date: string, tenantId = '1') =>
      build([{ table, sql, historyColumn: 'event_date', ...untold }], {
        snapshot: { tenantId, date },
      });
    const stored = () => lab.rows(`select * from ${table} order by tenant_id, event_date, amount`);

    test('keep one snapshot of a date, the last, and never touch an earlier one', async () => {
      await write(day('2024-03-01', '1.5'), '2024-03-01');
      await write(`${day('2024-03-02', '2')} union all ${day('2024-03-02', '3')}`, '2024-03-02');
      expect(await write(day('2024-03-02', '4'), '2024-03-02')).toMatchObject([{ rows: 1 }]);
      expect(await stored()).toEqual([
        { tenant_id: '1', event_date: '2024-03-01', amount: '1.500000000' },
        { tenant_id: '1', event_date: '2024-03-02', amount: '4.000000000' },
      ]);
    });

    test('a snapshot without rows takes the place of one with rows', async () => {
      await write(day('2024-03-01', '1'), '2024-03-01');
      await write(`${day('2024-03-01', '1')} limit 0`, '2024-03-01');
      expect(await stored()).toEqual([]);
    });

    test('take the rows of the tenant that is built, and leave the others’ alone', async () => {
      await write(day('2024-03-01', '1', '2'), '2024-03-01', '2');
      const both = `${day('2024-03-05', '5')} union all ${day('2024-03-01', '9', '2')}`;
      expect(await write(both, '2024-03-05')).toMatchObject([{ rows: 1 }]);
      expect(await stored()).toMatchObject([
        { tenant_id: '1', amount: '5.000000000' },
        { tenant_id: '2', amount: '1.000000000' },
      ]);
    });

    test('refuse rows of another date than the snapshot’s', async () => {
      await write(day('2024-03-01', '1'), '2024-03-01');
      const late = write(day('2024-03-01', '2'), '2024-03-02');
      await expect(late).rejects.toThrow(
        /^Cannot build st_mart\.h: 1 of its rows are not of 2024-03-02/,
      );
      expect(await stored()).toMatchObject([{ amount: '1.000000000' }]);
    });

    test('get the columns that their query gained, and keep those that it lost', async () => {
      await write(`${day('2024-03-01', '1')}, 'x' as old`, '2024-03-01');
      await write(`select *, 7 as n from (${day('2024-03-02', '2')})`, '2024-03-02');
      expect(await stored()).toMatchObject([
        { amount: '1.000000000', old: 'x', n: null },
        { amount: '2.000000000', old: null, n: 7 },
      ]);
    });

    test('refuse a column whose type changed: nothing stored is converted', async () => {
      await write(day('2024-03-01', '1'), '2024-03-01');
      const sql = `select '1' as tenant_id, date '2024-03-02' as event_date, cast(2 as int64) as amount`;
      await expect(write(sql, '2024-03-02')).rejects.toThrow(
        `its column amount is ${rig.types.int64}, and the stored history has ${rig.types.decimal};`,
      );
    });
  });

  test('seeds: a small table is replaced, empty texts are NULL', async () => {
    const seed = (rows: string[][]) => [
      { table: 'st_ref.seed_x', columns: ['name', 'order'], rows },
    ];
    await build([], { seeds: seed([['old', '1']]) });
    await build([], {
      seeds: seed([
        ["a'", ''],
        ['b', '2'],
      ]),
    });
    expect(await lab.rows('select * from st_ref.seed_x order by name')).toEqual([
      { name: "a'", order: null },
      { name: 'b', order: '2' },
    ]);
    await build([], { seeds: seed([]) });
    expect(await lab.rows('select * from st_ref.seed_x')).toEqual([]);
  });

  test('builds and tenants are recorded; the same build, model or tenant is replaced', async () => {
    const warehouse = lab.warehouse();
    await warehouse.recordTenant({
      tenantId: '1',
      timeZone: 'UTC',
      builtAt: '2024-03-01T00:00:00.000Z',
    });
    const at = '2024-03-02T00:00:00.000Z';
    await warehouse.recordTenant({ tenantId: '1', timeZone: 'America/Phoenix', builtAt: at });
    expect(await lab.rows('select * from st_ops.tenants')).toEqual([
      { tenant_id: '1', time_zone: 'America/Phoenix', built_at: at },
    ]);
    const row = {
      buildId: 'b',
      tenantId: '1',
      model: 'st_dim.a',
      sqlSha256: 'ab',
      rows: null,
      durationMs: null,
      startedAt: at,
      endedAt: at,
      outcome: 'not published' as const,
      message: 'why',
      exitCode: 5,
    };
    await warehouse.recordBuilds([row, { ...row, model: 'st_dim.b' }]);
    await warehouse.recordBuilds([{ ...row, rows: 5, durationMs: 7, outcome: 'ok', message: '' }]);
    await warehouse.recordBuilds([]);
    expect(await lab.rows('select * from st_ops.builds order by model')).toMatchObject([
      { model: 'st_dim.a', sql_sha256: 'ab', rows: 5, duration_ms: 7, outcome: 'ok', ended_at: at },
      {
        model: 'st_dim.b',
        rows: null,
        duration_ms: null,
        outcome: 'not published',
        message: 'why',
        exit_code: 5,
      },
    ]);
  });
};
