import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openModelRig, type ModelRig } from './support/model-rig.ts';
import { addReferences, now, types, units } from './support/small-company.ts';

let rig: ModelRig;

beforeAll(async () => {
  rig = await openModelRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.clear());

const marts = ['daily_kpis', 'weekly_kpis', 'daily_kpis_by_region', 'weekly_kpis_by_region'];
const kpis = [
  'lead_count',
  'total_booked',
  'dollars_produced',
  'gpm_percent',
  'dollars_collected',
  'num_estimates',
  'close_rate_percent',
  'future_bookings',
  'warranty_percent',
  'outstanding_ar',
];
const parts = [
  'lead_customers',
  'sales_opportunities',
  'closed_opportunities',
  'production_cost',
  'warranty_cost',
];

describe('the shape of the marts', () => {
  test.each([
    ['daily_kpis', ['event_date', 'business_unit'], ['region', 'unit_kind', 'tenant_id']],
    ['weekly_kpis', ['week_start', 'business_unit'], ['region', 'unit_kind', 'tenant_id']],
    ['daily_kpis_by_region', ['event_date', 'region'], ['tenant_id']],
    ['weekly_kpis_by_region', ['week_start', 'region'], ['tenant_id']],
  ])('%s has the columns that analysts know, in their order', async (mart, first, last) => {
    await rig.buildAt(now);
    const rows = await rig.read(
      `select column_name as name from information_schema.columns
      where table_schema = 'st_mart' and table_name = '${mart}' order by ordinal_position`,
    );
    expect(rows.map(({ name }) => name)).toEqual([...first, ...kpis, ...parts, ...last]);
  });

  test('an empty company has empty marts, and so has one without units or without activity', async () => {
    await rig.buildAt(now);
    for (const mart of marts) expect(await rig.read(`select * from st_mart.${mart}`)).toEqual([]);
    await addReferences(rig);
    await rig.buildAt(now);
    for (const mart of marts) expect(await rig.read(`select * from st_mart.${mart}`)).toEqual([]);
  });
});

describe('the days and units', () => {
  const lead = {
    businessUnitId: units.phoenixSales,
    jobTypeId: types.estimate,
    createdOn: '2024-03-17T19:00:00Z',
  };

  test('are dense from the first activity to the build date, and a quiet day is 0', async () => {
    await addReferences(rig);
    await rig.given('jobs', [{ id: 1, ...lead }]);
    await rig.buildAt(now);
    const rows = await rig.read(
      `select cast(event_date as string) as day, business_unit as unit
      from st_mart.daily_kpis order by 1, 2`,
    );
    expect(rows.map(({ day, unit }) => `${String(day)} ${String(unit)}`)).toEqual(
      ['2024-03-17', '2024-03-18', '2024-03-19', '2024-03-20'].flatMap((day) =>
        ['Phoenix-Production', 'Phoenix-Sales', 'Tucson-Production'].map(
          (unit) => `${day} ${unit}`,
        ),
      ),
    );
    const quiet = '0.000000000';
    expect(await rig.day('2024-03-18', 'Phoenix-Sales', '*')).toMatchObject({
      ...Object.fromEntries([...kpis, ...parts].map((name) => [name, null])),
      lead_count: 0,
      total_booked: quiet,
      dollars_collected: quiet,
      num_estimates: 0,
      lead_customers: 0,
      sales_opportunities: 0,
      closed_opportunities: 0,
      region: 'Phoenix',
      unit_kind: 'SALES',
    });
    expect(await rig.day('2024-03-18', 'Phoenix-Production', '*')).toMatchObject({
      ...Object.fromEntries([...kpis, ...parts].map((name) => [name, null])),
      dollars_produced: quiet,
      dollars_collected: quiet,
      production_cost: quiet,
      warranty_cost: quiet,
      region: 'Phoenix',
      unit_kind: 'PRODUCTION',
    });
  });

  test('leave out what no roll-up knows, and what it leaves out on purpose', async () => {
    await addReferences(rig);
    await rig.given('jobs', [
      { id: 1, ...lead, businessUnitId: units.office },
      { id: 2, ...lead, businessUnitId: 99 },
      { id: 3, ...lead, businessUnitId: null },
      { id: 4, ...lead, createdOn: now },
    ]);
    await rig.buildAt(now);
    expect(
      await rig.read(
        'select sum(lead_count) as n, count(distinct event_date) as days from st_mart.daily_kpis',
      ),
    ).toEqual([{ n: 1, days: 1 }]);
  });

  test('hold each tenant in its own zone', async () => {
    await addReferences(rig);
    await rig.given('business_units', [
      { tenant_id: '2', id: units.phoenixSales, name: 'Tucson-Sales' },
    ]);
    await rig.given('job_types', [{ tenant_id: '2', id: types.estimate, name: 'Estimate' }]);
    await rig.given('jobs', [
      { id: 1, ...lead, createdOn: '2024-03-18T05:30:00Z' },
      { id: 1, ...lead, createdOn: '2024-03-18T05:30:00Z', tenant_id: '2' },
    ]);
    await rig.warehouse.recordTenant({
      tenantId: '2',
      timeZone: 'America/Chicago',
      builtAt: now,
    });
    await rig.buildAt(now);
    expect(
      await rig.read(
        `select tenant_id, cast(event_date as string) as day, business_unit as unit
        from st_mart.daily_kpis where lead_count > 0 order by 1`,
      ),
    ).toEqual([
      { tenant_id: '1', day: '2024-03-17', unit: 'Phoenix-Sales' },
      { tenant_id: '2', day: '2024-03-18', unit: 'Tucson-Sales' },
    ]);
  });
});

test('ratios of a week and a region are those of the sums, not means', async () => {
  await addReferences(rig);
  const job = { businessUnitId: units.phoenixProduction, jobTypeId: types.paint };
  await rig.given('jobs', [
    { id: 1, ...job, createdOn: '2024-03-18T19:00:00Z' },
    { id: 2, ...job, createdOn: '2024-03-19T19:00:00Z' },
  ]);
  await rig.given('invoices', [
    { id: 1, jobId: 1, subTotal: 1000 },
    { id: 2, jobId: 2, subTotal: 10 },
  ]);
  await rig.given('payroll', [
    { id: 1, jobId: 1, amount: 400 },
    { id: 2, jobId: 2, amount: 10 },
  ]);
  await rig.buildAt(now);
  const percent = async (sql: string) => (await rig.read(sql)).map((row) => row.gpm_percent);
  const of = (mart: string, where: string) =>
    percent(`select gpm_percent from st_mart.${mart} where ${where} order by 1`);
  expect(await of('weekly_kpis', `business_unit = 'Phoenix-Production'`)).toEqual(['59.41']);
  expect(await of('weekly_kpis_by_region', `region = 'Phoenix'`)).toEqual(['59.41']);
  expect(
    await of('daily_kpis_by_region', `region = 'Phoenix' and gpm_percent is not null`),
  ).toEqual(['0.00', '60.00']);
});
