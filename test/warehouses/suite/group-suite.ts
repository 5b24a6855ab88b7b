import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import type { Batch } from '../../../src/model.ts';
import { jobs, pay } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';

const item = (payrollId: number, amount: unknown, more: object = {}) => ({
  payrollId,
  employeeType: 'Technician',
  amount,
  ...more,
});

/** What the batch at `index` of a group holds: each of five kinds in turn. */
const recordsOf = (index: number): unknown[] => {
  switch (index % 5) {
    case 0:
      return [];
    case 1:
      return [1, 2, 3].map((n) => item(index, n, { id: index * 10 + n }));
    case 2:
      return [item(index, 5), item(index, 5), item(index, '1.5e1')];
    case 3:
      return [item(index, 'abc', { id: index * 10 }), { employeeType: null }];
    default:
      return [item(index, 1, { id: 7, modifiedOn: `2024-01-01T00:00:${String(10 + index)}Z` })];
  }
};

/** Small batches, each kind as often; those with a scope find a stored row that their set no longer holds. */
const sealGroup = async (lab: Lab, rounds: number): Promise<Batch[]> => {
  const batches: Batch[] = [];
  for (let index = 0; index < 5 * rounds; index += 1) {
    const scoped = index % 5 === 2;
    if (scoped) await lab.load(pay, [item(index, 5), item(index, 6)], { stream: 'earlier' });
    const batch = await lab.seal(pay, recordsOf(index), {
      stream: index % 5 === 4 ? 'shared' : `window ${String(index)}`,
      minute: 10 + index,
      done: index % 2 === 0,
      scope: scoped ? { kind: 'values', column: 'payrollId', values: [String(index)] } : null,
    });
    batches.push(batch);
  }
  return batches;
};

const read = async (lab: Lab) => ({
  stored: await lab.table(pay, '*'),
  controls: await lab.rows(
    'select stream, version, cursor, done, rows_stored from st_ops.cursors order by stream',
  ),
  rejects: await lab.rows('select * from st_ops.rejects order by load_id, position'),
  drift: await lab.rows('select field, kind, count from st_ops.drift order by field, kind'),
  ledger: await lab.pick(
    'select * from st_ops.ledger order by load_id',
    ...[
      'load_id',
      'version',
      'cursor_from',
      'cursor_to',
      'rows',
      'bytes',
      'sha256',
      'rows_deleted',
    ],
    ...['rejects', 'extracted_from', 'extracted_to', 'run_id'],
  ),
});

