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

const unit = 'Phoenix-Production';
const noon = '2024-03-18T19:00:00Z';
const work = (id: number, more: GivenRow = {}): GivenRow => ({
  id,
  businessUnitId: units.phoenixProduction,
  jobTypeId: types.paint,
  jobStatus: 'Completed',
  createdOn: '2024-03-01T19:00:00Z',
  completedOn: noon,
  ...more,
});
const numbers = async (columns: string, date = '2024-03-18') => {
  await rig.buildAt(now);
  return rig.day(date, unit, columns);
};
const cost = (columns: string) =>
  rig.read(`select ${columns} from st_mart.job_costs where job_id = 1`);

describe('dollars_produced', () => {
  test('sums all of a job’s active invoices before tax, whatever the job’s status', async () => {
    await rig.given('jobs', [work(1, { jobStatus: 'Canceled' }), work(2, { jobStatus: null })]);
    await rig.given('invoices', [
      { id: 1, jobId: 1, subTotal: '100.25', total: 110 },
      { id: 2, jobId: 1, subTotal: '-0.25' },
      { id: 3, jobId: 1, subTotal: 1000, active: false },
      { id: 4, jobId: 1, subTotal: 1000, _deleted: true },
      { id: 5, jobId: 2, subTotal: 5 },
    ]);
    expect(await numbers('dollars_produced')).toEqual({ dollars_produced: '105.000000000' });
  });

  test('takes the job’s unit, and leaves out invoices of no job or an unknown one', async () => {
    await rig.given('jobs', [work(1, { businessUnitId: units.retiredProduction })]);
    await rig.given('invoices', [
      { id: 1, jobId: 1, subTotal: 1, businessUnitId: units.tucsonProduction },
      { id: 2, jobId: 99, subTotal: 10, businessUnitId: units.phoenixProduction },
      { id: 3, subTotal: 100, businessUnitId: units.phoenixProduction },
    ]);
    expect(await numbers('dollars_produced')).toEqual({ dollars_produced: '1.000000000' });
    expect(await rig.day('2024-03-18', 'Tucson-Production', 'dollars_produced')).toEqual({
      dollars_produced: '0.000000000',
    });
  });

  test('leaves out jobs of sales units, of no unit, and inactive ones', async () => {
    await rig.given('jobs', [
      work(1, { businessUnitId: units.phoenixSales }),
      work(2, { businessUnitId: units.office }),
      work(3, { active: false }),
      work(4),
    ]);
    await rig.given(
      'invoices',
      [1, 2, 3, 4].map((id) => ({ id, jobId: id, subTotal: 10 ** id })),
    );
    expect(await numbers('dollars_produced')).toEqual({ dollars_produced: '10000.000000000' });
    expect(await rig.day('2024-03-18', 'Phoenix-Sales', 'dollars_produced, gpm_percent')).toEqual({
      dollars_produced: null,
      gpm_percent: null,
    });
  });

  test.each([
    ['the earliest appointment, a canceled one too', '2024-03-12T06:30:00Z', '2024-03-11'],
    ['the local day of an evening', '2024-03-13T06:59:59Z', '2024-03-12'],
    ['completedOn without an appointment', null, '2024-03-18'],
  ])('is dated by the job start: %s', async (_, start, date) => {
    await rig.given('jobs', [work(1)]);
    await rig.given('invoices', [{ id: 1, jobId: 1, subTotal: 7 }]);
    const later = { id: 1, jobId: 1, start: '2024-03-17T19:00:00Z' };
    const canceled = { id: 2, jobId: 1, start, status: 'Canceled' };
    await rig.given('appointments', start === null ? [] : [later, canceled]);
    expect(await numbers('dollars_produced', date)).toEqual({ dollars_produced: '7.000000000' });
  });

  test('is dated by createdOn when there is nothing else', async () => {
    await rig.given('jobs', [work(1, { completedOn: null })]);
    await rig.given('invoices', [{ id: 1, jobId: 1, subTotal: 7 }]);
    expect(await numbers('dollars_produced', '2024-03-01')).toEqual({
      dollars_produced: '7.000000000',
    });
  });

  test('gives no row to a job that starts after the build', async () => {
    await rig.given('jobs', [work(1), work(2, { completedOn: '2024-03-21T19:00:00Z' })]);
    await rig.given('invoices', [{ id: 2, jobId: 2, subTotal: 7 }]);
    expect(await numbers('dollars_produced', '2024-03-21')).toBeUndefined();
    const records = 'select job_id from st_mart.produced_jobs order by 1';
    expect(await rig.read(records)).toEqual([{ job_id: 1 }, { job_id: 2 }]);
  });
});

