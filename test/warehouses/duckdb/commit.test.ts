import { WarehouseError } from '../../../src/errors.ts';
import { expectLedgerToMatch, instant, jobs, openLab, pay, type Lab } from './fixtures.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(async () => {
  await expectLedgerToMatch(lab);
  await lab.close();
});

const job = (id: number, minute: number | null, more: object = {}) => ({
  id,
  jobNumber: `J${id}`,
  modifiedOn: minute === null ? null : instant(minute),
  ...more,
});

const all = { kind: 'all' } as const;

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
      await lab.rows('select rows, rows_inserted, run_id from st_ops.ledger order by version'),
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
    expect(await lab.rows('select count(*) as n from st_raw.raw_pay where not _deleted')).toEqual([
      { n: 2 },
    ]);
  });

  test('give way to the same records once they have ids', async () => {
    await lab.load(pay, [item(5), item(5)], { minute: 10, scope: set });
    await lab.load(pay, [item(5, { id: 1 }), item(5, { id: 2 })], { minute: 20, scope: set });
    expect(await lab.rows('select id from st_raw.raw_pay where not _deleted order by id')).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
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
    const [row] = await lab.rows('select count(distinct left(_key, 34)) as n from st_raw.raw_pay');
    expect(row).toEqual({ n: 4 });
  });

  test('are rejected when they have no key field either', async () => {
    const commit = await lab.load(pay, [{ date: instant(1) }, item(5)]);
    expect(commit).toMatchObject({ inserted: 1, rejects: 1 });
  });
});
