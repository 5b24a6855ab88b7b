import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { kpis } from '../../../src/pipeline/kpis/kpis.ts';
import { forms } from '../../../src/pipeline/reconcile/forms.ts';
import { measureOf } from '../../../src/pipeline/reconcile/measure.ts';
import {
  openReconcileRig,
  recordsOf,
  reportOf,
  unitsOf,
  type ReconcileRig,
  notesOf,
} from './support/reconcile-rig.ts';

let rig: ReconcileRig;

beforeAll(async () => {
  rig = await openReconcileRig();
});

afterAll(() => rig.close());

beforeEach(async () => {
  await rig.clear();
  await rig.given('st_ref.dim_bu_rollup', [
    {
      businessUnitId: 1,
      businessUnitName: 'Phoenix-Sales',
      unitKind: 'SALES',
      rollupName: 'Phoenix-Sales',
    },
    {
      businessUnitId: 3,
      businessUnitName: 'Phoenix-Production',
      unitKind: 'PRODUCTION',
      rollupName: 'Phoenix-Production',
    },
    { businessUnitId: 4, businessUnitName: 'Yard', unitKind: 'NONE', rollupName: 'Yard' },
  ]);
  await rig.given('st_ref.dim_job_types', [
    { jobTypeId: 1, jobTypeName: 'Warranty', isWarrantyType: true },
    { jobTypeId: 2, jobTypeName: 'Exterior Repaint', isWarrantyType: false },
  ]);
});

const sales = { event_date: '2024-03-04', business_unit: 'Phoenix-Sales' };
const production = { event_date: '2024-03-04', business_unit: 'Phoenix-Production' };

test('every KPI has a form, which gives each part of its formula and names its columns once', () => {
  expect(Object.keys(forms).sort()).toEqual(kpis.map(({ name }) => name).sort());
  for (const kpi of kpis) {
    const form = forms[kpi.name];
    expect(Object.keys(form?.parts ?? {}).sort()).toEqual([...measureOf(kpi).parts].sort());
  }
});

test('lead_count', async () => {
  await rig.given('st_mart.lead_jobs', [{ ...sales, job_id: 7, lead_count: 1 }]);
  const table = reportOf(
    'JobID|Created_Date|BUSINESS UNIT|Customer Name',
    '7|2024-03-04|phoenix-sales|Iris Quill',
  );
  expect(unitsOf(await rig.run('lead_count', table))).toEqual(['Phoenix-Sales 1.00 1.00 equal']);
});

test('total_booked', async () => {
  await rig.given('st_mart.booked_estimates', [
    { ...sales, estimate_id: 7, total_booked: '1234.561234568' },
  ]);
  const table = reportOf(
    'Estimate #|Sold On|Business Unit|Subtotal',
    '#7|3/4/2024|Phoenix-Sales|1234.56123456789998',
  );
  const result = await rig.run('total_booked', table);
  expect(unitsOf(result)).toEqual(['Phoenix-Sales 1234.561234568 1234.561234568 equal']);
});

test('num_estimates', async () => {
  await rig.given('st_mart.completed_estimates', [{ ...sales, job_id: 7, num_estimates: 1 }]);
  const table = reportOf('Job ID|Completed On|Unit', '7|2024-03-04|Phoenix-Sales');
  expect(unitsOf(await rig.run('num_estimates', table))).toEqual(['Phoenix-Sales 1.00 1.00 equal']);
});

