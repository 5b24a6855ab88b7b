import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checks, openCheckRig, type Break, type CheckRig } from './support/check-rig.ts';

let rig: CheckRig;

beforeAll(async () => {
  rig = await openCheckRig();
});

afterAll(() => rig.close());

const names = checks.filter(({ severity }) => severity === 'yellow').map(({ name }) => name);

/** What breaks a check, and the first row that it then returns. */
const breaks: Break[] = [
  [
    'business_units_mapped',
    'delete from st_ref.dim_bu_rollup where businessUnitId = 10',
    { business_unit_id: 10, business_unit_name: 'North Sales', jobs: 30, invoices: 0 },
  ],
  [
    'business_units_mapped',
    'update st_dim.dim_jobs set businessUnitId = 99 where jobId = 100',
    { business_unit_id: 99, business_unit_name: null, jobs: 1, invoices: 0 },
  ],
  [
    'business_units_mapped',
    'update st_dim.dim_invoices set businessUnitId = null where invoiceId = 100',
    { business_unit_id: null, jobs: 0, invoices: 1 },
  ],
  [
    'rollup_rows_used',
    `update st_ref.seed_business_unit_rollup set business_unit_name = 'Offise' where unit_kind = 'NONE'`,
    { business_unit_name: 'Offise' },
  ],
  [
    'rollup_rows_used',
    `update st_ref.seed_business_unit_rollup set business_unit_id = '19' where business_unit_id = '10'`,
    { business_unit_id: '19', business_unit_name: 'North Sales' },
  ],
  [
    'invoices_with_job',
    'update st_dim.dim_invoices set jobId = null where invoiceId in (100, 101)',
    { invoice_count: 30, with_job: 28, percent_min: 95 },
  ],
  [
    'estimates_with_job',
    'update st_raw.raw_estimates set jobId = 7 where id in (100, 101)',
    { estimate_count: 30, with_job: 28, percent_min: 95 },
  ],
  [
    'payments_with_invoice',
    'update st_mart.collected_payments set invoice_id = 7 where payment_id in (100, 101, 102)',
    { money: '2100.000000000', with_invoice: '1863.000000000', percent_min: 90 },
  ],
  ...['jobs', 'invoices'].map((plural): Break => {
    const few = plural === 'jobs' ? 7 : 4;
    const id = plural === 'jobs' ? 'jobId' : 'invoiceId';
    return [
      `${plural}_per_day`,
      `delete from st_dim.dim_${plural} where ${id} in (select ${id} from st_dim.dim_${plural}
        where createdOn >= timestamp '2024-03-19 07:00:00+00' order by ${id} limit ${few})`,
      { tenant_id: '1', event_date: '2024-03-19', weeks: 4 },
    ];
  }),
  [
    'entities_fresh',
    `update st_ops.runs set ended_at = timestamp '2024-03-19 06:59:59+00' where entity = 'jobs'`,
    { tenant_id: '1', entity: 'jobs', last_run: '2024-03-19T06:59:59.000Z' },
  ],
  [
    'entities_fresh',
    `update st_ops.runs set outcome = 'failed' where entity = 'payroll'`,
    { entity: 'payroll', last_run: null },
  ],
  [
    'months_without_records',
    `update st_mart.record_months set is_gap = true, records = 0
      where entity = 'estimates' and month_start = date '2024-02-01'`,
    { entity: 'estimates', month_start: '2024-02-01' },
  ],
  [
    'fields_documented',
    `insert into st_ops.drift values
      ('1', 'jobs', 'newField', 'appeared', timestamp '2024-03-19 11:00:00+00', timestamp '2024-03-20 11:00:00+00', 9),
      ('1', 'jobs', 'jobStatus', 'is a number', timestamp '2024-01-02 11:00:00+00', timestamp '2024-03-20 11:00:00+00', 3)`,
    {
      ...{ tenant_id: '1', entity: 'jobs', field: 'jobStatus', kind: 'is a number', records: 3 },
      first_seen: '2024-01-02T11:00:00.000Z',
      last_seen: '2024-03-20T11:00:00.000Z',
    },
  ],
];

test('every yellow check has something here that breaks it', () => {
  expect([...new Set(breaks.map(([name]) => name))].sort()).toEqual([...names].sort());
});

describe('what is broken is found, with its row', () => {
  test.each(breaks)('%s: %s', async (name, statement, row) => {
    const result = await rig.checkAfter(name, statement);
    expect(result).toMatchObject({ status: 'yellow', severity: 'yellow' });
    expect(result?.firstRows[0]).toMatchObject(row);
  });
});

describe('what is within the threshold is green', () => {
  test.each([
    ['jobs_per_day', `delete from st_dim.dim_jobs where jobId in (500, 501, 502, 503, 504, 505)`],
    [
      'jobs_per_day',
      `delete from st_dim.dim_jobs where createdOn >= timestamp '2024-03-19 07:00:00+00' or jobId % 100 > 1`,
    ],
    ['invoices_with_job', 'update st_dim.dim_invoices set jobId = null where invoiceId = 100'],
    [
      'estimates_with_job',
      'update st_raw.raw_estimates set jobId = 7, active = false where id > 100',
    ],
    [
      'payments_with_invoice',
      'update st_mart.collected_payments set invoice_id = 7 where payment_id in (100, 101)',
    ],
    [
      'entities_fresh',
      `update st_ops.runs set ended_at = timestamp '2024-03-19 07:00:00+00' where entity = 'jobs'`,
    ],
    [
      'months_without_records',
      `update st_mart.record_months set is_gap = true, records = 0 where entity = 'business-units'`,
    ],
    [
      'business_units_mapped',
      `update st_dim.dim_jobs set businessUnitId = 99, isActive = false where jobId = 100`,
    ],
    ['rollup_rows_used', 'delete from st_ref.dim_business_units'],
    [
      'fields_documented',
      `insert into st_ops.drift values
        ('1', 'jobs', 'newField', 'appeared', timestamp '2024-01-02 11:00:00+00', timestamp '2024-03-13 18:59:59+00', 9)`,
    ],
  ])('%s: %s', async (name, statement) => {
    expect(await rig.checkAfter(name, statement)).toMatchObject({ status: 'green', wrongRows: 0 });
  });
});
