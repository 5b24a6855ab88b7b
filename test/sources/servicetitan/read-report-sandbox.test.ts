import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { sourceErrorOf } from '../support/open-source.ts';
import { createReportRig, type ReportRig } from '../support/report-rig.ts';

const leads = { category: 'marketing', id: '1001' };

let sandbox: Sandbox;
let rig: ReportRig;

beforeEach(async () => {
  rig = createReportRig();
  sandbox = await startSandbox({ scale: 0.02, now: () => new Date(rig.clock.ms) });
});
afterEach(() => sandbox.close());

test('reads every page, and a second run when its minute has come', async () => {
  const here = rig.open(sandbox.url, { ...sandbox.credentials });
  try {
    const { parameters } = await here.describe(leads);
    expect(parameters.map(({ name }) => name)).toEqual(['From', 'To', 'BusinessUnitIds']);
    const period = [
      { name: 'From', value: '2020-01-01' },
      { name: 'To', value: '2024-12-31' },
    ];
    sandbox.addFault({ kind: 'reset', path: '/data', times: 1 });
    sandbox.addFault({ kind: 'maintenance', path: 'page=2', times: 1 });
    sandbox.addFault({ kind: 'repeatPage', path: 'page=2', times: 1, after: 1 });
    const first = await here.read(leads, period);
    expect(first.rows.length).toBeGreaterThan(1000);
    const numbers = first.rows.map(([number]) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(first.fields[0]).toEqual({ name: 'JobNumber', label: 'Job #' });
    const again = rig.open(sandbox.url, { ...sandbox.credentials });
    expect(await again.read(leads, period)).toEqual(first);
    await again.close();
    expect(rig.waitsMs.some((ms) => ms > 20_000)).toBe(true);
  } finally {
    await here.close();
  }
}, 30_000);

test('a parameter that the report does not know, and a scope that is missing', async () => {
  const here = rig.open(sandbox.url, { ...sandbox.credentials });
  try {
    const error = await sourceErrorOf(here.read(leads, [{ name: 'Form', value: '2024-01-01' }]));
    expect(error.message).toMatch(/does not take the parameter Form as it was given/);
    sandbox.addFault({ kind: 'forbidden', path: 'reporting' });
    expect((await sourceErrorOf(here.describe(leads))).message).toMatch(/tn\.rpr\.reports:r/);
    sandbox.clearFaults();
    const missing = { category: 'sales', id: '1001' };
    expect((await sourceErrorOf(here.describe(missing))).message).toMatch(
      /give one of: sales\/1101 \(Sold Estimates\)$/,
    );
  } finally {
    await here.close();
  }
});
