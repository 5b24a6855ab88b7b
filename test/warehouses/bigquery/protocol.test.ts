import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs } from '../suite/entities.ts';
import { openLab, type Lab } from '../suite/lab.ts';
import { placeIn, type RigOptions } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery({ estimates: 'plans' });
});
afterAll(() => server.close());

let places = 0;
const openPlace = (options: RigOptions = {}) => placeIn(server, `at${(places += 1)}_`, options);
const open = async (options: RigOptions = {}): Promise<Lab> => openLab(openPlace(options));

const uploadsSince = (from: number): number =>
  server
    .requests()
    .slice(from)
    .filter(({ query, method }) => query.uploadType === 'resumable' && method === 'POST').length;

describe('what an earlier process left is taken up', () => {
  test('a table of lines is not uploaded again', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1), job(2, 1)]);
    const fault = server.addFault({
      ...{ jobId: /^fieldmart_stage/, sql: /^create or replace/, times: 99 },
      effect: { kind: 'failJob', error: { reason: 'accessDenied', message: 'Access Denied' } },
    });
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(WarehouseError);
    fault.remove();
    await lab.reopen();
    const from = server.requests().length;
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 2 });
    expect(uploadsSince(from)).toBe(0);
    await lab.close();
  });

  test('typed rows that were staged and never committed are used as they are', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    await lab.warehouse().stage(jobs, [batch]);
    await lab.reopen();
    const made = () =>
      server
        .jobs()
        .filter(({ configuration }) =>
          (configuration.query?.query ?? '').startsWith('create or replace'),
        );
    const before = made().length;
    await lab.commitBatches(jobs, [batch]);
    expect(made().length).toBe(before);
    expect(await lab.table(jobs, 'id')).toEqual([[1]]);
    await lab.close();
  });

  test('a table that has expired since is made again, under the next number', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const staged = await lab.warehouse().stage(jobs, [batch]);
    await lab.warehouse().dropStaged(staged);
    await lab.reopen();
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 1 });
    const ids = server.jobs().map(({ jobId }) => jobId);
    expect(
      ids.filter((id) => /^fieldmart_(?:load|stage)_[0-9a-f]{40}_2$/.test(id)).length,
    ).toBeGreaterThan(1);
    await lab.close();
  });

  test('tables that somebody set back are loaded again: a job that is done says nothing then', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    await lab.commitBatches(jobs, [batch]);
    await lab.warehouse().execute('delete from st_ops.ledger where true');
    await lab.warehouse().execute('delete from st_raw.raw_jobs where true');
    await lab.warehouse().execute('update st_ops.cursors set version = 0 where true');
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({
      inserted: 1,
      loadIds: [batch.loadId],
    });
    expect(await lab.table(jobs, 'id')).toEqual([[1]]);
    await lab.close();
  });

  test('a commit that an earlier process sent, and that still runs, is waited for', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const held = server.addFault({
      jobId: /^fieldmart_commit/,
      effect: { kind: 'holdJob', at: /^merge/ },
    });
    const first = lab.commitBatches(jobs, [batch]);
    await held.reached;
    const second = await lab.open();
    const staged = await second.stage(jobs, [batch]);
    const committing = second.commit(staged, 'run-2');
    held.release();
    held.remove();
    expect(await Promise.all([first, committing])).toMatchObject([
      { inserted: 1 },
      { loadIds: [] },
    ]);
    expect(await lab.rows('select count(*) as n from st_ops.ledger')).toEqual([{ n: 1 }]);
    await second.close();
    await lab.close();
  });
});

