import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError, WarehouseError } from '../../../src/errors.ts';
import { chooseDates } from '../../../src/pipeline/kpis/choose-dates.ts';
import { columnsOf, marts, type Grain } from '../../../src/pipeline/kpis/marts.ts';
import { readKpis } from '../../../src/pipeline/kpis/read-kpis.ts';
import {
  assertBuilt,
  readFirstSnapshot,
  readRange,
  readUnits,
} from '../../../src/pipeline/kpis/read-mart.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';
import { openCompanies } from './support/open-companies.ts';

let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = (await openCompanies()).warehouse;
}, 60_000);

afterAll(() => warehouse.close());

const of = (tenantId: string) => ({ warehouse, tenantId });

const read = (
  grain: Grain,
  [first, last]: [string, string],
  places: string[] | null = null,
  tenantId = '1',
) => readKpis(of(tenantId), { grain, dates: { first, last }, places });

describe('what is not there', () => {
  test('a model that was never built for the tenant', async () => {
    await expect(assertBuilt(of('9'), ['st_mart.daily_kpis'])).rejects.toThrow(WarehouseError);
    await expect(assertBuilt(of('9'), ['st_mart.daily_kpis'])).rejects.toThrow(
      'Cannot read st_mart.daily_kpis: it has not been built for tenant 9; run fieldmart build',
    );
    await expect(assertBuilt(of('1'), ['st_mart.no_kpis'])).rejects.toThrow(WarehouseError);
    await assertBuilt(of('1'), ['st_mart.daily_kpis']);
  });

  test('a company without records has no dates, no units, no snapshots, no rows', async () => {
    expect(await readRange(of('3'))).toBeNull();
    expect(await readUnits(of('3'))).toEqual([]);
    expect(await readFirstSnapshot(of('3'))).toBeNull();
    expect(await read('day', ['2024-01-01', '2024-12-31'], null, '3')).toEqual([]);
  });

  test('days outside the marts, and no units', async () => {
    expect(await read('day', ['2023-01-01', '2023-12-31'])).toEqual([]);
    expect(await read('day', ['2024-03-04', '2024-03-05'], [])).toEqual([]);
  });
});

describe('the rows', () => {
  test.each(Object.entries(marts))(
    'by %s have the columns of %o, in its order',
    async (grain, mart) => {
      const [row] = await read(grain as Grain, ['2024-03-04', '2024-03-10']);
      expect(Object.keys(row ?? {})).toEqual(columnsOf(mart));
    },
  );

  test('hold counts as numbers, money and percentages as exact texts of one form', async () => {
    expect(await read('day', ['2024-03-18', '2024-03-18'], ['Phoenix-Sales'])).toEqual([
      {
        event_date: '2024-03-18',
        business_unit: 'Phoenix-Sales',
        lead_count: 0,
        total_booked: '9920.000000001',
        dollars_produced: null,
        gpm_percent: null,
        dollars_collected: '0.00',
        num_estimates: 0,
        close_rate_percent: '100.00',
        future_bookings: null,
        warranty_percent: null,
        outstanding_ar: null,
        lead_customers: 0,
        sales_opportunities: 1,
        closed_opportunities: 1,
        production_cost: null,
        warranty_cost: null,
        region: 'Phoenix',
        unit_kind: 'SALES',
        tenant_id: '1',
      },
    ]);
  });

  test('come by date, then by region, sales first, and no unit last', async () => {
    const rows = await read('day', ['2024-03-14', '2024-03-15']);
    const oneDay = [
      "Andy's Painting-Sales",
      "Andy's Painting-Production",
      'Phoenix-Sales',
      'Phoenix-Production',
      '(no unit)',
    ];
    expect(rows.map(({ event_date, business_unit }) => [event_date, business_unit])).toEqual(
      ['2024-03-14', '2024-03-15'].flatMap((date) => oneDay.map((unit) => [date, unit])),
    );
    const regions = await read('region', ['2024-03-14', '2024-03-14']);
    expect(regions.map(({ region }) => region)).toEqual(['Albuquerque', 'Phoenix', '(no unit)']);
  });

  test('by week are those of the weeks that have one of the days', async () => {
    const weeks = async (first: string, last: string) =>
      (await read('week', [first, last], ['Phoenix-Sales'])).map(({ week_start }) => week_start);
    expect(await weeks('2024-03-10', '2024-03-10')).toEqual(['2024-03-04']);
    expect(await weeks('2024-03-10', '2024-03-11')).toEqual(['2024-03-04', '2024-03-11']);
    expect(await weeks('2024-03-17', '2024-03-18')).toEqual(['2024-03-11', '2024-03-18']);
  });

  test('of names with quotes and of other tenants are kept apart', async () => {
    const rows = await read('week-region', ['2024-03-04', '2024-03-04'], ['Phoenix', "O'Neil"]);
    expect(rows).toMatchObject([{ region: 'Phoenix', tenant_id: '1' }]);
    const others = await read('region', ['2024-03-04', '2024-03-04'], null, '2');
    expect(new Set(others.map(({ tenant_id }) => tenant_id))).toEqual(new Set(['2']));
  });
});

test('what the marts hold: dates, units, the first snapshot', async () => {
  expect(await readRange(of('1'))).toEqual({ first: '2024-03-02', last: '2024-04-01' });
  expect(await readFirstSnapshot(of('1'))).toBe('2024-04-01');
  const units = await readUnits(of('1'));
  expect(units[0]).toEqual({ name: "Andy's Painting-Sales", region: 'Albuquerque', kind: 'SALES' });
  expect(units.at(-1)).toEqual({ name: '(no unit)', region: '(no unit)', kind: null });
});

describe('chooseDates', () => {
  const range = { first: '2024-03-02', last: '2024-04-03' };

  test('refuses an end before the beginning', () => {
    const wanted = { from: '2024-03-02', to: '2024-03-01' };
    expect(() => chooseDates(wanted, range)).toThrow(ConfigError);
  });

  test.each([
    ['a Wednesday', '2024-04-03', '2024-03-25', '2024-03-31'],
    ['a Monday', '2024-04-01', '2024-03-25', '2024-03-31'],
    ['a Sunday, which is not over', '2024-03-31', '2024-03-18', '2024-03-24'],
    ['the turn of a leap February', '2024-03-09', '2024-02-26', '2024-03-03'],
  ])('takes the week before that of the build, on %s', (_, last, from, to) => {
    expect(chooseDates({ from: null, to: null }, { ...range, last })).toEqual({
      first: from,
      last: to,
      why: 'the latest full week',
    });
  });

  test('takes all days while no week is over', () => {
    const young = { first: '2024-04-01', last: '2024-04-07' };
    expect(chooseDates({ from: null, to: null }, young)).toEqual({
      ...young,
      why: 'all days, for no week is over yet',
    });
  });

  test('goes to the end of the marts where one date is missing', () => {
    expect(chooseDates({ from: '2024-03-20', to: null }, range)).toEqual({
      ...{ first: '2024-03-20', last: '2024-04-03', why: null },
    });
    expect(chooseDates({ from: null, to: '2024-03-20' }, range)).toEqual({
      ...{ first: '2024-03-02', last: '2024-03-20', why: null },
    });
    expect(chooseDates({ from: '2024-03-20', to: '2024-03-20' }, range)).toMatchObject({
      first: '2024-03-20',
    });
  });
});
