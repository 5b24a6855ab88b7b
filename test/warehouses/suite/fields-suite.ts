import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Row } from '../../../src/warehouses/warehouse.ts';
import {
  numberText,
  objectOf,
  stringText,
  toStoredLine,
  valueText,
} from '../../support/hostile-json.ts';
import { instant, jobs } from './entities.ts';
import { expectLedgerToMatch, openLab, type Lab, type Rig } from './lab.ts';
import { anyCharacter } from '../../support/any-character.ts';

const withoutPayload = (rows: readonly Row[]): Row[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name]) => !['payload', '_load_id'].includes(name)),
    ),
  );

/** Typed columns hold what the fields of the record say, or NULL, and that is counted. */
export const describeFields = (rig: Rig): void => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab(await rig.openPlace());
  });
  afterEach(async () => {
    await expectLedgerToMatch(lab);
    await lab.close();
  });

  const drift = () =>
    lab.rows('select entity, field, kind, count as n from st_ops.drift order by field, kind');

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
    expect(withoutPayload(await lab.rows('select * from st_raw.raw_jobs'))).toEqual([
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
      await lab.table(
        jobs,
        'customerId, customerName, total, balance, latitude, active, createdOn',
      ),
    ).toEqual([
      [null, null, null, null, null, null, null],
      [null, null, null, null, null, null, null],
      [null, '{"nested":true}', null, null, null, null, null],
      [null, null, null, null, null, null, '2024-01-01T07:00:00.000Z'],
      [null, null, null, null, null, null, null],
      [null, null, null, null, null, null, null],
    ]);
    const expected = [
      { field: 'active', kind: `does not fit ${rig.types.bool}`, n: 2 },
      { field: 'balance', kind: `does not fit ${rig.types.decimal}`, n: 2 },
      { field: 'createdOn', kind: `does not fit ${rig.types.timestamp}`, n: 2 },
      { field: 'customer', kind: 'is not an object', n: 2 },
      { field: 'customer.id', kind: `does not fit ${rig.types.int64}`, n: 1 },
      { field: 'latitude', kind: `does not fit ${rig.types.float64}`, n: 2 },
      { field: 'modifiedOn', kind: `does not fit ${rig.types.timestamp}`, n: 2 },
      { field: 'total', kind: `does not fit ${rig.types.decimal}`, n: 3 },
    ].map((row) => ({ entity: 'jobs', ...row }));
    expect(await drift()).toEqual(expected);
    await lab.load(jobs, [{ id: 1, active: 'no' }]);
    expect((await drift())[0]).toMatchObject({ field: 'active', n: 3 });
  });

  test('what the source saw in a batch is kept, with when it was first and last seen and how often', async () => {
    const page = (drift: { field: string; kind: string; count: number }[], minute = 0) => ({
      rows: 1,
      extractedAt: instant(minute),
      drift,
    });
    const appeared = { field: "it's; new", kind: 'appeared', count: 3 };
    const pages = [page([appeared]), page([{ ...appeared, count: 4 }]), page([])];
    const first = await lab.seal(jobs, [{ id: 1 }, { id: 2, total: 'x' }, { id: 3 }], { pages });
    await lab.commitBatches(jobs, [first]);
    await lab.commitBatches(jobs, [first]);
    const vanished = { field: 'total', kind: 'vanished', count: 20 };
    await lab.load(jobs, [{ id: 4 }], { pages: [page([appeared, vanished], 9)] });
    const found = await lab.pick(
      'select * from st_ops.drift order by field, kind',
      ...['tenant_id', 'entity', 'field', 'kind', 'count', 'first_seen', 'last_seen'],
    );
    const [both, misfit, gone] = found;
    expect(both).toMatchObject({ tenant_id: '77', entity: 'jobs', ...appeared, count: 10 });
    expect(String(both?.first_seen) < String(both?.last_seen)).toBe(true);
    expect(misfit).toMatchObject({ field: 'total', kind: `does not fit ${rig.types.decimal}` });
    expect(misfit?.first_seen).toBe(both?.first_seen);
    expect(gone).toMatchObject(vanished);
    expect(gone?.first_seen).toBe(both?.last_seen);
    expect(found).toHaveLength(3);
  });

  test('any JSON object becomes a row with its payload and its texts', async () => {
    let version = 0;
    const record = fc.record({
      jobNumber: fc.oneof(fc.string({ unit: anyCharacter }), fc.constant(null)),
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
      { numRuns: Math.ceil(25 * rig.share) },
    );
  });

  test('whatever JSON a record holds: its payload byte for byte, its texts, and its numbers or NULL', async () => {
    const keys = { jobNumber: '"jobNumber"', total: '"total"', customer: '"customer"' };
    const given = fc.record({
      jobNumber: fc.oneof(stringText, fc.constant('null')),
      total: numberText,
      customer: valueText,
      more: fc.array(fc.tuple(stringText, valueText), { maxLength: 3 }),
      isNameEscaped: fc.boolean(),
    });
    const many = fc.sample(given, { numRuns: Math.ceil(400 * rig.share), seed: 20240401 });
    const known = new Set([...jobs.columns.map(({ path: [field] }) => field), 'id']);
    const texts = many.map(({ jobNumber, total, customer, more, isNameEscaped }, id) =>
      toStoredLine(
        objectOf([
          ['"id"', String(id)],
          ...more.filter(([key]) => !known.has(JSON.parse(key) as string)),
          [isNameEscaped ? '"job\\u004eumber"' : keys.jobNumber, jobNumber],
          [keys.total, total],
          [keys.customer, customer],
        ]),
      ),
    );
    await lab.load(jobs, texts);
    const rows = await lab.rows(
      'select id, payload, jobNumber, total from st_raw.raw_jobs order by id',
    );
    expect(rows.map(({ payload }) => payload)).toEqual(texts);
    expect(rows.map((row) => row.jobNumber)).toEqual(
      many.map(
        ({ jobNumber }) =>
          (JSON.parse(jobNumber) as string | null)?.replace(/\p{Surrogate}/gu, '\ufffd') ?? null,
      ),
    );
    for (const [index, { total }] of many.entries()) {
      const stored = rows[index]?.total;
      const value = Number(total);
      if (Math.abs(value) >= 1e29) expect(stored).toBeNull();
      else expect(Math.abs(Number(stored) - value)).toBeLessThan(1e-9 + Math.abs(value) * 1e-15);
    }
  });

  test('a field that a record names twice: one of its values, and the payload has both', async () => {
    await lab.load(jobs, ['{"id":1,"jobNumber":"a","id":2,"jobNumber":"b"}']);
    const [row] = await lab.table(jobs, 'id, jobNumber, payload');
    expect(row).toEqual([1, 'a', '{"id":1,"jobNumber":"a","id":2,"jobNumber":"b"}']);
  });

  test('instants are cut at the microsecond, never rounded: not over a second, a year or a leap day', async () => {
    const stamps = [
      ['2023-12-31T23:59:59.9999999Z', '2023-12-31T23:59:59.999999Z'],
      ['2024-02-28T23:59:59.9999995Z', '2024-02-28T23:59:59.999999Z'],
      ['2024-02-29T00:00:00.0000001Z', '2024-02-29T00:00:00.000Z'],
      ['2024-03-10T02:30:00.1234567-07:00', '2024-03-10T09:30:00.123456Z'],
      ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ] as const;
    await lab.load(
      jobs,
      stamps.map(([createdOn], id) => ({ id, createdOn })),
    );
    expect(await lab.table(jobs, 'createdOn')).toEqual(stamps.map(([, stored]) => [stored]));
    await lab.load(jobs, [{ id: 9, createdOn: '2023-02-29T00:00:00Z' }]);
    expect(await drift()).toEqual([
      { entity: 'jobs', field: 'createdOn', kind: `does not fit ${rig.types.timestamp}`, n: 1 },
    ]);
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
};
