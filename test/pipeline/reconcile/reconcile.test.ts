import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/errors.ts';
import { startCompany } from './support/company.ts';
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

beforeEach(() => startCompany(rig));

const phoenix = { event_date: '2024-03-04', business_unit: 'Phoenix-Sales' };

const messageOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError', { cause: error });
  expect(error.message).not.toMatch(/Quill/);
  return error.message;
};

describe('a report that will not do', () => {
  test('a column is missing: its names, and the columns found', async () => {
    const table = reportOf('Estimate ID|Customer Name', '7|Iris Quill');
    expect(await messageOf(rig.run('total_booked', table))).toBe(
      'Cannot reconcile total_booked with report.csv: it lacks the column Business Unit (or Business Unit ID, Business ' +
        'Unit Name, Job Business Unit, Unit); it lacks the column Estimate Subtotal (or Subtotal, Sold Subtotal, ' +
        'Estimate Sales Subtotal, Total); it has: Estimate ID, Customer Name',
    );
  });

  test('a key is missing: every way to name the record', async () => {
    expect(await messageOf(rig.run('lead_count', reportOf('Business Unit')))).toMatch(
      /lacks the column Job ID \(or Job #, Job Number, Job No, Job\); it has: Business Unit$/,
    );
    expect(await messageOf(rig.run('outstanding_ar', reportOf('Unit|Balance')))).toMatch(
      /lacks the column Invoice ID \(or .*Location ID\)/,
    );
  });

  test('two columns of one name', async () => {
    const table = reportOf('Job #|Business Unit|business unit');
    expect(await messageOf(rig.run('lead_count', table))).toMatch(
      /two of its columns are called Business Unit; leave one of them out/,
    );
  });

  test.each([
    [
      'Estimate ID|Unit|Subtotal|Sold On',
      'Iris Quill|Phoenix-Sales|1|',
      /line 2, column Estimate ID holds no id/,
    ],
    [
      'Estimate ID|Unit|Subtotal|Sold On',
      '7|Phoenix-Sales|Quill|',
      /line 2, column Subtotal holds no amount; write it as 1234\.56/,
    ],
    [
      'Estimate ID|Unit|Subtotal|Sold On',
      '7|Phoenix-Sales|1|Quill',
      /line 2, column Sold On holds no date; write it as 2024-03-18/,
    ],
  ])('a cell that cannot be read: line and column, never the cell', async (head, line, message) => {
    expect(await messageOf(rig.run('total_booked', reportOf(head, line)))).toMatch(message);
  });

  test('a row between others that names no record', async () => {
    const table = reportOf(
      'Job ID|Unit',
      '101|Phoenix-Sales',
      '|Phoenix-Sales',
      '102|Phoenix-Sales',
    );
    expect(await messageOf(rig.run('lead_count', table))).toMatch(
      /line 3, column Job ID names no job; .*without groups and subtotals/,
    );
  });

  test('a flag that is none', async () => {
    const table = reportOf('Job ID|Unit|Closed', '101|Phoenix-Sales|Quill');
    expect(await messageOf(rig.run('close_rate_percent', table))).toMatch(
      /line 2, column Closed says neither yes nor no/,
    );
  });

  test('a unit whose name rolls up to two', async () => {
    await rig.given('st_ref.dim_bu_rollup', [
      {
        businessUnitId: 9,
        businessUnitName: 'phoenix-sales ',
        unitKind: 'SALES',
        rollupName: 'Tucson-Sales',
      },
    ]);
    const byName = reportOf('Job ID|Business Unit', '101|Phoenix-Sales');
    expect(await messageOf(rig.run('lead_count', byName))).toMatch(
      /roll up to Phoenix-Sales and to Tucson-Sales; export the report with Business Unit ID/,
    );
    const byId = reportOf('Job ID|Business Unit|Business Unit ID', '101|Phoenix-Sales|9');
    expect(unitsOf(await rig.run('lead_count', byId))).toEqual([
      'Tucson-Sales 1.00 0.00 different',
    ]);
  });

  test('a snapshot that no build wrote', async () => {
    const table = reportOf('Job ID|Unit|Revenue');
    expect(await messageOf(rig.run('future_bookings', table))).toMatch(/run fieldmart build$/);
    await rig.given('st_mart.kpi_future_bookings', [
      { event_date: '2024-03-05' },
      { event_date: '2024-03-06' },
    ]);
    expect(await messageOf(rig.run('future_bookings', table))).toBe(
      'Cannot reconcile future_bookings of 2024-03-07: no build wrote a snapshot of that date; give --to one of the ' +
        'latest: 2024-03-06, 2024-03-05',
    );
  });
});

describe('what is left out, and said so', () => {
  test('totals at the end', async () => {
    const table = reportOf('Estimate ID|Unit|Total', '7|Phoenix-Sales|5', '||5', 'Grand Total||5');
    const result = await rig.run('total_booked', table);
    expect(unitsOf(result)).toEqual(['Phoenix-Sales 5.00 0.00 different']);
    expect(notesOf(result)).toEqual([
      'Left out as totals, because they name no record: line 3, 4.',
    ]);
  });

  test('nothing, where the report has no date column', async () => {
    const table = reportOf('Estimate ID|Business Unit|Subtotal', '1|Phoenix-Sales|5');
    const { notes } = await rig.run('total_booked', table);
    expect(notes).toEqual([
      'The report has no date column (Sold On, Sold Date, Estimate Sold On, Estimate Sold Date): ' +
        'all its rows were taken as of the period.',
    ]);
  });

  test('rows of other dates, by the local date; rows without a date stay', async () => {
    const table = reportOf(
      'Job ID|Unit|Created Date',
      '1|Phoenix-Sales|2024-03-01T00:00:00-07:00',
      '2|Phoenix-Sales|2024-02-29T23:59:59-07:00',
      '3|Phoenix-Sales|3/7/2024 11:59 PM',
      '4|Phoenix-Sales|3/8/2024 12:00 AM',
      '5|Phoenix-Sales|2024-03-08T06:59:00Z',
      '6|Phoenix-Sales|',
    );
    const result = await rig.run('lead_count', table);
    expect(recordsOf(result).map((line) => line.slice(0, 1))).toEqual(['1', '3', '5', '6']);
    expect(notesOf(result)).toEqual(['2 lines of other dates were left out.']);
  });

  test('twins: counted once, or summed, and flagged', async () => {
    const counted = await rig.run(
      'num_estimates',
      reportOf('Job ID|Unit', '101|Phoenix-Sales', '101|Phoenix-Sales', '102|Phoenix-Sales'),
    );
    expect(unitsOf(counted)).toEqual(['Phoenix-Sales 2.00 0.00 different']);
    expect(notesOf(counted)).toEqual([
      '1 job on several lines, each counted once: 101 (lines 2, 3).',
    ]);
    const summed = await rig.run(
      'dollars_produced',
      reportOf(
        'Job ID|Unit|Revenue',
        '101|Phoenix-Production|$1.50',
        '101|Phoenix-Production|(0.25)',
      ),
    );
    expect(unitsOf(summed)).toEqual(['Phoenix-Production 1.25 0.00 different']);
    expect(notesOf(summed)).toEqual(['1 job on several lines, each summed: 101 (lines 2, 3).']);
  });

  test('another tenant', async () => {
    await rig.given('st_mart.lead_jobs', [
      { ...phoenix, tenant_id: '43', job_id: 101, lead_count: 1 },
    ]);
    expect(unitsOf(await rig.run('lead_count', reportOf('Job ID|Unit')))).toEqual([]);
  });
});

describe('records', () => {
  test('only there, only here, different, of another unit; and where ours stand on other dates', async () => {
    await rig.given('st_mart.booked_estimates', [
      { ...phoenix, estimate_id: 1, total_booked: '100.000000000' },
      { ...phoenix, estimate_id: 2, total_booked: '50.000000000' },
      { ...phoenix, estimate_id: 3, total_booked: '0.129999999' },
      { ...phoenix, estimate_id: 5, total_booked: '5' },
      { ...phoenix, estimate_id: 6, total_booked: '0' },
      { ...phoenix, event_date: '2024-03-08', estimate_id: 4, total_booked: '9920' },
    ]);
    const table = reportOf(
      'Estimate ID|Business Unit|Subtotal',
      '1|Phoenix-Sales|$100.02',
      '3|Phoenix-Sales|0.12',
      '4|Phoenix-Sales|9,920.00',
      '5|Tucson-Sales|5',
      '8|Phoenix-Sales|0.00',
    );
    const result = await rig.run('total_booked', table);
    expect(unitsOf(result)).toEqual([
      'Phoenix-Sales 10020.14 155.129999999 different',
      'Tucson-Sales 5.00 0.00 different',
    ]);
    expect(recordsOf(result)).toEqual([
      '4: Phoenix-Sales 9920.00 | – (2024-03-08 Phoenix-Sales)',
      '2: – | Phoenix-Sales 50.00',
      '1: Phoenix-Sales 100.02 | Phoenix-Sales 100.00',
      '5: Tucson-Sales 5.00 | Phoenix-Sales 5.00',
    ]);
  });

  test('a sum may differ by a cent and no more, a count not at all', async () => {
    await rig.given('st_mart.booked_estimates', [
      { ...phoenix, estimate_id: 1, total_booked: '100' },
    ]);
    const booked = (amount: string) =>
      rig.run('total_booked', reportOf('Estimate ID|Unit|Total', `1|Phoenix-Sales|${amount}`));
    expect(unitsOf(await booked('100.01'))).toEqual(['Phoenix-Sales 100.01 100.00 equal']);
    expect(unitsOf(await booked('99.989999999'))).toEqual([
      'Phoenix-Sales 99.989999999 100.00 different',
    ]);
  });

  test('cents of rounding may add up: it is said that no record is at fault', async () => {
    const ids = [1, 2, 3, 4];
    await rig.given(
      'st_mart.booked_estimates',
      ids.map((id) => ({ ...phoenix, estimate_id: id, total_booked: '1.004' })),
    );
    const lines = ids.map((id) => `${id}|Phoenix-Sales|1.00`);
    const result = await rig.run('total_booked', reportOf('Estimate ID|Unit|Total', ...lines));
    expect(unitsOf(result)).toEqual(['Phoenix-Sales 4.00 4.016 different']);
    expect(result.records).toEqual([]);
    expect(notesOf(result)).toEqual([
      'No single record differs by more than a cent: the report rounds each of them.',
    ]);
  });

  test('a job is named by its number where the report has no id', async () => {
    await rig.given('st_mart.lead_jobs', [
      { ...phoenix, job_id: 101, lead_count: 1 },
      { ...phoenix, job_id: 102, lead_count: 1 },
      { ...phoenix, event_date: '2024-02-29', job_id: 103, lead_count: 1 },
    ]);
    const table = reportOf(
      'job number|Business Unit',
      'J-1|Phoenix-Sales',
      'J-3|Phoenix-Sales',
      'J-9|Phoenix-Sales',
    );
    const result = await rig.run('lead_count', table);
    expect(recordsOf(result)).toEqual([
      'J-2: – | Phoenix-Sales 1.00',
      'J-3: Phoenix-Sales 1.00 | – (2024-02-29 Phoenix-Sales)',
      'J-9: Phoenix-Sales 1.00 | –',
    ]);
  });
});