describe('jobs of production units', () => {
  beforeEach(() =>
    rig.given('st_mart.produced_jobs', [
      {
        ...production,
        job_id: 1,
        dollars_produced: '1000',
        production_cost: '600',
        warranty_cost: '0',
      },
      {
        ...production,
        job_id: 2,
        dollars_produced: '0',
        production_cost: '25.5',
        warranty_cost: '25.5',
      },
      { ...production, job_id: 3, dollars_produced: '0', production_cost: '0', warranty_cost: '0' },
    ]),
  );
  const head =
    'Job ID|Job Start Date|Business Unit|Job Type|Subtotal|TotalCosts|GrossMarginPercentage';
  const lines = [
    '1|2024-03-04|Phoenix-Production|Exterior Repaint|1,000.00|600|40%',
    '2|2024-03-04|Phoenix-Production| WARRANTY |0|25.50|',
  ];

  test('dollars_produced: a job worth nothing that the report leaves out is no difference', async () => {
    const result = await rig.run('dollars_produced', reportOf(head, ...lines));
    expect(unitsOf(result)).toEqual(['Phoenix-Production 1000.00 1000.00 equal']);
    expect(result.records).toEqual([]);
  });

  test('gpm_percent: the cost of jobs without revenue counts', async () => {
    const result = await rig.run('gpm_percent', reportOf(head, ...lines));
    expect(unitsOf(result)).toEqual(['Phoenix-Production 37.45 37.45 equal']);
    expect(notesOf(result)).toEqual([]);
  });

  test('gpm_percent: within 0.3 point is equal, though the record is named', async () => {
    const within = reportOf(head, '1|2024-03-04|Phoenix-Production|x|1000|603|40', lines[1] ?? '');
    const result = await rig.run('gpm_percent', within);
    expect(unitsOf(result)).toEqual(['Phoenix-Production 37.15 37.45 equal']);
    expect(recordsOf(result)).toEqual([
      '1: Phoenix-Production 1000.00 603.00 | Phoenix-Production 1000.00 600.00',
    ]);
    const beyond = reportOf(
      head,
      '1|2024-03-04|Phoenix-Production|x|1000|603.1|40',
      lines[1] ?? '',
    );
    expect(unitsOf(await rig.run('gpm_percent', beyond))).toEqual([
      'Phoenix-Production 37.14 37.45 different',
    ]);
  });

  test('gpm_percent: rows whose own margin differs from their own columns are named', async () => {
    const off = reportOf(head, '1|2024-03-04|Phoenix-Production|x|1000|600|41.5', lines[1] ?? '');
    expect(notesOf(await rig.run('gpm_percent', off))).toEqual([
      "The report's own margin differs from its own columns by more than 0.3 on 1 line: 2.",
    ]);
  });

  test('warranty_percent: the cost of jobs whose type is a warranty’s', async () => {
    const result = await rig.run('warranty_percent', reportOf(head, ...lines));
    expect(unitsOf(result)).toEqual(['Phoenix-Production 2.55 2.55 equal']);
    const other = lines.map((line) => line.replace('WARRANTY', 'Touchup'));
    const different = await rig.run('warranty_percent', reportOf(head, ...other));
    expect(recordsOf(different)).toEqual([
      '2: Phoenix-Production 0.00 0.00 | Phoenix-Production 0.00 25.50',
    ]);
  });

  test('a unit without any revenue has no percentage; that agrees with none alone', async () => {
    await rig.clear();
    await rig.given('st_ref.dim_bu_rollup', [
      {
        businessUnitId: 3,
        businessUnitName: 'Phoenix-Production',
        unitKind: 'PRODUCTION',
        rollupName: 'Phoenix-Production',
      },
    ]);
    const line = '2|2024-03-04|Phoenix-Production|Warranty|0|25.50|';
    const empty = await rig.run('gpm_percent', reportOf(head, line));
    expect(unitsOf(empty)).toEqual(['Phoenix-Production – – equal']);
    const revenue = reportOf(head, line.replace('|0|', '|100|'));
    expect(unitsOf(await rig.run('gpm_percent', revenue))).toEqual([
      'Phoenix-Production 74.50 – different',
    ]);
  });

  test('future_bookings: of the snapshot of the last date', async () => {
    await rig.given('st_mart.kpi_future_bookings', [{ event_date: '2024-03-07' }]);
    await rig.given('st_mart.future_booking_jobs', [
      { ...production, event_date: '2024-03-06', job_id: 1, future_bookings: '999' },
      { ...production, event_date: '2024-03-07', job_id: 1, future_bookings: '1000' },
    ]);
    const result = await rig.run('future_bookings', reportOf(head, ...lines));
    expect(unitsOf(result)).toEqual(['Phoenix-Production 1000.00 1000.00 equal']);
  });
});