test('two writers of one stream at the same moment: one is stored, the other is told', async () => {
  const lab = await open();
  const mine = await lab.seal(jobs, [job(1, 1)]);
  const other = await lab.seal(jobs, [job(2, 1)], { version: 0 });
  const held = server.addFault({
    jobId: /^fieldmart_commit/,
    effect: { kind: 'holdJob', at: /^commit/ },
  });
  const first = lab.commitBatches(jobs, [mine]);
  await held.reached;
  const second = await lab.open();
  const staged = await second.stage(jobs, [other]);
  const committing = second.commit(staged, 'run-2');
  // Which of the two it is told depends on how long it had to wait for the first one.
  const told = expect(committing).rejects.toThrow(
    /another run is writing it, its control row is no longer at version 0|other transactions keep/,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  held.release();
  await Promise.all([first, told]);
  expect(await lab.table(jobs, 'id')).toEqual([[1]]);
  await second.close();
  await lab.close();
});

test('of control rows that two processes planned at once, the one that got further stays', async () => {
  const lab = await open();
  const second = await lab.open();
  const streams = Array.from({ length: 20 }, (_, index) => ({
    ...{ tenantId: '77', entity: 'jobs', stream: `s${index}`, cursor: null },
  }));
  await Promise.all([lab.warehouse().planStreams(streams), second.planStreams(streams)]);
  const double = (stream: string, version: number, id: string) =>
    lab
      .warehouse()
      .execute(
        'insert into st_ops.cursors (tenant_id, entity, stream, stream_id, version, cursor, done, rows_stored, updated_at) ' +
          `select tenant_id, entity, stream, '${id}', ${version}, cursor, done, rows_stored, updated_at ` +
          `from st_ops.cursors where stream = '${stream}'`,
      );
  await double('s1', 3, 'ahead');
  await double('s2', 0, '~ not ahead');
  await second.planStreams([{ tenantId: '77', entity: 'jobs', stream: 'new', cursor: null }]);
  const controls = await second.readControls('77');
  expect(controls).toHaveLength(21);
  expect(controls.find(({ stream }) => stream === 's1')).toMatchObject({
    version: 3,
    streamId: 'ahead',
  });
  expect(controls.find(({ stream }) => stream === 's2')?.streamId).not.toBe('~ not ahead');
  await second.close();
  await lab.close();
});

describe('a stored row in another month than its new version', () => {
  const month = (number: number) => new Date(Date.UTC(2024, number, 5)).toISOString();

  test.each([
    ['the source moved its date', month(1), month(4)],
    ['it had no date', null, month(4)],
    ['it lost its date', month(1), null],
  ])('is replaced, not doubled: %s', async (_, before, after) => {
    const lab = await open();
    await lab.load(jobs, [job(1, 1, { createdOn: before }), job(2, 1, { createdOn: month(2) })]);
    const newer = [job(1, 2, { createdOn: after }), job(3, 2, { createdOn: month(4) })];
    expect(await lab.load(jobs, newer, { minute: 20 })).toMatchObject({ inserted: 1, updated: 1 });
    const stored = [
      [1, after],
      [2, month(2)],
      [3, month(4)],
    ];
    expect(await lab.table(jobs, 'id, createdOn')).toEqual(stored);
    const older = [job(1, 1, { createdOn: month(7) })];
    expect(await lab.load(jobs, older, { minute: 30 })).toMatchObject({ inserted: 0, updated: 0 });
    expect(await lab.table(jobs, 'id, createdOn')).toEqual(stored);
    await lab.close();
  });
});

describe('every job', () => {
  test('that takes labels has the run, the entity and the step', async () => {
    const lab = await open({ runId: 'Run 7/äß' });
    const from = server.jobs().length;
    await lab.load(jobs, [job(1, 1)]);
    const made = server
      .jobs()
      .slice(0, server.jobs().length - from)
      .filter(({ parentJobId }) => parentJobId === undefined);
    const labels = made.map(({ configuration }) => configuration.labels ?? {});
    expect(new Set(labels.map(({ fieldmart_run: run }) => run))).toEqual(new Set(['run_7___']));
    const steps = new Set(
      labels.map((one) => `${one.fieldmart_entity ?? ''} ${one.fieldmart_step ?? ''}`),
    );
    expect([...steps].sort()).toEqual([' control', 'jobs commit', 'jobs stage', 'jobs upload']);
    await lab.close();
  });

  test('that commits has a cap of what its statements were said to read', async () => {
    const lab = await open();
    await lab.load(jobs, [job(1, 1)]);
    const [commit] = server
      .jobs()
      .filter(
        ({ jobId, parentJobId }) =>
          jobId.startsWith('fieldmart_commit_') &&
          parentJobId === undefined &&
          jobId.endsWith('_1') &&
          !jobId.includes('-'),
      );
    expect(Number(commit?.configuration.query?.maximumBytesBilled)).toBeGreaterThan(10_000_000);
    const dry = server
      .requests()
      .filter(({ labels, jobId }) => labels.fieldmart_step === 'commit' && jobId === undefined);
    expect(dry.map(({ sql }) => sql?.split(' ')[0])).toEqual(
      expect.arrayContaining(['select', 'merge']),
    );
    await lab.close();
  });

  const readCosts = (lab: Lab) =>
    lab.rows(
      'select run_id, entity, step, jobs, bytes_billed, slot_ms from st_ops.costs order by entity, step',
    );
  const sumBytes = (rows: Awaited<ReturnType<typeof readCosts>>): number =>
    rows.reduce((sum, row) => sum + Number(row.bytes_billed), 0);

  test('is counted with the commit, in the ledger by load and in the costs by entity and step', async () => {
    const lab = await open({ runId: 'run-9' });
    const batches = [
      await lab.seal(jobs, [job(1, 1), job(2, 1)]),
      await lab.seal(jobs, [job(3, 1)], { stream: 'b' }),
    ];
    await lab.commitBatches(jobs, batches);
    // Nothing was closed: a process that is killed now has told what it cost.
    const costs = await readCosts(lab);
    const ofJobs = costs.filter(({ entity }) => entity === 'jobs');
    expect(ofJobs.map(({ run_id: run, entity, step }) => [run, entity, step])).toEqual([
      ['run-9', 'jobs', 'commit'],
      ['run-9', 'jobs', 'stage'],
      ['run-9', 'jobs', 'upload'],
    ]);
    const loads = await lab.rows('select bytes_billed, slot_ms from st_ops.ledger');
    expect(loads.every((load) => Number(load.bytes_billed) > 0 && Number(load.slot_ms) > 0)).toBe(
      true,
    );
    expect(sumBytes(ofJobs) - sumBytes(loads)).toBeLessThanOrEqual(1);
    const script = server
      .jobs()
      .find(
        ({ jobId, parentJobId }) =>
          /^fieldmart_commit_[0-9a-f]+_1$/.test(jobId) && parentJobId === undefined,
      );
    const { query } = script?.statistics as { query: { totalBytesBilled: string } };
    expect(costs.find(({ step }) => step === 'commit')?.bytes_billed).toBe(
      Number(query.totalBytesBilled),
    );
    await lab.close();
  });

  test('that failed is counted when the run ends, once', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    const fault = server.addFault({
      ...{ jobId: /^fieldmart_commit/, times: 99 },
      effect: { kind: 'failJob', error: { reason: 'accessDenied', message: 'Access Denied' } },
    });
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(WarehouseError);
    fault.remove();
    expect(await readCosts(lab)).toEqual([]);
    await lab.reopen();
    const failed = (await readCosts(lab)).filter(({ entity }) => entity === 'jobs');
    expect(failed.map(({ entity, step }) => [entity, step])).toEqual([
      ['jobs', 'commit'],
      ['jobs', 'stage'],
      ['jobs', 'upload'],
    ]);
    await lab.close();
  });

  test('that an earlier process sent is the cost of that one', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [job(1, 1)]);
    await lab.warehouse().stage(jobs, [batch]);
    await lab.reopen();
    await lab.commitBatches(jobs, [batch]);
    // The typed rows were made by the first run.
    const staging = (await readCosts(lab)).filter(({ step }) => step === 'stage');
    expect(staging.map(({ jobs: count }) => count).sort()).toEqual([2, 3]);
    await lab.close();
  });

  test('that only reads is not counted: nothing is written for it', async () => {
    const lab = await open();
    await lab.rows('select 1 as one');
    await lab.reopen();
    expect(await lab.rows('select count(*) as n from st_ops.costs')).toEqual([{ n: 0 }]);
    await lab.close();
  });
});
