import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startCompany } from './support/company.ts';
import {
  openReconcileRig,
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

beforeEach(() => startCompany(rig));

const phoenix = { event_date: '2024-03-04', business_unit: 'Phoenix-Sales' };

const leads = (...lines: string[]) =>
  rig.run('lead_count', reportOf('Job ID|Business Unit', ...lines));

test('roll up, by name in any case, by id, and by the name they roll up to', async () => {
  const result = await leads('1|z-west  - SALES', '2| Phoenix-Sales', '3|2', '4|Tucson-Sales');
  expect(unitsOf(result)).toEqual([
    'Phoenix-Sales 3.00 0.00 different',
    'Tucson-Sales 1.00 0.00 different',
  ]);
  expect(notesOf(result)).toEqual([]);
});

test('of another kind are left out, those that no roll-up knows are shown as they are', async () => {
  const result = await leads('1|Phoenix-Production', '2|Yard', '3|Office', '4|');
  expect(unitsOf(result)).toEqual([
    '(no unit) 1.00 0.00 different',
    'Office (no unit) 1.00 0.00 different',
  ]);
  expect(notesOf(result)).toEqual([
    '2 lines of units that lead_count is not a number of were left out.',
    'No roll-up knows these units of the report: Office, (blank); add them to business_unit_rollup.csv.',
  ]);
});

test('may be chosen: the others are left out on both sides', async () => {
  await rig.given('st_mart.lead_jobs', [
    { ...phoenix, job_id: 101, lead_count: 1 },
    { ...phoenix, business_unit: 'Tucson-Sales', job_id: 102, lead_count: 1 },
  ]);
  const table = reportOf('Job ID|Unit', '101|Phoenix-Sales', '103|Tucson-Sales');
  const result = await rig.run('lead_count', table, { units: ['Phoenix-Sales'] });
  expect(unitsOf(result)).toEqual(['Phoenix-Sales 1.00 1.00 equal']);
  expect(result.records).toEqual([]);
});
