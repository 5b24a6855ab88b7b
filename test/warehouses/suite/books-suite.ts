import { describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import type { Entity } from '../../../src/model.ts';
import { readRuns } from '../../../src/pipeline/read-runs.ts';
import { instant, jobs, pay, toColumns } from './entities.ts';
import { openLab, type Rig } from './lab.ts';

/** Control rows, runs, and the ways in which a warehouse is opened again. */
export const describeBooks = (rig: Rig): void => {
  test('what was staged and not committed is gone after a crash, and loads again', async () => {
    const lab = await openLab(await rig.openPlace());
    const batch = await lab.seal(jobs, [{ id: 1 }, { id: 2 }]);
    await lab.warehouse().stage(jobs, [batch]);
    await lab.reopen();
    expect(await lab.table(jobs, 'id')).toEqual([]);
    expect((await lab.commitBatches(jobs, [batch])).inserted).toBe(2);
    await lab.reopen();
    expect((await lab.commitBatches(jobs, [batch])).loadIds).toEqual([]);
    expect(await lab.table(jobs, 'id')).toEqual([[1], [2]]);
    await lab.close();
  });

  test('opened twice, the fence holds between the two', async () => {
    const lab = await openLab(await rig.openPlace());
    const second = await lab.open();
    const batch = await lab.seal(jobs, [{ id: 1 }]);
    const rival = await lab.seal(jobs, [{ id: 2 }], { version: 0 });
    const staged = await lab.warehouse().stage(jobs, [batch]);
    const stagedRival = await second.stage(jobs, [rival]);
    const results = await Promise.allSettled([
      lab.warehouse().commit(staged, 'run-1'),
      second.commit(stagedRival, 'run-2'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = results.find((result) => result.status === 'rejected');
    expect(failed?.reason).toBeInstanceOf(WarehouseError);
    expect(await lab.rows('select count(*) as n from st_raw.raw_jobs')).toEqual([{ n: 1 }]);
    await second.close();
    await lab.close();
  });

  describe('prepare', () => {
    test('can run again, adds missing columns, and keeps extra ones', async () => {
      const lab = await openLab(await rig.openPlace());
      await lab.load(jobs, [{ id: 1, jobNumber: 'J1' }]);
      await lab.warehouse().execute('alter table st_raw.raw_jobs add column mine int64');
      const wider: Entity = {
        ...jobs,
        columns: [...jobs.columns, ...toColumns({ 'type.name': 'string', Summary: 'string' })],
      };
      await lab.warehouse().prepare([wider]);
      await lab.warehouse().prepare([wider, pay]);
      await lab.load(wider, [{ id: 2, type: { name: 'Install' } }]);
      expect(await lab.table(wider, 'id, typeName, mine')).toEqual([
        [1, null, null],
        [2, 'Install', null],
      ]);
      await lab.close();
    });

    test('with a prefix keeps two installations apart', async () => {
      const lab = await openLab(await rig.openPlace('one_'));
      await lab.load(jobs, [{ id: 1 }]);
      expect(await lab.rows("select count(*) as n, 'st_raw.x' as t from st_raw.raw_jobs")).toEqual([
        { n: 1, t: 'st_raw.x' },
      ]);
      await lab.close();
    });
  });

  describe('control rows', () => {
    test('are planned once and keep what they are', async () => {
      const lab = await openLab(await rig.openPlace());
      await lab.load(jobs, [{ id: 1 }]);
      const stream = { tenantId: '77', entity: 'jobs', stream: 'sync', cursor: { from: 'x' } };
      const other = { ...stream, stream: 'backfill \'2024\'; "x"' };
      await lab.warehouse().planStreams([stream, other, other]);
      const controls = await lab.warehouse().readControls('77');
      expect(controls.map(({ stream: name, version }) => [name, version])).toEqual([
        [other.stream, 0],
        ['sync', 1],
      ]);
      expect(await lab.warehouse().readControls('77', 'pay')).toEqual([]);
      expect(await lab.warehouse().readControls('78')).toEqual([]);
      await lab.close();
    });

    test('that are restarted fence the batches read before', async () => {
      const lab = await openLab(await rig.openPlace());
      await lab.load(jobs, [{ id: 1 }], { done: true });
      const old = await lab.seal(jobs, [{ id: 2 }]);
      await lab
        .warehouse()
        .restartStreams([{ tenantId: '77', entity: 'jobs', stream: 'sync', cursor: null }]);
      expect(await lab.warehouse().readControls('77')).toMatchObject([
        { version: 2, done: false, cursor: null, rowsStored: 0 },
      ]);
      await expect(lab.commitBatches(jobs, [old])).rejects.toThrow(/another run/);
      await lab.close();
    });
  });

  test('runs are recorded, and replaced when they end', async () => {
    const lab = await openLab(await rig.openPlace());
    const run = {
      runId: 'r1',
      command: 'sync',
      tenantId: '77',
      entity: 'jobs',
      startedAt: instant(0),
      endedAt: null,
      outcome: 'running' as const,
      rows: 0,
      message: '',
      exitCode: null,
    };
    await lab.warehouse().recordRuns([run, { ...run, entity: 'pay' }]);
    await lab.warehouse().recordRuns([{ ...run, endedAt: instant(1), outcome: 'ok', rows: 5 }]);
    expect(
      await lab.pick(
        'select * from st_ops.runs order by entity',
        ...['entity', 'outcome', 'rows', 'ended_at'],
      ),
    ).toEqual([
      { entity: 'jobs', outcome: 'ok', rows: 5, ended_at: instant(1) },
      { entity: 'pay', outcome: 'running', rows: 0, ended_at: null },
    ]);
    const times = { since: instant(0), now: instant(2) };
    const asked = { tenantId: '77', limit: 5, isAlone: true, ...times };
    expect(await readRuns(lab.warehouse(), asked)).toMatchObject([
      { runId: 'r1', startedAt: instant(0), endedAt: null, outcome: 'unfinished', rows: 5 },
    ]);
    await lab.close();
  });

  test('parameters are named, bound, and may be left over', async () => {
    const lab = await openLab(await rig.openPlace());
    const parameters = { name: "x'; drop --", n: 5, list: ['a', 'b'], unused: true, none: null };
    expect(
      await lab
        .warehouse()
        .query(
          `select @name as name, @n + 1 as n, array_length(@list) as l, '@n' as literal, @none is null as none -- @n`,
          parameters,
        ),
    ).toEqual([{ name: "x'; drop --", n: 6, l: 2, literal: '@n', none: true }]);
    await lab.close();
  });
};
