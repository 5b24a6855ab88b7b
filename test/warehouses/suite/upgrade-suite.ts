import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import type { Entity } from '../../../src/model.ts';
import { stateVersion } from '../../../src/warehouses/state-version.ts';
import { instant, jobs, pay, toColumns } from './entities.ts';
import { openLab, type Lab, type Rig } from './lab.ts';

const withColumns = (entity: Entity, fields: Parameters<typeof toColumns>[0]): Entity => ({
  ...entity,
  columns: [...entity.columns, ...toColumns(fields)],
});

const withType = (entity: Entity, name: string, type: 'string' | 'int64' | 'decimal'): Entity => ({
  ...entity,
  columns: entity.columns.map((column) => (column.name === name ? { ...column, type } : column)),
});

/** What becomes of a warehouse when another version of the program opens it. */
export const describeUpgrade = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(() => lab.close());

  const change = (sql: string) => lab.warehouse().execute(sql);
  const state = () => lab.rows('select name, value from st_ops.state order by name');

  describe('the version of the state', () => {
    test('is written once', async () => {
      expect((await state()).map(({ name }) => name)).toEqual(['raw_jobs', 'raw_pay', 'version']);
      expect((await state())[2]).toEqual({ name: 'version', value: String(stateVersion) });
      const before = await lab.rows('select * from st_ops.state order by name');
      await lab.warehouse().prepare([jobs, pay]);
      expect(await lab.rows('select * from st_ops.state order by name')).toEqual(before);
    });

    test('a newer one is refused before anything is changed', async () => {
      const next = String(stateVersion + 1);
      await change(`update st_ops.state set value = '${next}' where name = 'version'`);
      const preparing = lab.warehouse().prepare([withColumns(jobs, { summary: 'string' })]);
      await expect(preparing).rejects.toThrow(WarehouseError);
      await expect(preparing).rejects.toThrow(
        new RegExp(
          `^Cannot use \\S+: a newer fieldmart wrote its state \\(version ${next}, and this one knows versions up to ` +
            `${stateVersion}\\); install the fieldmart that wrote it, or a newer one$`,
        ),
      );
      expect(Object.keys((await lab.rows('select * from st_ops.state'))[0] ?? {})).toHaveLength(3);
      await expect(lab.rows('select summary from st_raw.raw_jobs')).rejects.toThrow(/summary/);
    });

    test('one that is none is refused', async () => {
      await change(`update st_ops.state set value = 'two' where name = 'version'`);
      await expect(lab.warehouse().prepare([])).rejects.toThrow(/holds no version/);
    });
  });

  const records = [
    '{"id":1,"summary":"plain","weight":1.0000000000000000001,"type":{"id":7},"modifiedOn":"2024-03-01T00:01:00Z"}',
    '{"id":2,"summary":"\\ud83d\\ude00 \\ud800","weight":"heavy","type":null,"modifiedOn":"2024-03-01T00:02:00Z"}',
    '{"id":3,"summary":{"a":1},"weight":12345678901234567890123456789.123456789}',
    '{"id":4}',
  ];
  const more = { summary: 'string', weight: 'decimal', 'type.id': 'int64' } as const;
  const filled = [
    [1, 'plain', '1.000000000', 7],
    [2, '😀 \ufffd', null, null],
    [3, '{"a":1}', '12345678901234567890123456789.123456789', null],
    [4, null, null, null],
  ];

  describe('a column more', () => {
    const wider = withColumns(jobs, more);
    const select = () => lab.table(wider, 'id, summary, weight, typeId');

    test('is filled from the payloads, and nothing else is touched', async () => {
      await lab.load(jobs, records);
      const before = await lab.table(jobs, 'payload, _load_id, _extracted_at, _modified_on');
      await lab.warehouse().prepare([wider, pay]);
      expect(await select()).toEqual(filled);
      expect(await lab.table(jobs, 'payload, _load_id, _extracted_at, _modified_on')).toEqual(
        before,
      );
    });

    test('is filled too when the program died between adding and filling it', async () => {
      await lab.load(jobs, records);
      const { string, decimal, int64 } = rig.types;
      await change(`alter table st_raw.raw_jobs add column summary ${string}`);
      await change(`alter table st_raw.raw_jobs add column weight ${decimal}`);
      await change(`alter table st_raw.raw_jobs add column typeId ${int64}`);
      await lab.warehouse().prepare([wider]);
      expect(await select()).toEqual(filled);
    });

    test('is filled again after somebody dropped it', async () => {
      await lab.warehouse().prepare([wider]);
      await lab.load(wider, records);
      await change('alter table st_raw.raw_jobs drop column weight');
      await change('alter table st_raw.raw_jobs drop column _modified_on');
      const dated = () => lab.table(wider, '_modified_on');
      await lab.warehouse().prepare([wider]);
      expect(await select()).toEqual(filled);
      expect((await dated()).slice(0, 2)).toEqual([[instant(1)], [instant(2)]]);
    });

    test('is filled again after an older program went on without it', async () => {
      await lab.load(jobs, records.slice(0, 2));
      await lab.warehouse().prepare([wider]);
      await lab.warehouse().prepare([jobs]);
      await lab.load(jobs, records.slice(2));
      expect((await select())[2]).toEqual([3, null, null, null]);
      await lab.warehouse().prepare([wider]);
      expect(await select()).toEqual(filled);
    });

    test('that decides what is newer gives the rows their dates', async () => {
      const undated: Entity = { ...jobs, modifiedColumn: undefined };
      await lab.warehouse().prepare([undated]);
      await lab.load(undated, records);
      expect(await lab.table(jobs, '_modified_on')).toEqual([[null], [null], [null], [null]]);
      await lab.warehouse().prepare([jobs]);
      expect(await lab.table(jobs, '_modified_on')).toEqual([
        [instant(1)],
        [instant(2)],
        [null],
        [null],
      ]);
    });
  });

  test('tables of state version 1 are taken over, with columns that were never filled', async () => {
    await lab.load(jobs, records);
    await lab.load(pay, [{ payrollId: 1, amount: 5 }]);
    await change('drop table st_ops.state');
    await change(`alter table st_raw.raw_jobs add column summary ${rig.types.string}`);
    await lab.warehouse().prepare([withColumns(jobs, more), pay]);
    expect(await lab.table(jobs, 'id, summary, weight, typeId')).toEqual(filled);
    expect(await lab.table(pay, 'payrollId, amount')).toEqual([[1, '5.000000000']]);
    expect(await state()).toHaveLength(3);
  });

  describe('a table that somebody dropped', () => {
    test('is not made again, empty, where rows were stored in it', async () => {
      await lab.load(jobs, records);
      await change('drop table st_raw.raw_jobs');
      const preparing = lab.warehouse().prepare([jobs, pay]);
      await expect(preparing).rejects.toThrow(WarehouseError);
      await expect(preparing).rejects.toThrow(
        /^Cannot use st_raw\.raw_jobs: someone dropped it, and rows were stored in it; restore .*, or /,
      );
      await expect(lab.rows('select id from st_raw.raw_jobs')).rejects.toThrow(/raw_jobs/);
    });

    test.each(['ledger', 'cursors'])('is not made again where it is the %s', async (name) => {
      await lab.load(jobs, records);
      await change(`drop table st_ops.${name}`);
      await expect(lab.warehouse().prepare([jobs, pay])).rejects.toThrow(
        new RegExp(`^Cannot use st_ops\\.${name}: someone dropped it`),
      );
    });

    test('is made again where nothing had been stored', async () => {
      await lab.load(jobs, records);
      await change('drop table st_raw.raw_pay');
      await lab.warehouse().prepare([jobs, pay]);
      await lab.load(pay, [{ payrollId: 1, amount: 5 }]);
      expect(await lab.table(pay, 'payrollId')).toEqual([[1]]);
    });
  });

  describe('a column of another type', () => {
    test('is made again from the payloads', async () => {
      await lab.load(jobs, ['{"id":1,"jobNumber":"007","total":1.5}', '{"id":2,"total":"x"}']);
      const retyped = withType(withType(jobs, 'jobNumber', 'int64'), 'total', 'string');
      await lab.warehouse().prepare([retyped]);
      expect(await lab.table(jobs, 'id, jobNumber, total')).toEqual([
        [1, 7, '1.5'],
        [2, null, 'x'],
      ]);
      await lab.load(retyped, ['{"id":3,"jobNumber":12,"total":"3.00"}']);
      expect((await lab.table(jobs, 'id, jobNumber, total'))[2]).toEqual([3, 12, '3.00']);
    });

    test('is refused when the program did not ask for it', async () => {
      await change('alter table st_raw.raw_jobs drop column total');
      await change(`alter table st_raw.raw_jobs add column total ${rig.types.string}`);
      await expect(lab.warehouse().prepare([jobs])).rejects.toThrow(
        `Cannot use st_raw.raw_jobs: its column total is ${rig.types.string} and should be ${rig.types.decimal}, ` +
          'someone altered the table; drop that column and run fieldmart setup, which makes it again from the payloads',
      );
    });

    test('is refused where it is part of the key', async () => {
      await lab.load(jobs, [{ id: 1 }]);
      const expected = /^Cannot use st_raw\.raw_jobs: this version tells its rows apart by other/;
      await expect(lab.warehouse().prepare([withType(jobs, 'id', 'string')])).rejects.toThrow(
        expected,
      );
      expect(await lab.table(jobs, 'id')).toEqual([[1]]);
    });
  });
};
