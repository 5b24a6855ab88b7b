import { expect, test } from '@jest/globals';
import {
  openSession,
  type Session,
  type SessionOptions,
} from '../../../src/warehouses/duckdb/open-session.ts';
import { expectLedgerToMatch } from '../suite/lab.ts';
import { instant, job, jobs, pay } from '../suite/entities.ts';
import { openLab } from './fixtures.ts';

/** Resolves for all who wait, as soon as so many do; from then on at once. */
const gathering = (count: number): (() => Promise<void>) => {
  let missing = count;
  let open = (): void => undefined;
  const complete = new Promise<void>((resolve) => (open = resolve));
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return complete;
  };
};

/** Sessions of which each transaction waits, before it does anything, for another one that has begun as well. */
const openGathering = async (options: SessionOptions): Promise<Session> => {
  const gather = gathering(2);
  const session = await openSession(options);
  const openBeside = async (): Promise<Session> => {
    const beside = await session.openBeside();
    const transact: Session['transact'] = (steps) =>
      beside.transact(async () => {
        await gather();
        return steps();
      });
    return { ...beside, transact };
  };
  return { ...session, openBeside };
};

const payItem = (payrollId: number) => ({
  ...{ id: null, payrollId, employeeType: 'Technician', date: instant(0), amount: 1.5 },
  modifiedOn: null,
});

test('groups of two entities are committed side by side, each with its cursor', async () => {
  const lab = await openLab({ openSession: openGathering });
  const warehouse = lab.warehouse();
  const [jobBatch, payBatch] = [
    await lab.seal(jobs, [job(1, 1), job(2, 1)]),
    await lab.seal(pay, [payItem(1), payItem(2), payItem(3)]),
  ];
  const staged = [
    await warehouse.stage(jobs, [jobBatch]),
    await warehouse.stage(pay, [payBatch]),
  ] as const;
  const commits = await Promise.all(staged.map((group) => warehouse.commit(group, 'run-1')));
  expect(commits.map(({ inserted }) => inserted)).toEqual([2, 3]);
  await Promise.all(staged.map((group) => warehouse.dropStaged(group)));
  await expectLedgerToMatch(lab);
  const cursors = await lab.rows('select entity, version from st_ops.cursors order by entity');
  expect(cursors).toEqual([
    { entity: 'jobs', version: 1 },
    { entity: 'pay', version: 1 },
  ]);
  expect(await lab.listStaging()).toEqual([]);
  await lab.close();
});

test('of two groups that come from one cursor only one is committed, side by side too', async () => {
  const lab = await openLab({ openSession: openGathering });
  const warehouse = lab.warehouse();
  const [mine, rival] = [
    await lab.seal(jobs, [job(1, 1)], { version: 0 }),
    await lab.seal(jobs, [job(2, 2)], { version: 0 }),
  ];
  const staged = [await warehouse.stage(jobs, [mine]), await warehouse.stage(jobs, [rival])];
  const results = await Promise.allSettled(staged.map((group) => warehouse.commit(group, 'run-1')));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(String(refused.reason)).toMatch(/another/);
  expect(await lab.table(jobs, 'id')).toHaveLength(1);
  await expectLedgerToMatch(lab);
  await lab.close();
});

test('of a group of which only a part is committed, nothing else is stored', async () => {
  const lab = await openLab();
  const batches = [
    await lab.seal(jobs, [job(1, 1)], { stream: 'window 1' }),
    await lab.seal(jobs, [job(2, 1)], { stream: 'window 2' }),
  ];
  const staged = await lab.warehouse().stage(jobs, batches);
  const [first, second] = batches.map((batch) => ({ ...staged, batches: [batch] }));
  if (first === undefined || second === undefined) throw new Error('two parts');
  expect((await lab.warehouse().commit(first, 'run-1')).inserted).toBe(1);
  expect(await lab.table(jobs, 'id')).toEqual([[1]]);
  expect((await lab.warehouse().commit(second, 'run-1')).inserted).toBe(1);
  expect(await lab.table(jobs, 'id')).toEqual([[1], [2]]);
  await expectLedgerToMatch(lab);
  await lab.close();
});
