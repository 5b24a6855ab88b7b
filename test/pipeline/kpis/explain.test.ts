import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/errors.ts';
import { explainKpi, type Explanation } from '../../../src/pipeline/kpis/explain.ts';
import { kpis, noUnit, parts, type Kpi } from '../../../src/pipeline/kpis/kpis.ts';
import {
  readRange,
  readUnits,
  type DateRange,
  type MartDeps,
  type Unit,
} from '../../../src/pipeline/kpis/read-mart.ts';
import type { Warehouse } from '../../../src/warehouses/warehouse.ts';
import { openCompanies } from './support/open-companies.ts';

const measures = [...kpis, ...parts];

let warehouse: Warehouse;
let deps: MartDeps;
let units: Unit[];
let range: DateRange | null;

beforeAll(async () => {
  warehouse = (await openCompanies()).warehouse;
  deps = { warehouse, tenantId: '1' };
  units = await readUnits(deps);
  range = await readRange(deps);
}, 60_000);

afterAll(() => warehouse.close());

const kpiOf = (name: string): Kpi => {
  const kpi = measures.find((one) => one.name === name);
  if (kpi === undefined) throw new Error(name);
  return kpi;
};

const explain = (name: string, unit: string, date: string): Promise<Explanation> =>
  explainKpi(
    deps,
    {
      kpi: kpiOf(name),
      unit: units.find((one) => one.name === unit) ?? { name: unit, region: unit, kind: null },
      date,
    },
    { units, range },
  );

describe('a question that has no answer', () => {
  test.each([
    [
      'lead_count',
      'Phoenix-Production',
      '2024-03-05',
      'it is a number of sales units; ask for Phoenix-Sales, the sales unit of Phoenix',
    ],
    [
      'warranty_percent',
      "Andy's Painting-Sales",
      '2024-03-05',
      "ask for Andy's Painting-Production, the production unit of Albuquerque",
    ],
    ['total_booked', noUnit, '2024-03-14', '(no unit) has dollars_collected alone'],
    [
      'total_booked',
      'Phoenix-Sales',
      '2024-03-01',
      'st_mart.daily_kpis goes from 2024-03-02 to 2024-04-01; choose a date between',
    ],
    ['total_booked', 'Phoenix-Sales', '2024-04-02', 'goes from 2024-03-02 to 2024-04-01'],
    [
      'outstanding_ar',
      'Phoenix-Production',
      '2024-03-31',
      'no build wrote a snapshot on that date; the nearest is of 2024-04-01',
    ],
  ])('%s of %s on %s', async (kpi, unit, date, message) => {
    const asked = explain(kpi, unit, date);
    await expect(asked).rejects.toThrow(ConfigError);
    await expect(asked).rejects.toThrow(message);
  });

  test('a region that has no unit of the kind says so', async () => {
    const lonely: Unit = { name: 'North-Sales', region: 'North', kind: 'SALES' };
    const query = { kpi: kpiOf('gpm_percent'), unit: lonely, date: '2024-03-05' };
    await expect(explainKpi(deps, query, { units: [lonely], range })).rejects.toThrow(
      'it is a number of production units; North has none',
    );
  });

  test('empty marts have no dates at all', async () => {
    const query = {
      kpi: kpiOf('lead_count'),
      unit: { name: 'Phoenix-Sales', region: 'Phoenix', kind: 'SALES' } as const,
      date: '2024-03-05',
    };
    const known = { units: [], range: null };
    await expect(explainKpi({ ...deps, tenantId: '3' }, query, known)).rejects.toThrow(
      'st_mart.daily_kpis is empty; load records first',
    );
  });
});

