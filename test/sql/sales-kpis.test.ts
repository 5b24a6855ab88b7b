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

const unit = 'Phoenix-Sales';
const noon = '2024-03-18T19:00:00Z';
const visit = (id: number, more: GivenRow = {}): GivenRow => ({
  id,
  businessUnitId: units.phoenixSales,
  jobTypeId: types.estimate,
  jobStatus: 'Scheduled',
  customerId: 100 + id,
  createdOn: noon,
  ...more,
});
const done = { jobStatus: 'Completed', completedOn: noon };
const numbers = async (columns: string, date = '2024-03-18') => {
  await rig.buildAt(now);
  return rig.day(date, unit, columns);
};

describe('lead_count', () => {
  test('counts jobs whose type contains "estimate", whatever their group and status', async () => {
    await rig.given('jobs', [
      visit(1),
      visit(2, { jobTypeId: types.cabinets, jobStatus: 'Canceled' }),
      visit(3, { jobTypeId: types.plan }),
      visit(4, { jobTypeId: types.paint }),
      visit(5, { jobTypeId: null }),
    ]);
    expect(await numbers('lead_count, lead_customers')).toEqual({
      lead_count: 3,
      lead_customers: 3,
    });
  });

  test('leaves out customers with "test" in their name, and keeps those without a name', async () => {
    await rig.given('customers', [
      { id: 101, name: 'Testing only' },
      { id: 102, name: 'Contest Winners Club' },
      { id: 103, name: null },
      { id: 104, name: 'Iris Quill', active: false },
    ]);
    await rig.given('jobs', [
      visit(1),
      visit(2),
      visit(3),
      visit(4),
      visit(5, { customerId: null }),
    ]);
    expect(await numbers('lead_count, lead_customers')).toEqual({
      lead_count: 3,
      lead_customers: 2,
    });
  });

  test('counts a customer of several jobs once, and once in a week', async () => {
    await rig.given('jobs', [
      visit(1, { customerId: 7 }),
      visit(2, { customerId: 7 }),
      visit(3, { customerId: 7, createdOn: '2024-03-19T19:00:00Z' }),
      visit(4, { customerId: 8, createdOn: '2024-03-19T19:00:00Z' }),
    ]);
    expect(await numbers('lead_count, lead_customers')).toEqual({
      lead_count: 2,
      lead_customers: 1,
    });
    expect(
      await rig.read(
        `select cast(week_start as string) as week, lead_count, lead_customers
        from st_mart.weekly_kpis where business_unit = 'Phoenix-Sales'`,
      ),
    ).toEqual([{ week: '2024-03-18', lead_count: 4, lead_customers: 2 }]);
  });

  test('is of sales units, of active jobs that have a date', async () => {
    await rig.given('jobs', [
      visit(1, { businessUnitId: units.phoenixProduction }),
      visit(2, { active: false }),
      visit(3, { _deleted: true }),
      visit(4, { createdOn: '0001-01-01T00:00:00Z' }),
      visit(5),
    ]);
    expect(await numbers('lead_count')).toEqual({ lead_count: 1 });
  });

  test('puts evening and morning instants on their local days', async () => {
    await rig.given('jobs', [
      visit(1, { createdOn: '2024-03-18T06:59:59.999999Z' }),
      visit(2, { createdOn: '2024-03-18T07:00:00Z' }),
      visit(3, { createdOn: '2024-03-19T06:59:59Z' }),
      visit(4, { createdOn: '2024-03-19T00:00:00Z' }),
    ]);
    expect(await numbers('lead_count')).toEqual({ lead_count: 3 });
    expect(await rig.day('2024-03-17', unit, 'lead_count')).toEqual({ lead_count: 1 });
    expect(await rig.day('2024-03-19', unit, 'lead_count')).toEqual({ lead_count: 0 });
  });

  test('follows a zone with daylight saving', async () => {
    await rig.given('jobs', [
      visit(1, { createdOn: '2024-03-10T06:30:00Z' }),
      visit(2, { createdOn: '2024-03-11T05:30:00Z' }),
    ]);
    await rig.buildAt(now, { timeZone: 'America/Chicago' });
    // 00:30 in winter time, and 00:30 in summer time a day later.
    expect(await rig.day('2024-03-10', unit, 'lead_count')).toEqual({ lead_count: 1 });
    expect(await rig.day('2024-03-11', unit, 'lead_count')).toEqual({ lead_count: 1 });
  });

  test('gives a retired unit’s jobs to the unit it rolls up to', async () => {
    await rig.given('jobs', [visit(1), visit(2, { businessUnitId: units.retiredSales })]);
    expect(await numbers('lead_count')).toEqual({ lead_count: 2 });
  });
});

