import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openModelRig, type GivenRow, type ModelRig } from './support/model-rig.ts';
import { addReferences, now, types, units } from './support/small-company.ts';

let rig: ModelRig;

beforeAll(async () => {
  rig = await openModelRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.clear();
  await addReferences(rig);
});

const calendarDay = '2024-03-18T00:00:00Z';

type Applied = { appliedTo: number | null; appliedAmount: string | number | null };

const payment = (
  id: number,
  total: string | number | null,
  appliedTo: readonly Applied[] | null,
  more: GivenRow = {},
): GivenRow => {
  const date = more.date === undefined ? calendarDay : more.date;
  const payload = JSON.stringify({ id, date, appliedTo });
  return { id, total, date, businessUnitId: units.phoenixSales, payload, ...more };
};

const production = (id: number, unit: number, more: GivenRow = {}): GivenRow => ({
  id,
  businessUnitId: unit,
  jobTypeId: types.paint,
  createdOn: '2024-03-01T19:00:00Z',
  ...more,
});

const collected = async (date = '2024-03-18') => {
  const rows = await rig.read(
    `select business_unit, dollars_collected as money from st_mart.daily_kpis
    where event_date = date '${date}' and dollars_collected <> 0 order by business_unit`,
  );
  return Object.fromEntries(rows.map((row) => [String(row.business_unit), Number(row.money)]));
};

describe('dollars_collected', () => {
  test('splits a payment over the units of its invoices, and the rest goes to its own', async () => {
    await rig.given('jobs', [
      production(1, units.phoenixProduction),
      production(2, units.tucsonProduction),
    ]);
    await rig.given('invoices', [
      { id: 1, jobId: 1, businessUnitId: units.office },
      { id: 2, jobId: 2, active: false },
    ]);
    await rig.given('payments', [
      payment(1, '1000.00', [
        { appliedTo: 1, appliedAmount: '600.00' },
        { appliedTo: 2, appliedAmount: '300.000000001' },
      ]),
    ]);
    await rig.buildAt(now);
    expect(
      await rig.read(
        'select business_unit, invoice_id, dollars_collected from st_mart.collected_payments order by 1',
      ),
    ).toEqual([
      {
        business_unit: 'Phoenix-Production',
        invoice_id: 1,
        dollars_collected: '600.000000000',
      },
      { business_unit: 'Phoenix-Sales', invoice_id: null, dollars_collected: '99.999999999' },
      { business_unit: 'Tucson-Production', invoice_id: 2, dollars_collected: '300.000000001' },
    ]);
  });

  test('keeps refunds, and payments that were not applied', async () => {
    await rig.given('invoices', [{ id: 1, businessUnitId: units.phoenixProduction }]);
    await rig.given('payments', [
      payment(1, 500, [{ appliedTo: 1, appliedAmount: '500' }]),
      payment(2, -120, [{ appliedTo: 1, appliedAmount: '-120' }]),
      payment(3, 70, null),
      payment(4, 7, [], { businessUnitId: units.retiredProduction }),
      payment(5, 1000, null, { active: false }),
      payment(6, 1000, null, { _deleted: true }),
      payment(7, null, null),
    ]);
    await rig.buildAt(now);
    expect(await collected()).toEqual({ 'Phoenix-Production': 387, 'Phoenix-Sales': 70 });
  });

  test('shows money that reaches no unit on a row of its own, with that number alone', async () => {
    await rig.given('jobs', [production(1, units.office)]);
    await rig.given('invoices', [
      { id: 1, jobId: 1, businessUnitId: units.phoenixProduction },
      { id: 2, jobId: 99, businessUnitId: units.phoenixProduction },
    ]);
    await rig.given('payments', [
      payment(1, 10, [
        { appliedTo: 1, appliedAmount: '1' },
        { appliedTo: 2, appliedAmount: '2' },
        { appliedTo: 77, appliedAmount: '3' },
        { appliedTo: null, appliedAmount: '4' },
      ]),
      payment(2, 20, null, { businessUnitId: units.office }),
      payment(3, 30, null, { businessUnitId: null }),
    ]);
    await rig.buildAt(now);
    expect(await collected()).toEqual({ '(no unit)': 58, 'Phoenix-Production': 2 });
    const [row] = await rig.read(
      `select * from st_mart.daily_kpis where business_unit = '(no unit)'`,
    );
    expect(
      Object.entries(row ?? {})
        .filter(([, value]) => value !== null)
        .map(([name]) => name),
    ).toEqual(['event_date', 'business_unit', 'dollars_collected', 'region', 'tenant_id']);
    expect(row?.region).toBe('(no unit)');
  });

  test('counts what cannot be read as an amount as not applied', async () => {
    await rig.given('invoices', [{ id: 1, businessUnitId: units.phoenixProduction }]);
    await rig.given('payments', [
      payment(1, 10, [
        { appliedTo: 1, appliedAmount: '4' },
        { appliedTo: 1, appliedAmount: 'four' },
        { appliedTo: 1, appliedAmount: null },
      ]),
      payment(2, 5, null, {
        payload: '{"memo":"half a pair \\ud83d","appliedTo":[{"appliedTo":1,"appliedAmount":"5"}]}',
      }),
    ]);
    await rig.buildAt(now);
    expect(await collected()).toEqual({ 'Phoenix-Production': 9, 'Phoenix-Sales': 6 });
  });

  describe('dates a payment', () => {
    const local = '2024-03-18';
    const cases = [
      ['midnight UTC is a calendar date', '2024-03-18T00:00:00Z'],
      ['midnight with a fraction of zeros too', '2024-03-18T00:00:00.0000000Z'],
      ['an evening instant is shifted', '2024-03-19T01:02:00Z'],
      ['what has no zone is taken as written', '2024-03-18T23:30:00'],
      ['an offset is an instant', '2024-03-18T23:30:00-07:00'],
      ['an offset is an instant at midnight UTC too', '2024-03-18T17:00:00-07:00'],
      ['midnight with an offset of nothing', '2024-03-18T00:00:00+00:00'],
      ['a date alone is taken as written', '2024-03-18'],
    ].map(([rule = '', date = ''], index) => ({ id: index + 1, rule, date }));

    const toPayment = ({ id, date }: { id: number; date: string }): GivenRow => {
      const zoned = /[Z]$|[+-]\d\d:\d\d$/.test(date)
        ? date
        : `${date.padEnd(19, 'T00:00:00').slice(0, 19)}Z`;
      return payment(id, 5, null, { date: zoned, payload: JSON.stringify({ date }) });
    };

    beforeAll(async () => {
      await rig.clear();
      await addReferences(rig);
      await rig.given('payments', cases.map(toPayment));
      await rig.buildAt(now);
    });

    test.each(cases)('$rule', async ({ id }) => {
      const rows = await rig.read(
        `select cast(event_date as string) as day, dollars_collected as money
        from st_mart.collected_payments where payment_id = ${id}`,
      );
      expect(rows).toEqual([{ day: local, money: '5.000000000' }]);
      expect(await collected(local)).toEqual({ 'Phoenix-Sales': 5 * cases.length });
    });
  });

  test('falls back to createdOn, shifted, without a date or with one of year 1', async () => {
    const createdOn = '2024-03-19T00:00:00Z';
    await rig.given('payments', [
      payment(1, 1, null, { date: null, createdOn }),
      payment(2, 2, null, { date: '0001-01-01T00:00:00Z', createdOn }),
      payment(3, 4, null, { date: null }),
    ]);
    await rig.buildAt(now);
    expect(await collected()).toEqual({ 'Phoenix-Sales': 3 });
  });
});

