import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { RecordError, WarehouseError } from '../../../src/errors.ts';
import { expectLedgerToMatch, instant, jobs, openLab, pay, type Lab } from './fixtures.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(async () => {
  await expectLedgerToMatch(lab);
  await lab.close();
});

const drift = () =>
  lab.rows('select entity, field, kind, count as n from st_ops.drift order by field, kind');

const temporaryTables = () =>
  lab.rows('select table_name from duckdb_tables() where temporary and not internal');

describe('staging fails and leaves nothing', () => {
  afterEach(async () => {
    expect(await temporaryTables()).toEqual([]);
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
    { position: 3, reason: 'has an id that does not fit BIGINT', key: 'abc' },
    { position: 4, reason: 'has an id that does not fit BIGINT', key: '1.5' },
    { position: 5, reason: 'has an id that does not fit BIGINT', key: '9223372036854775808' },
    { position: 6, reason: 'is not an object', key: null },
    { position: 7, reason: 'is not an object', key: null },
    { position: 8, reason: 'is not an object', key: null },
    { position: 9, reason: 'is not JSON', key: null },
    { position: 10, reason: 'is not JSON', key: null },
  ]);
  expect(await lab.rows('select rejects, rows from st_ops.ledger')).toEqual([
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

test('columns hold what their fields say', async () => {
  const record = {
    id: '9007199254740993',
    jobNumber: 12.5,
    customer: { id: 5, name: 'Ann "A" O\'Neil\n' },
    total: 12.5,
    balance: '-0.10',
    latitude: -33.25,
    active: true,
    order: 'keyword',
    createdOn: '2024-03-01T10:20:30.1234567Z',
    modifiedOn: '2024-03-01T10:20:30',
  };
  await lab.load(jobs, [record], { minute: 3 });
  expect(
    await lab.rows('select * exclude (payload, _load_id), typeof(total) as t from st_raw.raw_jobs'),
  ).toEqual([
    {
      tenant_id: '77',
      id: '9007199254740993',
      jobNumber: '12.5',
      customerId: 5,
      customerName: 'Ann "A" O\'Neil\n',
      total: '12.500000000',
      balance: '-0.100000000',
      latitude: -33.25,
      active: true,
      order: 'keyword',
      createdOn: '2024-03-01T10:20:30.123456Z',
      modifiedOn: '2024-03-01T10:20:30.000Z',
      _modified_on: '2024-03-01T10:20:30.000Z',
      _extracted_at: instant(3),
      _deleted: false,
      t: 'DECIMAL(38,9)',
    },
  ]);
  expect(await drift()).toEqual([]);
});

test('values that do not fit are NULL, counted, and still in the payload', async () => {
  const misfits = {
    customer: 'a text',
    total: 'abc',
    balance: '1_000',
    latitude: 'NaN',
    active: 'yes',
    createdOn: 'epoch',
    modifiedOn: '2024-02-30T00:00:00Z',
  };
  const fits = { customer: { id: null }, total: null, createdOn: '2024-01-01T00:00:00-07:00' };
  const records = [
    { id: 1, ...misfits },
    { id: 2, ...misfits, customer: [1] },
    { id: 3, customer: { id: 1.5, name: { nested: true } }, total: 1e30 },
    { id: 4, ...fits },
    { id: 5 },
    { id: 6, customer: null },
  ];
  await lab.load(jobs, records);
  expect(
    await lab.table(jobs, 'customerId, customerName, total, balance, latitude, active, createdOn'),
  ).toEqual([
    [null, null, null, null, null, null, null],
    [null, null, null, null, null, null, null],
    [null, '{"nested":true}', null, null, null, null, null],
    [null, null, null, null, null, null, '2024-01-01T07:00:00.000Z'],
    [null, null, null, null, null, null, null],
    [null, null, null, null, null, null, null],
  ]);
  const expected = [
    { field: 'active', kind: 'does not fit BOOLEAN', n: 2 },
    { field: 'balance', kind: 'does not fit DECIMAL(38,9)', n: 2 },
    { field: 'createdOn', kind: 'does not fit TIMESTAMPTZ', n: 2 },
    { field: 'customer', kind: 'is not an object', n: 2 },
    { field: 'customer.id', kind: 'does not fit BIGINT', n: 1 },
    { field: 'latitude', kind: 'does not fit DOUBLE', n: 2 },
    { field: 'modifiedOn', kind: 'does not fit TIMESTAMPTZ', n: 2 },
    { field: 'total', kind: 'does not fit DECIMAL(38,9)', n: 3 },
  ].map((row) => ({ entity: 'jobs', ...row }));
  expect(await drift()).toEqual(expected);
  await lab.load(jobs, [{ id: 1, active: 'no' }]);
  expect((await drift())[0]).toMatchObject({ field: 'active', n: 3 });
});

test('any JSON object becomes a row with its payload and its texts', async () => {
  let version = 0;
  const record = fc.record({
    jobNumber: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)),
    customer: fc.jsonValue(),
    extra: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 20 }), async (records) => {
      version += 1;
      const stream = `stream-${version}`;
      const texts = records.map((value, id) => JSON.stringify({ id, ...value }));
      const tenantId = `tenant-${version}`;
      await lab.load(jobs, texts, { stream, tenantId });
      const rows = await lab
        .warehouse()
        .query(
          'select payload, jobNumber from st_raw.raw_jobs where tenant_id = @tenant order by id',
          { tenant: tenantId },
        );
      expect(rows.map(({ payload }) => payload)).toEqual(texts);
      expect(rows.map((row) => row.jobNumber)).toEqual(records.map((value) => value.jobNumber));
    }),
    { numRuns: 25 },
  );
});

test('lone surrogates become U+FFFD in columns, NUL stays', async () => {
  await lab.load(jobs, [
    '{"id":1,"jobNumber":"a\\ud800b","total":1.25}',
    '{"id":2,"jobNumber":"a\\u0000b"}',
    '{"id":3,"jobNumber":"\\ud83d\\ude00 \\\\ud800 \\uDFFF"}',
  ]);
  expect(await lab.table(jobs, 'jobNumber, total')).toEqual([
    ['a\ufffdb', '1.250000000'],
    ['a\u0000b', null],
    ['😀 \\ud800 \ufffd', null],
  ]);
});

test('a record of many megabytes is a record', async () => {
  const long = 'é"\\'.repeat(2_000_000);
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
  const count = 60_000;
  const records = Array.from({ length: count }, (_, index) => ({
    id: index,
    jobNumber: `${index} ${'x'.repeat(index % 97)}`,
  }));
  const pages = Array.from({ length: 60 }, (_, page) => ({
    rows: 1000,
    extractedAt: instant(page),
  }));
  await lab.load(jobs, [...records], { pages });
  const [row] = await lab.rows(
    `select count(*) as n from st_raw.raw_jobs
    where _extracted_at = timestamptz '2024-03-01 00:00:00+00' + to_minutes(id // 1000)`,
  );
  expect(row).toEqual({ n: count });
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
