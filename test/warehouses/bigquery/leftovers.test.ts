import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs } from '../suite/entities.ts';
import { openLab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

let places = 0;
const openPlace = async () => {
  const place = placeIn(server, `left${(places += 1)}_`);
  return { lab: await openLab(place), prefix: `left${places}_` };
};

const sealTwo = async (lab: Awaited<ReturnType<typeof openLab>>) => [
  await lab.seal(jobs, [job(1, 1)], { stream: 'a' }),
  await lab.seal(jobs, [job(2, 1)], { stream: 'b' }),
];

test('what a program that died had staged goes when a later run has committed it in other groups', async () => {
  const { lab } = await openPlace();
  const batches = await sealTwo(lab);
  await lab.warehouse().stage(jobs, batches);
  await lab.reopen();
  await lab.warehouse().readControls('77', 'jobs');
  expect(await lab.listStaging()).toHaveLength(1);
  for (const batch of batches) await lab.commitBatches(jobs, [batch]);
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
});

test('what was committed by a program that died before it dropped it goes with the next look', async () => {
  const { lab } = await openPlace();
  await lab.warehouse().commit(await lab.warehouse().stage(jobs, await sealTwo(lab)), 'run-1');
  await lab.reopen();
  await lab.warehouse().readControls('77', 'invoices');
  expect(await lab.listStaging()).toHaveLength(1);
  await lab.warehouse().readControls('77', 'jobs');
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
});

test('lines that were loaded and never typed go too', async () => {
  const { lab } = await openPlace();
  const [batch] = await sealTwo(lab);
  if (batch === undefined) throw new Error('nothing sealed');
  const lost = {
    sql: /create or replace table/,
    effect: { kind: 'failJob' as const, error: { reason: 'invalidQuery', message: 'no' } },
  };
  server.addFault(lost);
  await expect(lab.warehouse().stage(jobs, [batch])).rejects.toThrow();
  expect(await lab.listStaging()).toHaveLength(1);
  await lab.reopen();
  await lab.warehouse().readControls('77', 'jobs');
  const other = await lab.seal(jobs, [job(3, 1)], { stream: 'a', version: 0 });
  await lab.commitBatches(jobs, [other]);
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
});

test('what a writer that runs beside has staged stays while it can be committed', async () => {
  const { lab } = await openPlace();
  const staged = await lab.warehouse().stage(jobs, await sealTwo(lab));
  const other = await lab.open();
  await other.readControls('77', 'jobs');
  expect(await lab.listStaging()).toHaveLength(1);
  await lab.warehouse().commit(staged, 'run-1');
  await lab.warehouse().dropStaged(staged);
  await other.close();
  await lab.close();
});

test('a writer that was overtaken is told so, also when its staging is gone', async () => {
  const { lab } = await openPlace();
  const [a, b] = await sealTwo(lab);
  if (a === undefined || b === undefined) throw new Error('nothing sealed');
  const staged = await lab.warehouse().stage(jobs, [a, b]);
  const fresh = await lab.warehouse().stage(jobs, [b]);
  const other = await lab.open();
  await other.readControls('77', 'jobs');
  const rival = await lab.seal(jobs, [job(9, 1)], { stream: 'a', version: 0 });
  const [first, second] = [await other.stage(jobs, [rival]), await other.stage(jobs, [b])];
  for (const one of [first, second]) {
    await other.commit(one, 'run-2');
    await other.dropStaged(one);
  }
  expect(await lab.listStaging()).toEqual([]);
  // The very same load was committed by the other one: all is well.
  expect(await lab.warehouse().commit(fresh, 'run-1')).toMatchObject({ loadIds: [] });
  await expect(lab.warehouse().commit(staged, 'run-1')).rejects.toThrow(
    /another run is writing it/,
  );
  expect(await lab.table(jobs, 'id')).toEqual([[2], [9]]);
  await other.close();
  await lab.close();
});

test('whoever may not list tables leaves them to expire', async () => {
  const { lab, prefix } = await openPlace();
  await lab.warehouse().commit(await lab.warehouse().stage(jobs, await sealTwo(lab)), 'run-1');
  await lab.reopen();
  server.access.deny('bigquery.tables.list', `${prefix}st_stage`);
  expect(await lab.warehouse().readControls('77', 'jobs')).toHaveLength(2);
  server.access.allow('bigquery.tables.list');
  expect(await lab.listStaging()).toHaveLength(1);
  await lab.close();
});
