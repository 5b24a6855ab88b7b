import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
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

const production = { event_date: '2024-03-04', business_unit: 'Phoenix-Production' };

beforeEach(async () => {
  await rig.clear();
  await rig.given('st_ref.dim_bu_rollup', [
    {
      businessUnitId: 3,
      businessUnitName: 'Phoenix-Production',
      unitKind: 'PRODUCTION',
      rollupName: 'Phoenix-Production',
    },
  ]);
  const invoice = (invoiceId: number, locationId: number | null, locationName: string | null) => ({
    ...{ invoiceId, locationId, locationName },
  });
  await rig.given('st_dim.dim_invoices', [
    invoice(1, 70, 'Iris Quill'),
    invoice(2, 70, 'Iris Quill'),
    invoice(3, 71, 'Ocotillo'),
    invoice(4, 72, null),
    invoice(5, null, 'Nowhere'),
  ]);
  await rig.given('st_mart.kpi_outstanding_ar', [{ event_date: '2024-03-07' }]);
  const open = (invoice_id: number, location_id: number | null, outstanding_ar: string) => ({
    ...{ ...production, event_date: '2024-03-07', invoice_id, location_id, outstanding_ar },
  });
  await rig.given('st_mart.outstanding_invoices', [
    open(1, 70, '100'),
    open(2, 70, '-30'),
    open(5, null, '12'),
  ]);
});

test('by invoice: netted by location as we know it, small nets and nameless locations left out', async () => {
  const table = reportOf(
    'Invoice ID|Business Unit|Balance|Customer Name',
    '1|Phoenix-Production|100.00|Iris Quill',
    '2|Phoenix-Production|(30.00)|Iris Quill',
    '3|Phoenix-Production|9.99|x',
    '4|Phoenix-Production|500|x',
    '5|Phoenix-Production|12|x',
    '6|Phoenix-Production|11|x',
    '7|Phoenix-Production|1|x',
  );
  const result = await rig.run('outstanding_ar', table);
  expect(unitsOf(result)).toEqual(['Phoenix-Production 93.00 82.00 different']);
  expect(recordsOf(result)).toEqual(['6: Phoenix-Production 11.00 | –']);
  expect(notesOf(result)).toEqual([
    '2 lines of locations that owe less than 10.00 were left out.',
    '1 line of locations without a name was left out.',
  ]);
});

test('by location', async () => {
  const table = reportOf(
    'Location ID|Business Unit|Balance',
    '70|Phoenix-Production|75',
    '71|Phoenix-Production|9.99',
  );
  const result = await rig.run('outstanding_ar', table);
  expect(recordsOf(result)).toEqual([
    ': – | Phoenix-Production 12.00',
    '70: Phoenix-Production 75.00 | Phoenix-Production 70.00',
  ]);
});