describe('the records of a number', () => {
  test.each(measures.map((kpi) => [kpi.name, kpi] as const))(
    'of %s add up to it, on every day and in every unit that has any',
    async (name, kpi) => {
      const days = await warehouse.query(
        `select distinct business_unit as unit, cast(event_date as string) as date
        from ${kpi.records.table}
        where tenant_id = '1' and event_date <= date '2024-04-01'`,
      );
      const [mart] = await warehouse.query(
        `select countif(${name} != 0) as n from st_mart.daily_kpis where tenant_id = '1'`,
      );
      expect(Number(mart?.n)).toBeGreaterThan(0);
      let numbers = 0;
      for (const { unit, date } of days) {
        const { compared, records } = await explain(name, String(unit), String(date));
        expect({ unit, date, compared: compared.filter(({ isEqual }) => !isEqual) }).toEqual({
          ...{ unit, date, compared: [] },
        });
        expect(records.length).toBeGreaterThan(0);
        const number = compared.at(-1)?.inMart ?? 0;
        if (Number(number) !== 0) numbers += 1;
      }
      expect(numbers).toBe(Number(mart?.n));
    },
    30_000,
  );

  test('are none on a day without any: 0 is equal to 0, and NULL to NULL', async () => {
    const ratio = await explain('close_rate_percent', 'Phoenix-Sales', '2024-03-04');
    expect(ratio.records).toEqual([]);
    expect(ratio.compared.map(({ kpi, ...numbers }) => ({ name: kpi.name, ...numbers }))).toEqual([
      { name: 'sales_opportunities', fromRecords: 0, inMart: 0, isEqual: true },
      { name: 'closed_opportunities', fromRecords: 0, inMart: 0, isEqual: true },
      { name: 'close_rate_percent', fromRecords: null, inMart: null, isEqual: true },
    ]);
    const money = await explain('dollars_collected', noUnit, '2024-03-04');
    expect(money.compared).toMatchObject([{ fromRecords: '0.00', inMart: null, isEqual: true }]);
  });

  test('say when, which and how much, in the tenant’s time, ids beyond 2^53 exactly', async () => {
    const booked = await explain('total_booked', 'Phoenix-Sales', '2024-03-18');
    expect(booked.records).toMatchObject([
      { estimate_id: 200, sold_at: '2024-03-18 18:02', job_id: 118, total_booked: '9920.00' },
      { estimate_id: 201, sold_at: '2024-03-18 12:00', total_booked: '0.000000001' },
    ]);
    expect(booked.compared).toMatchObject([{ inMart: '9920.000000001' }]);
    const closed = await explain('close_rate_percent', "Andy's Painting-Sales", '2024-03-20');
    expect(closed.records).toMatchObject([
      { job_id: '9007199254740993', sold_estimate_id: 204, estimates: 1, closed_opportunities: 1 },
    ]);
    const owed = await explain('outstanding_ar', 'Phoenix-Production', '2024-04-01');
    expect(
      owed.records.map(({ location_id, outstanding_ar }) => [location_id, outstanding_ar]),
    ).toEqual(expect.arrayContaining([[60, '9.995']]));
  });

  test('name no person: the names of customers and locations are in no column', () => {
    for (const { records } of measures) {
      expect(
        records.details.filter(({ sql }) => /customerName|locationName|memo/.test(sql)),
      ).toEqual([]);
    }
  });

  test('are the tenant’s own', async () => {
    const query = {
      kpi: kpiOf('lead_count'),
      unit: { name: 'Phoenix-Sales', region: 'Phoenix', kind: 'SALES' } as const,
      date: '2024-03-05',
    };
    const { records } = await explainKpi(deps, query, { units, range });
    expect(records.map(({ job_id }) => job_id)).toEqual([101, 102]);
  });
});

test('a mart that differs by a billionth is found out', async () => {
  const change = (sign: string) =>
    warehouse.execute(
      `update st_mart.daily_kpis set total_booked = total_booked ${sign} 0.000000001
      where tenant_id = '1' and event_date = date '2024-03-18' and business_unit = 'Phoenix-Sales'`,
    );
  await change('+');
  const { compared } = await explain('total_booked', 'Phoenix-Sales', '2024-03-18');
  await change('-');
  expect(compared).toMatchObject([
    { fromRecords: '9920.000000001', inMart: '9920.000000002', isEqual: false },
  ]);
});
