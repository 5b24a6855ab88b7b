import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { instant, job, jobs, pay } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';

const all = { kind: 'all' } as const;

/** A complete set marks what it no longer holds; records without an id are told apart by their fields. */
export const describeSets = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(async () => {
    await expectLedgerToMatch(lab);
    await lab.close();
  });

  describe('a complete set', () => {
    const alive = () => lab.table(jobs, 'id, _deleted');

    test('marks what it no longer holds, and only once', async () => {
      await lab.load(jobs, [job(1, 1), job(2, 1), job(3, 1)], { minute: 10 });
      const commit = await lab.load(jobs, [job(2, 1)], { minute: 20, scope: all });
      expect(commit).toMatchObject({ inserted: 0, updated: 1, deleted: 2 });
      expect(await lab.table(jobs, 'id, _deleted, _extracted_at')).toEqual([
        [1, true, instant(20)],
        [2, false, instant(20)],
        [3, true, instant(20)],
      ]);
      const again = await lab.load(jobs, [job(2, 1)], { minute: 30, scope: all });
      expect(again.deleted).toBe(0);
    });

    test('that is empty marks everything of its tenant', async () => {
      await lab.load(jobs, [job(1, 1)], { minute: 10 });
      await lab.load(jobs, [job(1, 1)], { minute: 10, tenantId: '78' });
      const pages = [{ rows: 0, extractedAt: instant(20) }];
      expect((await lab.load(jobs, [], { pages, scope: all })).deleted).toBe(1);
      expect(await alive()).toEqual([
        [1, true],
        [1, false],
      ]);
    });

    test('leaves rows alone that were extracted after its first page', async () => {
      await lab.load(jobs, [job(1, 1)], { minute: 20 });
      await lab.load(jobs, [job(2, 1)], { minute: 20, scope: all, stream: 'whole' });
      expect(await alive()).toEqual([
        [1, false],
        [2, false],
      ]);
    });

    test('marks nothing when one of its records cannot be read', async () => {
      await lab.load(jobs, [job(1, 1)], { minute: 10 });
      const commit = await lab.load(jobs, [job(2, 1), '{"id":1,'], { minute: 20, scope: all });
      expect(commit).toMatchObject({ deleted: 0, rejects: 1 });
    });

    test('of a window touches only rows whose date lies in it', async () => {
      const at = (id: number, minute: number) => job(id, 1, { createdOn: instant(minute) });
      await lab.load(jobs, [at(1, 0), at(2, 10), at(3, 19), at(4, 20)], { minute: 30 });
      const window = { from: instant(10), to: instant(20) };
      await lab.load(jobs, [at(3, 19)], {
        minute: 40,
        scope: { kind: 'range', column: 'createdOn', window },
      });
      expect(await alive()).toEqual([
        [1, false],
        [2, true],
        [3, false],
        [4, false],
      ]);
    });

    test('of values touches only rows with those values', async () => {
      const of = (id: number, customer: number) => job(id, 1, { customer: { id: customer } });
      await lab.load(jobs, [of(1, 5), of(2, 6), of(3, 7)], { minute: 10 });
      await lab.load(jobs, [of(4, 6)], {
        minute: 20,
        scope: { kind: 'values', column: 'customerId', values: ['5', '6'] },
      });
      expect(await alive()).toEqual([
        [1, true],
        [2, true],
        [3, false],
        [4, false],
      ]);
    });

    test('keeps a record that a newer batch of the same commit holds too', async () => {
      await lab.load(jobs, [job(1, 1)], { minute: 10 });
      const set = await lab.seal(jobs, [job(1, 1)], { minute: 20, scope: all, stream: 'whole' });
      const newer = await lab.seal(jobs, [job(1, 2)], { minute: 15 });
      const commit = await lab.commitBatches(jobs, [set, newer]);
      expect(commit).toMatchObject({ updated: 1, deleted: 0 });
    });

    test('counts a row that several sets of one commit lack with the first of them', async () => {
      const of = (id: number, customer: number) => job(id, 1, { customer: { id: customer } });
      await lab.load(jobs, [of(1, 5), of(2, 6), of(3, 7), of(4, 8)], { minute: 10 });
      const seal = (minute: number, values: string[], records: unknown[] = []) =>
        lab.seal(jobs, records, {
          stream: `set ${minute}`,
          scope: { kind: 'values', column: 'customerId', values },
          pages: [{ rows: records.length, extractedAt: instant(minute) }],
        });
      const sets = [
        await seal(5, ['5']),
        await seal(21, ['6', '7'], [of(3, 7)]),
        await seal(20, ['5', '6']),
        await seal(22, ['6', '7', '9']),
      ];
      expect(await lab.commitBatches(jobs, sets)).toMatchObject({ updated: 1, deleted: 3 });
      const columns = ['stream', 'rows_deleted'];
      const entries = await lab.pick(
        `select * from st_ops.ledger where stream <> 'sync' order by stream`,
        ...columns,
      );
      expect(entries.map((entry) => Object.values(entry))).toEqual([
        ['set 20', 1],
        ['set 21', 1],
        ['set 22', 1],
        ['set 5', 0],
      ]);
      expect(await lab.table(jobs, 'id, _deleted, _extracted_at')).toEqual([
        [1, true, instant(20)],
        [2, true, instant(21)],
        [3, true, instant(22)],
        [4, false, instant(10)],
      ]);
    });

    test('a deleted record that comes again is alive, even with an older stamp', async () => {
      await lab.load(jobs, [job(1, 5)], { minute: 10 });
      await lab.load(jobs, [], {
        pages: [{ rows: 0, extractedAt: instant(20) }],
        scope: all,
      });
      await lab.load(jobs, [job(1, 9)], { minute: 15 });
      expect(await lab.table(jobs, '_deleted')).toEqual([[true]]);
      await lab.load(jobs, [job(1, 4)], { minute: 30 });
      expect(await lab.table(jobs, '_deleted, _modified_on')).toEqual([[false, instant(4)]]);
    });
  });

  describe('records without an id', () => {
    const item = (amount: number, more: object = {}) => ({
      id: null,
      payrollId: 7,
      employeeType: 'Technician',
      amount,
      modifiedOn: instant(1),
      ...more,
    });
    const set = { kind: 'values' as const, column: 'payrollId', values: ['7'] };

    test('that are equal are kept, and found again when the set is read again', async () => {
      const records = [item(5), item(5), item(5, { memo: 'x' }), item(6)];
      expect((await lab.load(pay, records, { minute: 10, scope: set })).inserted).toBe(4);
      const again = await lab.load(pay, [...records].reverse(), { minute: 20, scope: set });
      expect(again).toMatchObject({ inserted: 0, updated: 4, deleted: 0 });
      const fewer = await lab.load(pay, [item(5), item(6)], { minute: 30, scope: set });
      expect(fewer).toMatchObject({ inserted: 0, updated: 2, deleted: 2 });
    });

    test('follow the last reading of their set, whatever their stamps', async () => {
      const older = item(5, { modifiedOn: instant(1), memo: 'b' });
      const newer = item(5, { modifiedOn: instant(9), memo: 'a' });
      await lab.load(pay, [older, newer], { minute: 10, scope: set });
      await lab.load(pay, [older], { minute: 20, scope: set });
      const rows = await lab.rows('select _modified_on from st_raw.raw_pay where not _deleted');
      expect(rows).toEqual([{ _modified_on: instant(1) }]);
    });

    test('are not doubled when one commit holds their set twice', async () => {
      const first = await lab.seal(pay, [item(5), item(5), item(6)], { minute: 10, scope: set });
      const second = await lab.seal(pay, [item(5), item(5)], { minute: 11, scope: set });
      expect(await lab.commitBatches(pay, [first, second])).toMatchObject({
        inserted: 3,
        deleted: 1,
      });
      expect(await lab.rows('select count(*) as n from st_raw.raw_pay where not _deleted')).toEqual(
        [{ n: 2 }],
      );
    });

    test('give way to the same records once they have ids', async () => {
      await lab.load(pay, [item(5), item(5)], { minute: 10, scope: set });
      await lab.load(pay, [item(5, { id: 1 }), item(5, { id: 2 })], { minute: 20, scope: set });
      expect(
        await lab.rows('select id from st_raw.raw_pay where not _deleted order by id'),
      ).toEqual([{ id: 1 }, { id: 2 }]);
      expect(await lab.table(pay, 'left(_key, 4)')).toContainEqual(['id:1']);
    });

    test('have keys in which fields are told apart', async () => {
      const records = [
        item(5, { employeeType: null }),
        item(5, { employeeType: 'null' }),
        item(5, { employeeType: '' }),
        item(5, { employeeType: '7,"' }),
      ];
      await lab.load(pay, records, { minute: 10, scope: set });
      const [row] = await lab.rows(
        'select count(distinct left(_key, 34)) as n from st_raw.raw_pay',
      );
      expect(row).toEqual({ n: 4 });
    });

    test('are rejected when they have no key field either', async () => {
      const commit = await lab.load(pay, [{ date: instant(1) }, item(5)]);
      expect(commit).toMatchObject({ inserted: 1, rejects: 1 });
    });
  });
};
