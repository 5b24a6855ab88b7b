import { describe, expect, test } from '@jest/globals';
import { addSnapshots, computeKpis } from './support/reference-kpis.ts';
import type { MartRow } from './support/reference/measure.ts';
import { noSnapshots } from './support/reference/snapshots.ts';
import type { Rows, Tenant } from './support/reference/rows.ts';
import { seeds, tenantOf } from './support/tenant-of.ts';

// The reference is what the models are compared with, so its own numbers are worked out by hand here.

const sales = { id: 1, name: 'North-Sales' };
const made = { id: 2, name: ' north-made ' };
const base: Partial<Rows> = {
  business_units: [sales, made, { id: 6, name: 'spelled otherwise' }, { id: 9, name: 'Unlisted' }],
  job_types: [
    { id: 1, name: ' Estimate-RES-ext ', active: false },
    { id: 2, name: 'Warranty' },
    { id: 3, name: 'PM Inspection' },
    { id: 4, name: 'Re-estimate' },
  ],
  customers: [
    { id: 1, name: 'Iris Quill' },
    { id: 2, name: 'Contest winner' },
  ],
};

const build = (tenant: Tenant, earlier = noSnapshots) => {
  const snapshots = addSnapshots(tenant, seeds, earlier);
  return { snapshots, marts: computeKpis(tenant, seeds, snapshots) };
};

const martsOf = (rows: Partial<Rows>) => build(tenantOf({ ...base, ...rows })).marts;

/** The row of a mart for a date (or week) and a unit (or region). */
const rowOf = (rows: MartRow[] | undefined, date: string, place: string): MartRow => {
  const found = (rows ?? []).filter(
    (row) =>
      (row.event_date ?? row.week_start) === date && (row.business_unit ?? row.region) === place,
  );
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};

test('an empty company has no rows, and units without an event have none either', () => {
  const { snapshots, marts } = build(tenantOf({}));
  expect(Object.values(marts).flat()).toEqual([]);
  expect(snapshots.outstanding).toHaveLength(1);
  expect(martsOf({}).daily_kpis).toEqual([]);
  expect(martsOf({}).kpi_outstanding_ar).toHaveLength(1);
});

describe('sales', () => {
  const job = { businessUnitId: 1, jobTypeId: 1, customerId: 1, createdOn: '2024-03-19T05:00:00Z' };
  test('leads: any status, no customer of a test, customers counted once', () => {
    const { daily_kpis, weekly_kpis } = martsOf({
      jobs: [
        { id: 1, ...job, jobStatus: 'Canceled' },
        { id: 2, ...job, createdOn: '2024-03-19T08:00:00Z' },
        { id: 3, ...job, customerId: 2 },
        { id: 4, ...job, businessUnitId: 6, jobTypeId: 4, customerId: 77 },
        { id: 5, ...job, active: false },
        { id: 6, ...job, jobTypeId: 2 },
        { id: 7, ...job, businessUnitId: 9 },
      ],
    });
    const eve = rowOf(daily_kpis, '2024-03-18', 'North-Sales');
    expect([eve.lead_count, eve.lead_customers, eve.dollars_produced]).toEqual([2, 2, null]);
    const day = rowOf(daily_kpis, '2024-03-19', 'North-Sales');
    expect([day.lead_count, day.lead_customers]).toEqual([1, 1]);
    const week = rowOf(weekly_kpis, '2024-03-18', 'North-Sales');
    expect([week.lead_count, week.lead_customers]).toEqual([3, 2]);
  });

  test('sold, completed and closed', () => {
    const completedOn = '2024-03-18T20:00:00Z';
    const { daily_kpis } = martsOf({
      jobs: [
        // Sold on the 19th, twice; completed on the 18th.
        { id: 1, ...job, jobStatus: 'Completed ', completedOn },
        // An open estimate: an opportunity on the 18th. Canceled, so no estimate made.
        { id: 2, ...job, jobStatus: 'Canceled', completedOn },
        // No charge.
        { id: 3, ...job, jobStatus: 'Completed', completedOn, jobTypeId: 4 },
        // Sold without a date.
        { id: 4, ...job, jobStatus: 'Scheduled', completedOn },
        // Neither sold nor completed.
        { id: 5, ...job },
      ],
      estimates: [
        { id: 1, jobId: 1, statusName: 'sold', soldOn: '2024-03-20T01:00:00Z', subtotal: '100.5' },
        { id: 2, jobId: 1, statusName: 'Sold', soldOn: '2024-03-20T09:00:00Z', subtotal: '0' },
        { id: 3, jobId: 1, statusName: 'Open', soldOn: '2024-03-18T09:00:00Z', subtotal: '7' },
        { id: 4, jobId: 2, statusName: 'Open' },
        { id: 5, jobId: 4, statusName: 'Sold', soldOn: '0001-01-01T00:00:00Z', subtotal: '40' },
        { id: 6, jobId: 5 },
        { id: 7, jobId: 99, statusName: 'Sold', soldOn: '2024-03-20T01:00:00Z', subtotal: '9' },
      ],
    });
    const columns = ['num_estimates', 'sales_opportunities', 'closed_opportunities'] as const;
    const eighteenth = rowOf(daily_kpis, '2024-03-18', 'North-Sales');
    expect(columns.map((name) => eighteenth[name])).toEqual([1, 2, 1]);
    expect(eighteenth.close_rate_percent).toBe('50.000000000');
    const nineteenth = rowOf(daily_kpis, '2024-03-19', 'North-Sales');
    expect(columns.map((name) => nineteenth[name])).toEqual([0, 1, 1]);
    expect(nineteenth.total_booked).toBe('100.500000000');
    expect(rowOf(daily_kpis, '2024-03-20', 'North-Sales').close_rate_percent).toBeNull();
  });
});

