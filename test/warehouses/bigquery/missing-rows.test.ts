import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { job, jobs } from '../suite/entities.ts';
import { expectLedgerToMatch, openLab, type Lab } from '../suite/lab.ts';
import { placeIn } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

let places = 0;
const open = () => openLab(placeIn(server, `missing${(places += 1)}_`));

const all = { kind: 'all' } as const;
const month = (number: number) => new Date(Date.UTC(2024, number, 5)).toISOString();
const dated = (id: number, createdOn: string | null) => job(id, 1, { createdOn });

const close = async (lab: Lab): Promise<void> => {
  await expectLedgerToMatch(lab);
  await lab.close();
};

/** The marks on missing rows among the statements that were carried out. */
const listMarks = (): string[] =>
  server
    .jobs()
    .map(({ configuration }) => configuration.query?.query ?? '')
    .filter((sql) => sql.startsWith('update') && sql.includes('_deleted = true'));

test('a complete set marks what it lacks in whatever month, and names those months alone', async () => {
  const lab = await open();
  const stored = [dated(1, month(0)), dated(2, month(1)), dated(3, month(5)), dated(4, null)];
  await lab.load(jobs, [...stored, dated(5, month(8))], { minute: 10 });
  const before = listMarks().length;
  const commit = await lab.load(jobs, [dated(1, month(0)), dated(5, month(8))], {
    ...{ minute: 20, scope: all },
  });
  expect(commit).toMatchObject({ inserted: 0, updated: 2, deleted: 3 });
  const marks = listMarks();
  expect(marks.length - before).toBe(1);
  const [mark = ''] = marks;
  expect(mark).toContain(
    "((t.`createdOn` >= timestamp '2024-02-01 00:00:00+00' and t.`createdOn` < timestamp '2024-03-01 00:00:00+00')" +
      " or (t.`createdOn` >= timestamp '2024-06-01 00:00:00+00' and t.`createdOn` < timestamp '2024-07-01 00:00:00+00')" +
      ' or t.`createdOn` is null)',
  );
  expect(
    await lab.rows('select rows_deleted as n from st_ops.ledger where rows_deleted > 0'),
  ).toEqual([{ n: 3 }]);
  await close(lab);
});

test('where nothing is missing, no table is changed for it', async () => {
  const lab = await open();
  await lab.load(jobs, [dated(1, month(0))], { minute: 10 });
  const before = listMarks().length;
  expect(await lab.load(jobs, [dated(1, month(0))], { minute: 20, scope: all })).toMatchObject({
    deleted: 0,
  });
  expect(listMarks().length).toBe(before);
  await close(lab);
});

test('a scope of dates has months of its own', async () => {
  const lab = await open();
  await lab.load(jobs, [dated(1, month(0)), dated(2, month(1)), dated(3, month(2))], {
    minute: 10,
  });
  const window = { from: month(1), to: month(2) };
  const scope = { kind: 'range', column: 'createdOn', window } as const;
  expect(
    await lab.load(jobs, [], { pages: [{ rows: 0, extractedAt: month(6) }], scope }),
  ).toMatchObject({ deleted: 1 });
  expect(await lab.table(jobs, 'id, _deleted')).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
  await close(lab);
});

test('a row that comes or moves after the look is marked too: the script runs once more', async () => {
  const lab = await open();
  await lab.load(jobs, [dated(1, month(0)), dated(2, month(1))], { minute: 10 });
  const set = await lab.seal(jobs, [dated(1, month(0))], { minute: 30, scope: all });
  const held = server.addFault({
    sql: /commit transaction/,
    effect: { kind: 'holdJob', at: /^begin/ },
  });
  const committing = lab.commitBatches(jobs, [set]);
  await held.reached;
  const other = await lab.open();
  const moved = job(2, 2, { createdOn: month(7) });
  const late = await lab.seal(jobs, [moved, dated(3, month(9))], { minute: 20, stream: 'late' });
  held.remove();
  await other.commit(await other.stage(jobs, [late]), 'run-2');
  held.release();
  expect(await committing).toMatchObject({ deleted: 2 });
  expect(await lab.table(jobs, 'id, createdOn, _deleted')).toEqual([
    [1, month(0), false],
    [2, month(7), true],
    [3, month(9), true],
  ]);
  await other.close();
  await close(lab);
});

test('a row that another batch of the same commit brings is marked too', async () => {
  const lab = await open();
  const set = await lab.seal(jobs, [dated(1, month(0))], {
    minute: 30,
    scope: all,
    stream: 'whole',
  });
  const older = await lab.seal(jobs, [dated(2, month(4)), dated(3, null)], { minute: 20 });
  expect(await lab.commitBatches(jobs, [set, older])).toMatchObject({ inserted: 3, deleted: 2 });
  expect(await lab.table(jobs, 'id, _deleted')).toEqual([
    [1, false],
    [2, true],
    [3, true],
  ]);
  await close(lab);
});