describe('cost of a job', () => {
  test('is pay, purchase orders and material, less returns', async () => {
    await rig.given('jobs', [work(1)]);
    await rig.given('invoices', [{ id: 5, jobId: 1, subTotal: 4000 }]);
    await rig.given('payroll', [
      { id: 1, jobId: 1, amount: 1200, amountAdjustment: 55 },
      { id: 2, jobId: 1, amount: -100 },
      { id: 3, jobId: 2, amount: 999 },
    ]);
    await rig.given('payroll_adjustments', [{ id: 1, invoiceId: 5, amount: 77 }]);
    await rig.given('purchase_orders', [
      { id: 1, jobId: 1, total: 500, status: 'Received' },
      { id: 2, jobId: 1, total: 300, status: 'Canceled' },
      { id: 3, jobId: null, total: 200 },
    ]);
    await rig.given('invoice_items', [
      { id: 1, invoiceId: 5, type: 'Material', totalCost: 80, cost: 1, quantity: 1 },
    ]);
    await rig.given('returns', [
      { id: 1, jobId: 1, returnAmount: 60, taxAmount: 5, status: 'Pending' },
      { id: 2, jobId: 1, returnAmount: 30, status: 'canceled ' },
      { id: 3, jobId: 1, returnAmount: 20, active: false },
    ]);
    await rig.given('inventory_bills', [{ id: 1, purchaseOrderId: 1, billAmount: 500 }]);
    expect(await numbers('dollars_produced, production_cost, gpm_percent')).toEqual({
      dollars_produced: '4000.000000000',
      production_cost: '1620.000000000',
      gpm_percent: '59.50',
    });
    expect(await cost('labor_cost, purchase_order_cost, invoice_item_cost, return_credit')).toEqual(
      [
        {
          labor_cost: '1100.000000000',
          purchase_order_cost: '500.000000000',
          invoice_item_cost: '80.000000000',
          return_credit: '60.000000000',
        },
      ],
    );
  });

  test('counts both of two pay items without an id that are equal in every field', async () => {
    await rig.given('jobs', [work(1)]);
    const twin = { id: null, jobId: 1, amount: '12.345678901' };
    await rig.given('payroll', [
      { ...twin, _key: 'h:a:1' },
      { ...twin, _key: 'h:a:2' },
      { id: 3, _key: 'i:3', jobId: 1, amount: 1000, active: false },
    ]);
    expect(await numbers('production_cost')).toEqual({ production_cost: '24.691357802' });
  });

  test('takes cost times quantity where an item has no total, of materials and equipment', async () => {
    await rig.given('jobs', [work(1)]);
    await rig.given('invoices', [
      { id: 5, jobId: 1 },
      { id: 6, jobId: 1, active: false },
    ]);
    await rig.given('invoice_items', [
      { id: 1, invoiceId: 5, type: 'Material', cost: '0.333333333', quantity: '1.5' },
      { id: 2, invoiceId: 5, type: ' equipment', totalCost: 0, cost: 9, quantity: 9 },
      { id: 3, invoiceId: 5, type: 'Service', totalCost: 100 },
      { id: 4, invoiceId: 5, type: null, totalCost: 100 },
      { id: 5, invoiceId: 5, type: 'Material', totalCost: 100, active: false },
      { id: 6, invoiceId: 6, type: 'Material', totalCost: 100 },
      { id: 7, invoiceId: 99, type: 'Material', totalCost: 100 },
      { id: 8, invoiceId: 5, type: 'Material', cost: 3 },
    ]);
    // 0.4999999995 becomes 0.500000000 when it is stored.
    expect(await numbers('production_cost')).toEqual({ production_cost: '0.500000000' });
  });
});

describe('gpm_percent and warranty_percent', () => {
  test('count the cost of warranty jobs without revenue, in units of production alone', async () => {
    await rig.given('jobs', [
      work(1),
      work(2, { jobTypeId: types.warranty }),
      work(3, { jobTypeId: types.solarTouchup }),
      work(4, { jobTypeId: types.warranty, businessUnitId: units.phoenixSales }),
    ]);
    await rig.given('invoices', [{ id: 1, jobId: 1, subTotal: 3000 }]);
    await rig.given(
      'payroll',
      [1, 2, 3, 4].map((id) => ({ id, jobId: id, amount: id === 1 ? 1000 : 50 * id })),
    );
    expect(await numbers('production_cost, warranty_cost, gpm_percent, warranty_percent')).toEqual({
      production_cost: '1250.000000000',
      warranty_cost: '100.000000000',
      gpm_percent: '58.33',
      warranty_percent: '3.33',
    });
  });

  test('are NULL without revenue, and can be negative or above 100', async () => {
    await rig.given('jobs', [
      work(1, { jobTypeId: types.warranty }),
      work(2, { completedOn: '2024-03-19T19:00:00Z', jobTypeId: types.warranty }),
    ]);
    await rig.given('invoices', [{ id: 2, jobId: 2, subTotal: 100 }]);
    await rig.given('payroll', [
      { id: 1, jobId: 1, amount: 10 },
      { id: 2, jobId: 2, amount: '250.005' },
    ]);
    const columns = 'gpm_percent, warranty_percent';
    expect(await numbers(columns)).toEqual({ gpm_percent: null, warranty_percent: null });
    expect(await rig.day('2024-03-19', unit, columns)).toEqual({
      gpm_percent: '-150.01',
      warranty_percent: '250.01',
    });
  });
});
