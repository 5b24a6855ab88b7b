import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Batch } from '../../../src/model.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { instant, job, jobs } from '../suite/entities.ts';
import { expectLedgerToMatch, openLab, type Lab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

let places = 0;
const open = () => openLab(placeIn(server, `loads${(places += 1)}_`, { isDirect: true }));

const pageOf = (rows: number, minute: number) => ({ rows, extractedAt: instant(minute) });

const sealThree = async (lab: Lab) => [
  await lab.seal(jobs, [job(1, 1), job(2, 1)], { pages: [pageOf(1, 10), pageOf(1, 11)] }),
  await lab.seal(jobs, [], { stream: 'empty' }),
  await lab.seal(jobs, [job(1, 1), '{"no":"id"}'], { tenantId: '88', minute: 12 }),
];

/** Load jobs that were sent since the look that is given, oldest first. */
const loadsAfter = (before: number) =>
  server
    .jobs()
    .slice(0, server.jobs().length - before)
    .filter(({ configuration }) => configuration.load !== undefined)
    .reverse();

const stored = (lab: Lab) =>
  lab.table(jobs, 'tenant_id, id, _load_id, cast(_extracted_at as string)');

const expectStored = async (lab: Lab, batches: readonly Batch[]): Promise<void> => {
  const [a = '', , c = ''] = batches.map(({ loadId }) => loadId);
  expect(await stored(lab)).toEqual(
    [
      ['77', 1, a, 10],
      ['77', 2, a, 11],
      ['88', 1, c, 12],
    ].map(([tenantId, id, loadId, minute]) => [
      ...[tenantId, id, loadId],
      expect.stringContaining(`:${String(minute)}:00`),
    ]),
  );
  const rejects = await lab.rows('select tenant_id, load_id, position, reason from st_ops.rejects');
  expect(rejects).toEqual([{ tenant_id: '88', load_id: c, position: 2, reason: 'has no id' }]);
  await expectLedgerToMatch(lab);
  expect(await lab.listStaging()).toEqual([]);
};

test('batches that are staged together are loaded by one job, and each record is of its own batch', async () => {
  const lab = await open();
  const before = server.jobs().length;
  const batches = await sealThree(lab);
  await lab.commitBatches(jobs, batches);
  expect(loadsAfter(before)).toHaveLength(1);
  await expectStored(lab, batches);
  await lab.close();
});

/** Stages in a program that dies once the batches are loaded. */
const dieAfterLoad = async (lab: Lab, batches: Awaited<ReturnType<typeof sealThree>>) => {
  const fault = server.addFault({
    sql: /create or replace table/,
    effect: { kind: 'failJob', error: { reason: 'invalidQuery', message: 'no' } },
  });
  await expect(lab.warehouse().stage(jobs, batches)).rejects.toThrow();
  fault.remove();
  await lab.reopen();
};

test('what a program loaded before it died is not sent again by one that stages the same batches', async () => {
  const lab = await open();
  const before = server.jobs().length;
  const batches = await sealThree(lab);
  await dieAfterLoad(lab, batches);
  await lab.warehouse().readControls('77', 'jobs');
  await lab.commitBatches(jobs, batches);
  expect(loadsAfter(before)).toHaveLength(1);
  await expectStored(lab, batches);
  await lab.close();
});

test('one that stages them in other groups loads them anew, and drops what the first had loaded', async () => {
  const lab = await open();
  const before = server.jobs().length;
  const batches = await sealThree(lab);
  await dieAfterLoad(lab, batches);
  for (const tenantId of ['77', '88']) await lab.warehouse().readControls(tenantId, 'jobs');
  for (const batch of batches) await lab.commitBatches(jobs, [batch]);
  const ids = loadsAfter(before).map(({ jobId }) => jobId);
  expect(new Set(ids).size).toBe(3);
  await expectStored(lab, batches);
  await lab.close();
});