describe('total_booked', () => {
  const sold = (id: number, more: GivenRow = {}): GivenRow => ({
    id,
    jobId: 1,
    statusName: 'Sold',
    soldOn: noon,
    subtotal: 100,
    ...more,
  });

  test('puts an evening sale on its local day', async () => {
    await rig.given('jobs', [visit(1)]);
    await rig.given('estimates', [sold(1, { subtotal: 9920, soldOn: '2024-03-19T01:02:00Z' })]);
    expect(await numbers('total_booked')).toEqual({ total_booked: '9920.000000000' });
    expect(await rig.day('2024-03-19', unit, 'total_booked')).toEqual({
      total_booked: '0.000000000',
    });
  });

  test('sums the subtotals exactly, of sold estimates with a date', async () => {
    await rig.given('jobs', [visit(1, { jobTypeId: types.paint, jobStatus: 'Canceled' })]);
    await rig.given('estimates', [
      sold(1, { subtotal: '0.100000001' }),
      sold(2, { subtotal: '0.2', statusName: ' sold ' }),
      sold(3, { subtotal: 0 }),
      sold(4, { subtotal: null }),
      sold(5, { statusName: 'Open' }),
      sold(6, { statusName: null }),
      sold(7, { soldOn: null }),
      sold(8, { soldOn: '0001-01-01T00:00:00Z' }),
      sold(9, { active: false }),
      sold(10, { _deleted: true }),
    ]);
    expect(await numbers('total_booked')).toEqual({ total_booked: '0.300000001' });
    expect(await rig.read('select estimate_id from st_mart.booked_estimates order by 1')).toEqual(
      [1, 2, 3, 4].map((estimate_id) => ({ estimate_id })),
    );
  });

  test('belongs to the estimate’s job: of a sales unit, known, be it inactive', async () => {
    await rig.given('jobs', [
      visit(1, { active: false }),
      visit(2, { businessUnitId: units.phoenixProduction }),
      visit(3, { businessUnitId: units.office }),
    ]);
    await rig.given('estimates', [
      sold(1, { subtotal: 1 }),
      sold(2, { subtotal: 10, jobId: 2, businessUnitId: units.phoenixSales }),
      sold(3, { subtotal: 100, jobId: 3, businessUnitId: units.phoenixSales }),
      sold(4, { subtotal: 1000, jobId: 99, businessUnitId: units.phoenixSales }),
      sold(5, { subtotal: 10000, jobId: null, businessUnitId: units.phoenixSales }),
    ]);
    expect(await numbers('total_booked')).toEqual({ total_booked: '1.000000000' });
  });
});

describe('num_estimates', () => {
  test('counts completed visits of the estimate group on their local day', async () => {
    await rig.given('jobs', [
      visit(1, done),
      visit(2, { ...done, jobTypeId: types.cabinets, jobStatus: 'completed ' }),
      visit(3, { ...done, jobTypeId: types.plan }),
      visit(4, { ...done, jobStatus: 'Canceled' }),
      visit(5, { jobStatus: 'Completed', completedOn: null }),
      visit(6, { ...done, businessUnitId: units.phoenixProduction }),
      visit(7, { ...done, active: false }),
      visit(8, { ...done, completedOn: '2024-03-19T06:00:00Z' }),
      visit(9, { ...done, completedOn: '2024-03-19T07:00:00Z' }),
    ]);
    expect(await numbers('num_estimates')).toEqual({ num_estimates: 3 });
  });
});

describe('close_rate_percent', () => {
  const columns = 'sales_opportunities, closed_opportunities, close_rate_percent';
  const estimate = (id: number, jobId: number, more: GivenRow = {}): GivenRow => ({
    id,
    jobId,
    statusName: 'Open',
    ...more,
  });

  test('divides the closed by all opportunities and rounds halves up', async () => {
    await rig.given(
      'jobs',
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) => visit(id, done)),
    );
    await rig.given('estimates', [
      ...[2, 3, 4, 5, 6, 7, 8].map((id) => estimate(id, id)),
      estimate(1, 1, { statusName: 'Sold', soldOn: noon }),
      estimate(9, 1),
    ]);
    expect(await numbers(columns)).toEqual({
      sales_opportunities: 8,
      closed_opportunities: 1,
      close_rate_percent: '12.50',
    });
  });

  test('leaves out a visit without an estimate that nothing was charged for', async () => {
    await rig.given(
      'jobs',
      [1, 2, 3, 4, 5].map((id) => visit(id, done)),
    );
    await rig.given('estimates', [
      estimate(1, 1, { active: false, statusName: 'Sold', soldOn: noon }),
      estimate(2, 2),
    ]);
    await rig.given('invoices', [
      { id: 3, jobId: 3, subTotal: 49 },
      { id: 41, jobId: 4, subTotal: 49 },
      { id: 42, jobId: 4, subTotal: -49 },
      { id: 5, jobId: 5, subTotal: 49, active: false },
    ]);
    expect(await numbers(columns)).toEqual({
      sales_opportunities: 2,
      closed_opportunities: 0,
      close_rate_percent: '0.00',
    });
  });

  test('counts what is sold on the first sale’s local day, what is not on completion', async () => {
    await rig.given('jobs', [
      visit(1, { ...done, completedOn: '2024-03-12T19:00:00Z' }),
      visit(2, { ...done, completedOn: '2024-03-12T19:00:00Z' }),
      visit(3),
      visit(4, { jobStatus: 'Completed', completedOn: noon }),
    ]);
    await rig.given('estimates', [
      estimate(1, 1, { statusName: 'Sold', soldOn: '2024-03-19T05:00:00Z' }),
      estimate(2, 1, { statusName: 'Sold', soldOn: '2024-03-19T20:00:00Z' }),
      estimate(3, 2, { statusName: 'Dismissed', soldOn: '2024-03-19T05:00:00Z' }),
      estimate(4, 3),
      estimate(5, 4, { statusName: 'Sold' }),
    ]);
    expect(await numbers(columns)).toEqual({
      sales_opportunities: 2,
      closed_opportunities: 2,
      close_rate_percent: '100.00',
    });
    expect(await rig.day('2024-03-12', unit, columns)).toEqual({
      sales_opportunities: 1,
      closed_opportunities: 0,
      close_rate_percent: '0.00',
    });
  });

  test('has no ratio on a day without opportunities', async () => {
    await rig.given('jobs', [visit(1)]);
    expect(await numbers(columns)).toEqual({
      sales_opportunities: 0,
      closed_opportunities: 0,
      close_rate_percent: null,
    });
  });
});