/** Many batches that are staged and committed together leave what they leave one by one. */
export const describeGroups = (rig: Rig): void => {
  const rounds = Math.max(2, Math.round(6 * rig.share));
  const labs: Lab[] = [];
  const open = async (): Promise<Lab> => {
    const lab = await openLab(await rig.openPlace());
    labs.push(lab);
    return lab;
  };
  afterEach(async () => {
    for (const lab of labs.splice(0)) {
      await expectLedgerToMatch(lab);
      await lab.close();
    }
  });

  test('a group of many batches leaves what they leave one by one', async () => {
    const [together, alone] = [await open(), await open()];
    const group = await sealGroup(together, rounds);
    const replayed = group.slice(6, 8);
    await together.commitBatches(pay, replayed);
    const commit = await together.commitBatches(pay, [...group, ...replayed]);
    expect(commit.loadIds).toEqual(
      group.filter((batch) => !replayed.includes(batch)).map(({ loadId }) => loadId),
    );
    expect(commit).toMatchObject({ deleted: rounds - 1, rejects: rounds });
    for (const batch of await sealGroup(alone, rounds)) await alone.commitBatches(pay, [batch]);
    const left = await read(together);
    expect(left).toEqual(await read(alone));
    expect(left.drift).toEqual([
      { field: 'amount', kind: `does not fit ${rig.types.decimal}`, count: rounds },
    ]);
    expect(left.controls).toContainEqual({
      stream: 'shared',
      version: rounds,
      cursor: `{"next":${rounds}}`,
      done: false,
      rows_stored: rounds,
    });
  });

  test.each([
    ['a stale batch at its end', 'stale', [9]],
    ['a stream that skips a version', 'skipping', [0, 2]],
    ['a stream that is read twice at one version', 'twice', [0, 0]],
  ])('a group with %s is rolled back whole, and names it', async (_, stream, versions) => {
    const lab = await open();
    const group = await sealGroup(lab, rounds);
    const before = await read(lab);
    const late: Batch[] = [];
    for (const [index, version] of versions.entries()) {
      late.push(await lab.seal(pay, [item(99, index)], { stream, version }));
    }
    const controls = await lab.rows('select * from st_ops.cursors order by stream');
    const committing = lab.commitBatches(pay, [...group, ...late]);
    await expect(committing).rejects.toThrow(WarehouseError);
    await expect(committing).rejects.toThrow(
      `Cannot commit pay (${stream}): another run is writing it, its control row is no longer at ` +
        `version ${String(versions.at(-1))};`,
    );
    expect(await lab.rows('select * from st_ops.cursors order by stream')).toEqual(controls);
    expect({ ...(await read(lab)), controls: before.controls }).toEqual(before);
    expect((await lab.commitBatches(pay, group)).loadIds).toHaveLength(5 * rounds);
  });

  test('a control row that is there twice stops the commit', async () => {
    const lab = await open();
    const batch = await lab.seal(jobs, [{ id: 1 }]);
    await lab.warehouse().execute('insert into st_ops.cursors select * from st_ops.cursors');
    await expect(lab.commitBatches(jobs, [batch])).rejects.toThrow(WarehouseError);
  });

  describe('small files that are read together', () => {
    const sealMany = async (lab: Lab, texts: readonly unknown[]): Promise<Batch[]> => {
      const batches: Batch[] = [];
      for (const [index, record] of texts.entries()) {
        batches.push(await lab.seal(jobs, [record], { stream: `window ${String(index)}` }));
      }
      return batches;
    };

    test('one record too many here and one too few there do not cancel out', async () => {
      const lab = await open();
      const batches = await sealMany(lab, [{ id: 1 }, { id: 2 }, { id: 3 }]);
      await appendFile(batches[2]?.file ?? '', '{"id":4}\n');
      await writeFile(batches[1]?.file ?? '', '');
      await expect(lab.warehouse().stage(jobs, batches)).rejects.toThrow(
        `Cannot load batch ${String(batches[1]?.loadId)} of jobs: its spool file holds 0 records`,
      );
    });

    test('may have any names, lack the last line end, and keep their order', async () => {
      const lab = await open();
      const names = ["it's;", 'z*b?[c]', 'z*', 'x=1,{y}', 'line\nbreak', '[z]', 'é "q"', 'a'];
      const batches: Batch[] = [];
      for (const name of names) {
        const record = { id: 1, jobNumber: name };
        const file = join(lab.directory, name);
        const batch = await lab.seal(jobs, [{ id: 2 }, record], { stream: name, file });
        await writeFile(file, `{"id":2}\n${JSON.stringify(record)}`);
        batches.push(batch);
      }
      await lab.commitBatches(jobs, batches);
      expect(await lab.table(jobs, 'id, jobNumber')).toEqual([
        [1, 'a'],
        [2, null],
      ]);
      const [first] = await lab.rows(
        'select load_id, rows_inserted from st_ops.ledger order by rows_inserted desc limit 1',
      );
      expect(first).toEqual({ load_id: batches.at(-1)?.loadId, rows_inserted: 2 });
    });

    test('are read one by one when a reader refuses one, or two batches share a file', async () => {
      const lab = await open();
      const batches = await sealMany(lab, [{ id: 1 }, '{"id":2,\r"jobNumber":"two"}', { id: 3 }]);
      const copy = await lab.seal(jobs, [{ id: 3 }], { file: batches[2]?.file ?? '' });
      await lab.commitBatches(jobs, [...batches, copy]);
      expect(await lab.table(jobs, 'id, jobNumber')).toEqual([
        [1, null],
        [2, 'two'],
        [3, null],
      ]);
    });

    test('stand between large ones in their order', async () => {
      const lab = await open();
      const long = 'x'.repeat(1_200_000);
      const batches = await sealMany(
        lab,
        ['a', long, 'b', 'c', long, long, 'd'].map((jobNumber) => ({ id: 1, jobNumber })),
      );
      const empty = await lab.seal(jobs, [], { stream: 'empty' });
      await lab.commitBatches(jobs, [empty, ...batches]);
      expect(await lab.table(jobs, 'id, jobNumber')).toEqual([[1, 'd']]);
    });
  });

  test('exponents are expanded in each column for itself', async () => {
    const lab = await open();
    await lab.load(jobs, [
      '{"id":1,"total":1.5e2,"balance":"2.50"}',
      '{"id":2,"total":3.25,"balance":"-4E-9"}',
      '{"id":3,"total":"1e","balance":"12e1"}',
      '{"id":4,"total":"e","balance":null}',
    ]);
    expect(await lab.table(jobs, 'total, balance')).toEqual([
      ['150.000000000', '2.500000000'],
      ['3.250000000', '-0.000000004'],
      [null, '120.000000000'],
      [null, null],
    ]);
  });
};
