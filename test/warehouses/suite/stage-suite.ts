import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RecordError, WarehouseError } from '../../../src/errors.ts';
import { instant, jobs, pay } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';

/** What is staged is what stands in the spool files: every record, every byte, every value that fits. */
export const describeStaging = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(async () => {
    await expectLedgerToMatch(lab);
    await lab.close();
  });

  describe('staging fails and leaves nothing', () => {
    afterEach(async () => {
      expect(await lab.listStaging()).toEqual([]);
      await lab.load(jobs, [{ id: 99 }], { version: 0, stream: 'after' });
      expect(await lab.table(jobs, 'id')).toEqual([[99]]);
    });

    test('when the file is missing', async () => {
      const batch = await lab.seal(jobs, [{ id: 1 }]);
      await rm(batch.file);
      await expect(lab.warehouse().stage(jobs, [batch])).rejects.toThrow(
        `Cannot load batch ${batch.loadId} of jobs: its spool file cannot be read`,
      );
    });

    test('when the file holds more rows than the manifest says', async () => {
      const batch = await lab.seal(jobs, [{ id: 1 }]);
      await appendFile(batch.file, '{"id":2}\n');
      const staging = lab.warehouse().stage(jobs, [batch]);
      await expect(staging).rejects.toThrow(WarehouseError);
      await expect(staging).rejects.toThrow(/holds 2 records and its manifest says 1/);
    });

    test('when the file is cut', async () => {
      const batch = await lab.seal(jobs, [{ id: 1 }, { id: 2 }]);
      await writeFile(batch.file, '{"id":1}\n');
      await expect(lab.warehouse().stage(jobs, [batch])).rejects.toThrow(/holds 1 records/);
    });

    test('when the pages do not add up to the rows', async () => {
      const pages = [{ rows: 1, extractedAt: instant(0) }];
      const batch = await lab.seal(jobs, [{ id: 1 }, { id: 2 }], { pages });
      await expect(lab.warehouse().stage(jobs, [batch])).rejects.toThrow(WarehouseError);
    });

    test('when too many records are rejected, without a word of their content', async () => {
      const records = Array.from({ length: 11 }, () => ({ name: 'Secret Person' }));
      const batch = await lab.seal(jobs, [{ id: 1 }, ...records]);
      const staging = lab.warehouse().stage(jobs, [batch]);
      await expect(staging).rejects.toThrow(RecordError);
      await expect(staging).rejects.toThrow(
        `Cannot store jobs: 11 of 12 records are not usable, the first (record 2 of load ${batch.loadId}) has no id`,
      );
      await expect(staging).rejects.not.toThrow(/Secret/);
    });

    test('when too many are rejected, with the key of the first, on one line', async () => {
      const records = Array.from({ length: 11 }, () => ({ id: 'x" (1)\n y', name: 'Secret' }));
      const batch = await lab.seal(jobs, [{ id: 1 }, ...records, { name: 'Secret' }]);
      const staging = lab.warehouse().stage(jobs, [batch]);
      await expect(staging).rejects.toThrow(
        `(record 2 of load ${batch.loadId}, key "x\\" (1)\\n y") has an id that does not fit ${rig.types.int64}; `,
      );
      await expect(staging).rejects.not.toThrow(/Secret/);
    });
  });

  test('records that cannot be stored are set aside with the reason and without content', async () => {
    const records = [
      { id: 1 },
      { id: null, name: 'Secret' },
      { id: 'abc' },
      { id: 1.5 },
      { id: 9223372036854775808n.toString() },
      '[1]',
      '"text"',
      'null',
      '{"id":7',
      '',
    ];
    const commit = await lab.load(jobs, records);
    expect(commit).toMatchObject({ inserted: 1, rejects: 9 });
    expect(await lab.rows('select position, reason, key from st_ops.rejects order by 1')).toEqual([
      { position: 2, reason: 'has no id', key: null },
      { position: 3, reason: `has an id that does not fit ${rig.types.int64}`, key: 'abc' },
      { position: 4, reason: `has an id that does not fit ${rig.types.int64}`, key: '1.5' },
      {
        position: 5,
        reason: `has an id that does not fit ${rig.types.int64}`,
        key: '9223372036854775808',
      },
      { position: 6, reason: 'is not an object', key: null },
      { position: 7, reason: 'is not an object', key: null },
      { position: 8, reason: 'is not an object', key: null },
      { position: 9, reason: 'is not JSON', key: null },
      { position: 10, reason: 'is not JSON', key: null },
    ]);
    expect(await lab.pick('select * from st_ops.ledger', 'rejects', 'rows')).toEqual([
      { rejects: 9, rows: 10 },
    ]);
    expect(await lab.rows('select rows_stored from st_ops.cursors')).toEqual([{ rows_stored: 1 }]);
  });

  test('one percent of many records may be rejected', async () => {
    const records = Array.from({ length: 2000 }, (_, index) => (index < 20 ? {} : { id: index }));
    expect(await lab.load(jobs, records)).toMatchObject({ inserted: 1980, rejects: 20 });
    const more = await lab.seal(jobs, [...records.slice(0, 20), {}, ...records.slice(20, 1999)]);
    await expect(lab.warehouse().stage(jobs, [more])).rejects.toThrow(/21 of 2000/);
  });

  test('the payload is stored as received, byte for byte', async () => {
    const records = [
      '{"id": 1, "total":1.50,"u":"\\u00e9\\u0000 é\u2028 😀","a":{"b":[ 1 ,2]}}',
      '{"id":2,"lone":"\\ud800 \\\\ud800 \\ud83d\\ude00"}',
      '\t{"id":3,"total":0.12345678901234567890}  ',
      `{"id":4,"quote":"it's \\"so\\"; drop table x;"}`,
      '{"id":5,\r"total":7}\r',
      '{"id":6,"raw":"\u007f"}',
    ];
    const batch = await lab.seal(jobs, records);
    await lab.commitBatches(jobs, [batch]);
    const rows = await lab.table(jobs, 'payload');
    expect(rows.map(([payload]) => payload)).toEqual(records);
    expect(await readFile(batch.file, 'utf8')).toBe(
      rows.map(([text]) => `${String(text)}\n`).join(''),
    );
  });

  test('bytes that are no UTF-8 and control characters do not stop a load', async () => {
    const batch = await lab.seal(jobs, [
      '{"id":1,"jobNumber":"aXb"}',
      '{"id":2,"jobNumber":"aYb No space left, Permission denied"}',
    ]);
    const bytes = await readFile(batch.file);
    bytes[bytes.indexOf('X')] = 0xff;
    bytes[bytes.indexOf('Y')] = 0x01;
    await writeFile(batch.file, bytes);
    expect(await lab.commitBatches(jobs, [batch])).toMatchObject({ inserted: 1, rejects: 1 });
    expect(await lab.table(jobs, 'id, jobNumber')).toEqual([[1, 'a\ufffdb']]);
  });

  test('a record of many megabytes is a record', async () => {
    const long = 'é"\\'.repeat(2_000_000 * rig.share);
    await lab.load(jobs, [{ id: 1 }, { id: 2, jobNumber: long, total: 1.5 }, { id: 3 }]);
    await lab.load(jobs, [`{"id":4,"jobNumber":${JSON.stringify(long)},"lone":"\\ud800"}`]);
    const rows = await lab.table(jobs, 'id, jobNumber');
    expect(rows.map(([id, text]) => [id, text === null || text === long])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  test('lines keep their order over a large file', async () => {
    const pageCount = Math.round(60 * rig.share);
    const records = Array.from({ length: pageCount * 1000 }, (_, index) => ({
      id: index,
      jobNumber: `${index} ${'x'.repeat(index % 97)}`,
    }));
    const pages = Array.from({ length: pageCount }, (_, page) => ({
      rows: 1000,
      extractedAt: instant(page),
    }));
    await lab.load(jobs, records, { pages });
    const rows = await lab.rows(
      `select _extracted_at, min(id) as first_id, max(id) as last_id, count(*) as n
      from st_raw.raw_jobs group by _extracted_at order by _extracted_at`,
    );
    expect(rows).toEqual(
      pages.map(({ extractedAt }, page) => ({
        _extracted_at: extractedAt,
        first_id: page * 1000,
        last_id: page * 1000 + 999,
        n: 1000,
      })),
    );
  });

  test('a spool file may have any name', async () => {
    for (const [index, name] of [
      "it's;.ndjson",
      'a*b?[c].gz',
      'x=1,{y}.csv',
      'line\nbreak',
    ].entries()) {
      const file = join(lab.directory, name);
      await lab.load(jobs, [{ id: index }], { file, stream: `'${name}"; drop table x` });
    }
    expect(await lab.table(jobs, 'id')).toEqual([[0], [1], [2], [3]]);
  });

  test('id-less twins in one batch of several sets are numbered per set', async () => {
    const item = (payrollId: number) => ({ payrollId, employeeType: 'T', amount: 5 });
    const scope = { kind: 'values' as const, column: 'payrollId', values: ['1', '2'] };
    const commit = await lab.load(pay, [item(1), item(2), item(1)], { scope });
    expect(commit.inserted).toBe(3);
  });
};