describe('outstanding_ar', () => {
  const owed = async () => {
    await rig.buildAt(now);
    return rig.day('2024-03-20', 'Phoenix-Production', 'outstanding_ar');
  };
  const bill = (id: number, balance: string | number | null, more: GivenRow = {}): GivenRow => ({
    id,
    balance,
    businessUnitId: units.phoenixProduction,
    locationId: 1,
    ...more,
  });

  beforeEach(async () => {
    // The marts begin with the first activity.
    await rig.given('jobs', [production(7, units.phoenixProduction)]);
    await rig.given('locations', [
      { id: 1, name: 'Old mill', active: false },
      { id: 2, name: '  ' },
    ]);
  });

  test('nets the balances of a location over the rolled-up unit', async () => {
    await rig.given('jobs', [production(1, units.phoenixProduction)]);
    await rig.given('invoices', [
      bill(1, '100.50'),
      bill(2, '-40.25', { businessUnitId: units.retiredProduction }),
      bill(3, 7, { jobId: 1, businessUnitId: units.tucsonProduction }),
      bill(4, 1000, { active: false }),
      bill(5, null),
      bill(6, 5000, { businessUnitId: units.phoenixSales }),
      bill(7, 5000, { businessUnitId: units.office }),
    ]);
    expect(await owed()).toEqual({ outstanding_ar: '67.250000000' });
  });

  test.each([
    ['9.999999999', '0.000000000'],
    ['10.00', '10.000000000'],
    ['-50', '0.000000000'],
  ])('a location that owes %s makes %s', async (balance, expected) => {
    await rig.given('invoices', [bill(1, balance)]);
    expect(await owed()).toEqual({ outstanding_ar: expected });
  });

  test('does not take a location’s id for another’s name', async () => {
    await rig.given('invoices', [
      bill(1, 6, { locationId: 55, locationName: 'Pier 4' }),
      bill(2, 6, { locationId: null, locationName: '55' }),
    ]);
    expect(await owed()).toEqual({ outstanding_ar: '0.000000000' });
  });

  test('names a location by its record, else by the invoice, and leaves out the nameless', async () => {
    await rig.given('invoices', [
      bill(1, 11, { locationId: 2, locationName: 'The mill' }),
      bill(2, 100, { locationId: 2, locationName: ' ' }),
      bill(3, 1000, { locationId: 9, locationName: 'Pier 4' }),
      bill(4, 10000, { locationId: 8 }),
      bill(5, 6, { locationId: null, locationName: 'By name' }),
      bill(6, 7, { locationId: null, locationName: 'By name' }),
      bill(7, 100000, { locationId: null }),
    ]);
    expect(await owed()).toEqual({ outstanding_ar: '1024.000000000' });
  });

  test('keeps units and tenants apart', async () => {
    await rig.given('invoices', [
      bill(1, 6),
      bill(2, 6, { businessUnitId: units.tucsonProduction }),
      bill(3, 6, { tenant_id: '2' }),
    ]);
    expect(await owed()).toEqual({ outstanding_ar: '0.000000000' });
  });
});