describe('production', () => {
  const job = { businessUnitId: 2, createdOn: '2024-03-18T20:00:00Z' };
  test('revenue, cost, margin, warranty and what is booked ahead', () => {
    const rows: Partial<Rows> = {
      jobs: [
        { id: 1, ...job },
        { id: 2, ...job, jobTypeId: 2, jobStatus: 'Canceled' },
        { id: 3, ...job, jobTypeId: 3 },
      ],
      appointments: [
        { id: 1, jobId: 1, start: '2024-03-20T15:00:00Z' },
        { id: 2, jobId: 1, start: '2024-03-19T15:00:00Z', status: 'Canceled' },
        { id: 3, jobId: 1, start: '2024-03-01T15:00:00Z', active: false },
        { id: 4, jobId: 2, start: '2024-03-19T15:00:00Z' },
        { id: 5, jobId: 3, start: '2024-03-19T15:00:00Z' },
      ],
      invoices: [
        { id: 1, jobId: 1, subTotal: '1000' },
        { id: 2, jobId: 1, subTotal: '500.25' },
        { id: 3, jobId: 1, subTotal: '70', active: false },
        { id: 4, jobId: 3, subTotal: '99.75' },
      ],
      invoice_items: [
        { id: 1, invoiceId: 1, type: 'Material', totalCost: '100', cost: '7', quantity: '7' },
        { id: 2, invoiceId: 2, type: ' equipment', cost: '0.333333333', quantity: '1.5' },
        { id: 3, invoiceId: 1, type: 'Service', totalCost: '900' },
        { id: 4, invoiceId: 3, type: 'Material', totalCost: '900' },
      ],
      payroll: [
        { id: 1, jobId: 1, amount: '200' },
        { id: 2, jobId: 1, amount: '200' },
        { id: 3, jobId: 2, amount: '40' },
      ],
      purchase_orders: [
        { id: 1, jobId: 1, status: 'Received', total: '300' },
        { id: 2, jobId: 1, status: 'canceled', total: '500' },
        { id: 3, jobId: 1, total: '5' },
      ],
      returns: [{ id: 1, jobId: 1, status: 'Draft', returnAmount: '25' }],
    };
    const { job_costs, daily_kpis } = martsOf(rows);
    // Items: 100 + 0.333333333 × 1.5 = 0.4999999995 → 0.500000000; total 400 + 305 + 100.5 - 25.
    expect(job_costs?.[0]).toEqual({
      tenant_id: '1',
      job_id: 1,
      event_date: '2024-03-19',
      business_unit: 'North-Made',
      unit_kind: 'PRODUCTION',
      region: 'North',
      revenue: '1500.250000000',
      labor_cost: '400.000000000',
      purchase_order_cost: '305.000000000',
      invoice_item_cost: '100.500000000',
      return_credit: '25.000000000',
      total_cost: '780.500000000',
    });
    // 1500.25 + 99.75 of revenue, 780.5 + 40 of cost: (1600 - 820.5) / 1600 = 48.71875 %; 40 / 1600.
    expect(rowOf(daily_kpis, '2024-03-19', 'North-Made')).toMatchObject({
      dollars_produced: '1600.000000000',
      production_cost: '820.500000000',
      gpm_percent: '48.720000000',
      warranty_cost: '40.000000000',
      warranty_percent: '2.500000000',
      future_bookings: null,
      lead_count: null,
    });
    // Neither the canceled warranty job nor the inspection is booked ahead.
    expect(rowOf(daily_kpis, '2024-03-20', 'North-Made').future_bookings).toBe('1500.250000000');
  });

  test.each([
    ['2024-03-17', '0.000000000'],
    ['2024-03-18', '5.000000000'],
    ['2025-03-18', '5.000000000'],
    ['2025-03-19', '0.000000000'],
  ])('a job that starts on %s is booked ahead: %s', (date, expected) => {
    const { kpi_future_bookings = [] } = martsOf({
      jobs: [{ id: 1, ...job, createdOn: `${date}T20:00:00Z` }],
      invoices: [{ id: 1, jobId: 1, subTotal: '5' }],
    });
    expect(kpi_future_bookings[0]?.future_bookings).toBe(expected);
  });

  test('what is owed is netted by location and unit, from ten dollars on', () => {
    const { daily_kpis, outstanding_invoices = [] } = martsOf({
      locations: [
        { id: 1, name: 'Elm 4' },
        { id: 2, name: ' ' },
      ],
      jobs: [{ id: 1, ...job }],
      invoices: [
        { id: 1, businessUnitId: 2, locationId: 1, balance: '13' },
        { id: 2, jobId: 1, businessUnitId: 1, locationId: 1, balance: '-3' },
        { id: 3, businessUnitId: 2, locationId: 2, locationName: 'Oak 5', balance: '9.99' },
        { id: 4, businessUnitId: 2, locationId: 2, balance: '500' },
        { id: 5, businessUnitId: 2, locationName: ' Elm 4 ', balance: '20' },
        { id: 6, businessUnitId: 1, locationId: 1, balance: '70' },
        { id: 7, businessUnitId: 2, locationId: 1, balance: '70', _deleted: true },
      ],
    });
    expect(rowOf(daily_kpis, '2024-03-20', 'North-Made').outstanding_ar).toBe('30.000000000');
    expect(outstanding_invoices.map(({ invoice_id }) => invoice_id)).toEqual([1, 2, 5]);
  });
});

