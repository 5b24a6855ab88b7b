import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import { instant, job, jobs } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';

/** A commit is all or nothing, once, and keeps the newest of each record. */
export const describeCommits = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(async () => {
    await expectLedgerToMatch(lab);
    await lab.close();
  });

  describe('a commit', () => {
    test('that is repeated changes nothing', async () => {
      const batch = await lab.seal(jobs, [job(1, 1), job(2, 1)]);
      const first = await lab.commitBatches(jobs, [batch]);
      expect(first).toEqual({
        loadIds: [batch.loadId],
        inserted: 2,
        updated: 0,
        deleted: 0,
        rejects: 0,
      });
      const ledger = await lab.rows('select * from st_ops.ledger');
      const again = await lab.commitBatches(jobs, [batch, batch]);
      expect(again).toEqual({ loadIds: [], inserted: 0, updated: 0, deleted: 0, rejects: 0 });
      expect(await lab.rows('select * from st_ops.ledger')).toEqual(ledger);
      expect(await lab.rows('select version, rows_stored from st_ops.cursors')).toEqual([
        { version: 1, rows_stored: 2 },
      ]);
    });

    test('of a handle that was committed before changes nothing', async () => {
      const staged = await lab.warehouse().stage(jobs, [await lab.seal(jobs, [job(1, 1)])]);
      await lab.warehouse().commit(staged, 'run-1');
      expect((await lab.warehouse().commit(staged, 'run-2')).loadIds).toEqual([]);
      await lab.warehouse().dropStaged(staged);
    });

    test('at a stale version is refused and leaves nothing', async () => {
      await lab.load(jobs, [job(1, 1)]);
      const late = await lab.seal(jobs, [job(2, 2)], { version: 0 });
      await expect(lab.commitBatches(jobs, [late])).rejects.toThrow(WarehouseError);
      await expect(lab.commitBatches(jobs, [late])).rejects.toThrow(
        /Cannot commit jobs \(sync\): another run is writing it/,
      );
      expect(await lab.table(jobs, 'id')).toEqual([[1]]);
      expect(await lab.rows('select count(*) as n from st_ops.ledger')).toEqual([{ n: 1 }]);
      expect(await lab.rows('select version from st_ops.cursors')).toEqual([{ version: 1 }]);
    });

    test('is rolled back whole when one of its batches is stale', async () => {
      const good = await lab.seal(jobs, [job(1, 1)]);
      const stale = await lab.seal(jobs, [job(2, 1)], { stream: 'backfill', version: 7 });
      await expect(lab.commitBatches(jobs, [good, stale])).rejects.toThrow(/version 7/);
      expect(await lab.table(jobs, 'id')).toEqual([]);
      await lab.commitBatches(jobs, [good]);
      expect(await lab.table(jobs, 'id')).toEqual([[1]]);
    });

    test('takes two batches of one stream, and counts each for itself', async () => {
      const first = await lab.seal(jobs, [job(1, 1), job(2, 1)], { minute: 10 });
      const second = await lab.seal(jobs, [job(2, 5), job(3, 1)], { minute: 11, done: true });
      const commit = await lab.commitBatches(jobs, [first, second]);
      expect(commit.inserted).toBe(3);
      expect(
        await lab.pick(
          'select * from st_ops.ledger order by version',
          ...['rows', 'rows_inserted', 'run_id'],
        ),
      ).toEqual([
        { rows: 2, rows_inserted: 1, run_id: 'run-1' },
        { rows: 2, rows_inserted: 2, run_id: 'run-1' },
      ]);
      expect(await lab.warehouse().readControls('77', 'jobs')).toMatchObject([
        { version: 2, done: true, cursor: { next: 2 }, rowsStored: 4 },
      ]);
    });

    test('leaves out a batch that was committed since it was staged', async () => {
      const first = await lab.seal(jobs, [job(1, 1)]);
      const second = await lab.seal(jobs, [job(2, 1)]);
      const staged = await lab.warehouse().stage(jobs, [first, second]);
      await lab.commitBatches(jobs, [first]);
      expect((await lab.warehouse().commit(staged, 'run-1')).loadIds).toEqual([second.loadId]);
      expect(await lab.table(jobs, 'id')).toEqual([[1], [2]]);
    });

    test('without rows moves the control row alone', async () => {
      await lab.load(jobs, [], { done: true });
      expect(await lab.warehouse().readControls('77')).toMatchObject([{ version: 1, done: true }]);
    });
  });

  describe('of two versions of a record', () => {
    const stored = () => lab.table(jobs, 'id, jobNumber, _modified_on, _extracted_at');

    test('an older one never overwrites a newer one', async () => {
      await lab.load(jobs, [job(1, 5, { jobNumber: 'new' })], { minute: 10 });
      await lab.load(jobs, [job(1, 4, { jobNumber: 'old' })], { minute: 20 });
      expect(await stored()).toEqual([[1, 'new', instant(5), instant(10)]]);
    });

    test('the newer one wins though it was extracted earlier', async () => {
      await lab.load(jobs, [job(1, 4)], { minute: 20 });
      await lab.load(jobs, [job(1, 5, { jobNumber: 'new' })], { minute: 10 });
      expect(await stored()).toEqual([[1, 'new', instant(5), instant(10)]]);
    });

    test.each([
      ['later', 30, 'second'],
      ['equal', 20, 'second'],
      ['earlier', 10, 'first'],
    ])('with equal stamps a %s extraction decides', async (_, minute, winner) => {
      await lab.load(jobs, [job(1, 5, { jobNumber: 'first' })], { minute: 20 });
      await lab.load(jobs, [job(1, 5, { jobNumber: 'second' })], { minute });
      expect(await lab.table(jobs, 'jobNumber')).toEqual([[winner]]);
    });

    test('neither stamped, the later extraction wins', async () => {
      await lab.load(jobs, [job(1, null, { jobNumber: 'first' })], { minute: 20 });
      await lab.load(jobs, [job(1, null, { jobNumber: 'late' })], { minute: 10 });
      expect(await lab.table(jobs, 'jobNumber')).toEqual([['first']]);
      await lab.load(jobs, [job(1, null, { jobNumber: 'second' })], { minute: 30 });
      expect(await lab.table(jobs, 'jobNumber')).toEqual([['second']]);
    });

    test('one without a stamp is older than one with', async () => {
      await lab.load(jobs, [job(1, null, { jobNumber: 'bare' })], { minute: 20 });
      await lab.load(jobs, [job(1, 5, { jobNumber: 'stamped' })], { minute: 10 });
      await lab.load(jobs, [job(1, null, { jobNumber: 'bare again' })], { minute: 30 });
      expect(await lab.table(jobs, 'jobNumber')).toEqual([['stamped']]);
    });

    test('in one batch the newest is kept: by stamp, then page, then position', async () => {
      const records = [
        job(1, 9, { jobNumber: '1 newest' }),
        job(1, 3),
        job(2, 3),
        job(1, null),
        job(2, 3, { jobNumber: '2 last of its page' }),
        job(3, 1),
        job(3, 1, { jobNumber: '3 later page' }),
      ];
      const commit = await lab.load(jobs, records, {
        pages: [
          { rows: 6, extractedAt: instant(20) },
          { rows: 1, extractedAt: instant(21) },
        ],
      });
      expect(commit.inserted).toBe(3);
      expect(await lab.table(jobs, 'id, jobNumber, _extracted_at')).toEqual([
        [1, '1 newest', instant(20)],
        [2, '2 last of its page', instant(20)],
        [3, '3 later page', instant(21)],
      ]);
    });

    test('each belongs to its tenant', async () => {
      await lab.load(jobs, [job(1, 5)], { tenantId: '77' });
      await lab.load(jobs, [job(1, 4)], { tenantId: "o'; drop schema st_raw; --\n", stream: 'b' });
      expect(await lab.table(jobs, 'id')).toEqual([[1], [1]]);
    });
  });
};