describe('dollars_collected', () => {
  const noUnit = { event_date: '2024-03-04', business_unit: '(no unit)' };
  beforeEach(async () => {
    await rig.given('st_mart.collected_payments', [
      { ...sales, payment_id: 1, invoice_id: 11, dollars_collected: '70' },
      { ...production, payment_id: 1, invoice_id: 12, dollars_collected: '30' },
      { ...production, payment_id: 1, invoice_id: 13, dollars_collected: '5' },
      { ...noUnit, payment_id: 2, invoice_id: null, dollars_collected: '-8' },
    ]);
    await rig.given('st_raw.raw_invoices', [
      { id: 11, referenceNumber: 'A11' },
      { id: 12, referenceNumber: 'A12' },
      { id: 13, referenceNumber: 'A13' },
    ]);
  });

  test('by payment and invoice; units that no roll-up knows, and those left out on purpose, have no unit', async () => {
    const table = reportOf(
      'Payment ID|Invoice #|Payment Date|Business Unit|Amount',
      '1|A11|2024-03-04|Phoenix-Sales|70',
      '1|A12|2024-03-04|Phoenix-Production|30',
      '1|A13|2024-03-04|Phoenix-Production|5',
      '2||2024-03-04|Office|(9)',
      '3||2024-03-04|Yard|1',
    );
    const result = await rig.run('dollars_collected', table);
    expect(unitsOf(result)).toEqual([
      'Phoenix-Production 35.00 35.00 equal',
      'Phoenix-Sales 70.00 70.00 equal',
      '(no unit) -8.00 -8.00 equal',
    ]);
    expect(recordsOf(result)).toEqual([
      '2/: (no unit) -9.00 | (no unit) -8.00',
      '3/: (no unit) 1.00 | –',
    ]);
    expect(notesOf(result)).toEqual([
      'No roll-up knows these units of the report: Office; add them to business_unit_rollup.csv.',
    ]);
  });

  test('by payment and unit where the report does not name invoices', async () => {
    const table = reportOf(
      'Payment ID|Business Unit|Amount',
      '1|Phoenix-Sales|71',
      '1|Phoenix-Production|35',
      '2||-8',
    );
    expect(recordsOf(await rig.run('dollars_collected', table))).toEqual([
      '1: Phoenix-Sales 71.00 | Phoenix-Sales 70.00',
    ]);
  });

  const lines = [
    { ...production, payment_id: 4, invoice_id: 12, dollars_collected: '10' },
    { ...sales, payment_id: 4, invoice_id: 14, dollars_collected: '20' },
  ];
  test.each([
    ['in this order', lines],
    ['in the other one', [...lines].reverse()],
  ])(
    'a record of several units belongs to the first, were its lines stored %s',
    async (_, stored) => {
      await rig.given('st_raw.raw_invoices', [{ id: 14, referenceNumber: 'A12' }]);
      await rig.given('st_mart.collected_payments', stored);
      const table = reportOf(
        'Payment ID|Invoice #|Business Unit|Amount',
        '4|A12|Phoenix-Production|31',
      );
      expect(recordsOf(await rig.run('dollars_collected', table))).toContain(
        '4/A12: Phoenix-Production 31.00 | Phoenix-Production 30.00',
      );
    },
  );
});

test('close_rate_percent: opportunities and those of them that were closed', async () => {
  const job = (job_id: number, closed: number) => ({
    ...{ ...sales, job_id, sales_opportunities: 1, closed_opportunities: closed },
  });
  await rig.given('st_mart.sales_opportunities', [job(1, 1), job(2, 0), job(3, 0)]);
  const head = 'Job ID|Unit|Closed|Opportunity';
  const equal = reportOf(
    head,
    '1|Phoenix-Sales|Yes|1',
    '2|Phoenix-Sales|No|1',
    '3|Phoenix-Sales||1',
    '4|Phoenix-Sales|No|0',
  );
  const result = await rig.run('close_rate_percent', equal);
  expect(unitsOf(result)).toEqual(['Phoenix-Sales 33.33 33.33 equal']);
  expect(notesOf(result)).toEqual(['1 line without an opportunity was left out.']);
  const different = reportOf(
    head,
    '1|Phoenix-Sales|2|1',
    '2|Phoenix-Sales|1|1',
    '5|Phoenix-Sales|0|1',
  );
  expect(recordsOf(await rig.run('close_rate_percent', different))).toEqual([
    '2: Phoenix-Sales 1.00 1.00 | Phoenix-Sales 1.00 0.00',
    '3: – | Phoenix-Sales 1.00 0.00',
    '5: Phoenix-Sales 1.00 0.00 | –',
  ]);
});