test('collections: applied parts to their invoices’ units, the rest to the payment’s own', () => {
  const { daily_kpis, weekly_kpis_by_region } = martsOf({
    business_units: [...(base.business_units ?? []), { id: 5, name: 'South-Made' }],
    jobs: [{ id: 1, businessUnitId: 9 }],
    invoices: [
      { id: 1, businessUnitId: 1 },
      { id: 2, businessUnitId: 5, jobId: 88 },
      { id: 3, businessUnitId: 1, jobId: 1 },
    ],
    payments: [
      {
        id: 1,
        businessUnitId: 2,
        total: '100',
        date: '2024-03-19T00:00:00Z',
        appliedTo: [
          { appliedTo: 1, appliedAmount: '30' },
          { appliedTo: 2, appliedAmount: '25.5' },
          { appliedTo: 3, appliedAmount: '4' },
          { appliedTo: 44, appliedAmount: '0.5' },
          { appliedTo: 1, appliedAmount: 'none' },
        ],
      },
      { id: 2, businessUnitId: 2, total: '-15', createdOn: '2024-03-20T03:00:00Z' },
      { id: 3, businessUnitId: 2, total: '70', date: '2024-03-19', active: false },
      { id: 4, businessUnitId: 2, total: '8', date: '2024-03-21' },
    ],
  });
  const collected = (place: string) => rowOf(daily_kpis, '2024-03-19', place).dollars_collected;
  expect(collected('North-Sales')).toBe('30.000000000');
  expect(collected('South-Made')).toBe('25.500000000');
  expect(collected('North-Made')).toBe('25.000000000');
  expect(collected('(no unit)')).toBe('4.500000000');
  expect(daily_kpis?.filter(({ business_unit }) => business_unit === '(no unit)')).toHaveLength(1);
  const week = rowOf(weekly_kpis_by_region, '2024-03-18', 'North');
  expect(week.dollars_collected).toBe('55.000000000');
});

test('a date’s last build wins, earlier dates stay, and a unit has 0 on a snapshot’s date', () => {
  const invoices = [{ id: 1, businessUnitId: 2, locationName: 'Elm 4', balance: '50' }];
  const before = tenantOf({ ...base, invoices }, { builtAt: '2024-03-19T20:00:00Z' });
  const first = build(before);
  const second = build(tenantOf(base), first.snapshots);
  const again = build(tenantOf({ ...base, invoices }), second.snapshots);
  const owed = (marts: Record<string, MartRow[]>) =>
    marts.daily_kpis
      ?.filter(({ business_unit }) => business_unit === 'North-Made')
      .map(({ outstanding_ar }) => outstanding_ar);
  expect(owed(first.marts)).toEqual(['50.000000000']);
  expect(owed(second.marts)).toEqual(['50.000000000', '0.000000000']);
  expect(owed(again.marts)).toEqual(['50.000000000', '50.000000000']);
  expect(rowOf(again.marts.weekly_kpis, '2024-03-18', 'North-Made').outstanding_ar).toBe(
    '50.000000000',
  );
});

test('a build of a date before the last snapshot’s writes none', () => {
  const first = build(tenantOf(base));
  const before = tenantOf(base, { builtAt: '2024-03-19T20:00:00Z' });
  expect(build(before, first.snapshots).snapshots).toEqual(first.snapshots);
});

test('a business unit that the source does not list counts by its id in the roll-up, not by its number', () => {
  const { daily_kpis } = martsOf({
    business_units: [made],
    payments: [
      { id: 1, businessUnitId: 6, total: '5', date: '2024-03-20' },
      { id: 2, businessUnitId: 1, total: '7', date: '2024-03-20' },
    ],
  });
  expect(rowOf(daily_kpis, '2024-03-20', 'North-Sales').dollars_collected).toBe('5.000000000');
  expect(rowOf(daily_kpis, '2024-03-20', '(no unit)').dollars_collected).toBe('7.000000000');
});
