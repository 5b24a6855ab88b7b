import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checks, openCheckRig, type Break, type CheckRig } from './support/check-rig.ts';

let rig: CheckRig;

beforeAll(async () => {
  rig = await openCheckRig();
});

afterAll(() => rig.close());

const names = checks.filter(({ severity }) => severity === 'red').map(({ name }) => name);

const daily = 'st_mart.daily_kpis';
const onOneDay = `event_date = date '2024-03-05' and business_unit`;

/** What breaks a check, and the first row that it then returns. */
const breaks: Break[] = [
  ...['daily_kpis', 'weekly_kpis', 'daily_kpis_by_region', 'weekly_kpis_by_region'].flatMap(
    (table): Break[] => [
      [
        `${table}_grain`,
        `insert into st_mart.${table} select * from st_mart.${table} limit 1`,
        { tenant_id: '1', row_count: 2 },
      ],
      [
        `${table}_grain`,
        `update st_mart.${table} set ${table.includes('region') ? 'region' : 'business_unit'} = null`,
        table.includes('region') ? { region: null } : { business_unit: null, row_count: 2 },
      ],
      [`${table}_grain`, `insert into st_mart.${table} (tenant_id) values ('1')`, { row_count: 1 }],
    ],
  ),
  [
    'jobs_kept',
    'delete from st_dim.dim_jobs where jobId = 100',
    { tenant_id: '1', loaded_rows: 60, kept_rows: 59, distinct_jobs: 59 },
  ],
  [
    'jobs_kept',
    'insert into st_dim.dim_jobs select * from st_dim.dim_jobs where jobId = 100',
    { loaded_rows: 60, kept_rows: 61, distinct_jobs: 60 },
  ],
  [
    'jobs_kept',
    `update st_dim.dim_jobs set jobId = 101 where jobId = 100`,
    { loaded_rows: 60, kept_rows: 60, distinct_jobs: 59 },
  ],
  [
    'jobs_kept',
    `insert into st_dim.dim_jobs (tenant_id, jobId) values ('2', 1)`,
    { tenant_id: '2', loaded_rows: 0, kept_rows: 1 },
  ],
  [
    'invoices_kept',
    'delete from st_dim.dim_invoices where invoiceId = 100',
    { tenant_id: '1', loaded_rows: 30, kept_rows: 29 },
  ],
  ...['revenue', 'labor_cost', 'purchase_order_cost', 'invoice_item_cost', 'return_credit'].map(
    (kind): Break => [
      'job_costs_complete',
      `update st_mart.job_costs set ${kind} = ${kind} + 0.000000001 where job_id = 1100`,
      { tenant_id: '1', kind },
    ],
  ),
  [
    'job_costs_complete',
    'insert into st_mart.job_costs select * from st_mart.job_costs where job_id = 1100',
    { kind: 'invoice_item_cost', posted_amount: '97.500000000', counted_amount: '100.750000000' },
  ],
  [
    'job_costs_complete',
    'delete from st_mart.job_costs where job_id = 1100',
    { kind: 'invoice_item_cost', posted_amount: '97.500000000', counted_amount: '94.250000000' },
  ],
  [
    'payments_collected',
    'delete from st_mart.collected_payments where payment_id = 100 and invoice_id is null',
    { tenant_id: '1', payment_id: 100, total: '70.000000000', collected: '69.000000000' },
  ],
  [
    'payments_collected',
    'insert into st_mart.collected_payments select * from st_mart.collected_payments where payment_id = 100',
    { payment_id: 100, collected: '140.000000000' },
  ],
  ...(
    [
      ['lead_count', 'North-Sales'],
      ['total_booked', 'North-Sales'],
      ['dollars_produced', 'North-Production'],
      ['production_cost', 'North-Production'],
      ['warranty_cost', 'North-Production'],
      ['dollars_collected', 'North-Production'],
      ['num_estimates', 'North-Sales'],
      ['sales_opportunities', 'North-Sales'],
      ['closed_opportunities', 'North-Sales'],
    ] as const
  ).flatMap(([kpi, unit]): Break[] => [
    [
      'daily_kpis_add_up',
      `update ${daily} set ${kpi} = ${kpi} + 1 where ${onOneDay} = '${unit}'`,
      { tenant_id: '1', kpi, event_date: '2024-03-05', business_unit: unit },
    ],
    [
      'daily_kpis_add_up',
      `update ${daily} set ${kpi} = null where ${onOneDay} = '${unit}'`,
      { kpi, mart_amount: '0.000000000' },
    ],
    [
      'weekly_kpis_add_up',
      `update ${daily} set ${kpi} = ${kpi} + 1 where ${onOneDay} = '${unit}'`,
      { tenant_id: '1', week_start: '2024-03-04', business_unit: unit },
    ],
    [
      'daily_kpis_by_region_add_up',
      `update ${daily} set ${kpi} = ${kpi} + 1 where ${onOneDay} = '${unit}'`,
      { tenant_id: '1', event_date: '2024-03-05', region: 'North' },
    ],
    [
      'weekly_kpis_by_region_add_up',
      `update st_mart.weekly_kpis set ${kpi} = ${kpi} + 1 where week_start = date '2024-03-04' and business_unit = '${unit}'`,
      { tenant_id: '1', week_start: '2024-03-04', region: 'North' },
    ],
  ]),
  ...['future_bookings', 'outstanding_ar'].flatMap((kpi): Break[] => [
    [
      'daily_kpis_add_up',
      `update ${daily} set ${kpi} = ${kpi} - 1 where business_unit = 'North-Production'`,
      { tenant_id: '1', kpi, event_date: '2024-03-20', business_unit: 'North-Production' },
    ],
    [
      'daily_kpis_by_region_add_up',
      `update ${daily} set ${kpi} = ${kpi} - 1 where business_unit = 'North-Production'`,
      { event_date: '2024-03-20', region: 'North', [kpi]: '-1.000000000' },
    ],
  ]),
  [
    'weekly_kpis_by_region_add_up',
    'delete from st_mart.weekly_kpis_by_region',
    { tenant_id: '1', region: 'North', lead_count: 6 },
  ],
  [
    'daily_kpis_dense',
    `delete from ${daily} where ${onOneDay} = 'North-Sales'`,
    { tenant_id: '1', business_unit: 'North-Sales', dates: 29 },
  ],
  [
    'daily_kpis_dense',
    `delete from ${daily} where business_unit = 'North-Production'`,
    { business_unit: 'North-Production', first_date: null, dates: 0 },
  ],
  [
    'daily_kpis_dense',
    `delete from ${daily}`,
    { business_unit: 'North-Production', first_date_expected: '2024-02-20', dates: 0 },
  ],
  [
    'daily_kpis_dense',
    `insert into st_mart.lead_jobs (tenant_id, event_date) values ('1', date '2024-02-19')`,
    { first_date_expected: '2024-02-19', first_date: '2024-02-20' },
  ],
  [
    'daily_kpis_dense',
    `delete from ${daily} where event_date = date '2024-03-20'`,
    { business_unit: 'North-Production', last_date: '2024-03-19' },
  ],
];

test('every red check has something here that breaks it', () => {
  expect([...new Set(breaks.map(([name]) => name))].sort()).toEqual([...names].sort());
});

describe('what is broken is found, with its row', () => {
  test.each(breaks)('%s: %s', async (name, statement, row) => {
    const result = await rig.checkAfter(name, statement);
    expect(result).toMatchObject({ status: 'red', severity: 'red' });
    expect(result?.firstRows[0]).toMatchObject(row);
  });
});

describe('what belongs to no row of the marts yet, or no more, is not missed', () => {
  test.each([
    [
      'daily_kpis_add_up',
      `insert into st_mart.lead_jobs (tenant_id, event_date, business_unit, lead_count)
        values ('1', date '2024-03-21', 'North-Sales', 1)`,
    ],
    [
      'daily_kpis_add_up',
      `insert into st_mart.outstanding_invoices (tenant_id, event_date, business_unit, outstanding_ar)
        values ('1', date '2024-03-20', 'A unit that the roll-up no longer knows', 5)`,
    ],
  ])('%s: %s', async (name, statement) => {
    expect(await rig.checkAfter(name, statement)).toMatchObject({ status: 'green', wrongRows: 0 });
  });
});
