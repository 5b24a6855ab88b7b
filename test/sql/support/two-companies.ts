import type { Row, Value } from '../../../src/warehouses/warehouse.ts';

/**
 * When the two are built, and where: Phoenix knows no daylight saving; in Berlin the clock moves on 2024-03-31. A third
 * has no records at all.
 */
export const builds = [
  { tenant: { tenantId: '3', timeZone: 'UTC' }, now: '2024-03-31T22:30:00.000Z' },
  { tenant: { tenantId: '2', timeZone: 'Europe/Berlin' }, now: '2024-03-31T22:30:00.000Z' },
  { tenant: { tenantId: '1', timeZone: 'America/Phoenix' }, now: '2024-04-02T06:30:00.123Z' },
] as const;

/** Lines for the seeds: a unit by its id whose name has a line too, an id that wins over a name, a type in two groups. */
export const seedLines: Readonly<Record<string, string[]>> = {
  business_unit_rollup: [
    '10,Phoenix-Sales, sales, Phoenix-Sales ,Phoenix',
    '14,a name of old,SALES,Tucson-Sales,Tucson',
    '17,,NONE,,',
  ],
  job_type_groups: [
    'warranty," große Fassade, Estimate"',
    'production_exclude,"GROßE FASSADE, ESTIMATE"',
  ],
};

/** Rows by position; what is left out at a row's end keeps its default. */
const rowsOf = (columns: string, ...rows: Value[][]): Row[] => {
  const names = columns.split(' ');
  return rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [names[index] ?? '', value])),
  );
};

/** No double holds it. */
const bigId = '9007199254740993';

const yearOne = '0001-01-01T00:00:00Z';

/** A day in March 2024; noon in Phoenix unless a time is given, of which 06:59:59 and 07:00 are Phoenix's midnight. */
const march = (day: number, time = '19:00:00'): string =>
  `2024-03-${String(day).padStart(2, '0')}T${time}Z`;

/** Ids of so many more rows, which no other row names. */
const more = (count: number): number[] => Array.from({ length: count }, (_, index) => 1000 + index);

type Part = { appliedTo?: unknown; appliedAmount?: unknown };

const payment = (id: number, total: string | null, parts: Part[] | null, rest: Row = {}): Row => {
  const { date = '2024-03-14T00:00:00Z' } = rest;
  const record = { id, appliedTo: parts, date, memo: 'One\n"two" \u{1f642} \\u00' };
  const instant = typeof date === 'string' ? date.replace(/Z?$/, 'Z') : date;
  return {
    id,
    total,
    businessUnitId: 10,
    ...rest,
    date: instant,
    payload: JSON.stringify(record),
  };
};

const part = (appliedTo: unknown, appliedAmount: unknown): Part => ({ appliedTo, appliedAmount });

const tables: Readonly<Record<string, Row[]>> = {
  business_units: rowsOf(
    'id name active _deleted officialName',
    [10, ' Phoenix-Sales ', true, false, '\tPhoenix, LLC\u00a0'],
    [11, 'Phoenix-Production\u00a0'],
    [12, 'Z-do not use - West - Sales', false],
    [13, 'Z-DO NOT USE - West- Production', null, true],
    [14, "Andy's Painting-Sales"],
    [15, "\tANDY'S PAINTING-PRODUCTION\n"],
    [16, 'Back office'],
    [17, null],
  ),
  job_types: rowsOf(
    'id name active noCharge',
    [20, ' Estimate-RES-EXT  ', true, false],
    [21, 'Estimate- Cabinets', false],
    [22, 'WARRANTY\t'],
    [23, 'Exterior repaint', true, true],
    [24, 'Window/Solar Washing'],
    [25, '\u00a0Touchup\u2003'],
    [26, 'Große Fassade, ESTIMATE'],
    [27, null],
  ),
  customers: rowsOf(
    'id name active',
    [40, ' Iris Quill '],
    [41, 'ConTEST Winner'],
    [42, 'Noël Åberg', false],
    [43, null],
  ).concat(
    // Ten new customers in January, none in February, ten in March.
    more(20).map((id) => ({ id, createdOn: id < 1010 ? '2024-01-15T19:00:00Z' : march(15) })),
  ),
  campaigns: rowsOf('id name _deleted', [30, 'Spring mailer\u00a0'], [31, '', true]),
  locations: rowsOf(
    'id name active',
    [60, ' 12 Mesa Way '],
    [61, ' \u00a0\t'],
    [62, null, false],
    [63, '40 Dry Creek'],
  ),
  jobs: rowsOf(
    'id businessUnitId jobTypeId customerId createdOn jobStatus completedOn active campaignId',
    [100, 10, 20, 40, march(5, '06:59:59.999999'), 'Scheduled', null, true, 30],
    [101, 10, 20, 40, march(5, '07:00:00'), 'Scheduled', null, true, 31],
    [102, 12, 21, 42, march(5), 'Canceled', null, null, 32],
    [103, 12, 26, 41, march(6)],
    [104, 14, 20, 43, march(7)],
    [105, 14, 26, 99, march(7)],
    [106, 10, 20, null, yearOne],
    [107, 10, 20, 40, march(8), 'Completed', march(9), false],
    [108, 16, 20, 40, march(8), 'Completed', march(9)],
    [109, null, null, null, null],
    [110, 11, 23, 40, march(1), 'Completed', march(12, '05:00:00')],
    [111, 13, 23, 40, march(1), ' canceled '],
    [112, 11, 22, 40, march(2), 'Completed', march(12)],
    [113, 15, 25, 40, march(2), 'Completed', yearOne],
    [114, 15, 23, 40, march(10), 'Scheduled'],
    [115, 15, 24, 40, march(10), 'Scheduled'],
    [116, 11, 23, 40, march(10), 'Canceled'],
    [117, 11, 23, 40, march(10), null],
    [118, 10, 20, 40, march(11), 'Completed', march(13, '06:59:59')],
    [119, 10, 21, 42, march(11), 'completed\u00a0', march(13, '07:00:00')],
    [120, 14, 20, 42, march(11), 'Canceled', march(13)],
    [bigId, 14, 20, 40, march(11), 'Completed', march(14)],
    [121, 15, 23, 40, march(31, '00:30:00'), 'Scheduled'],
    [122, 15, 23, 40, march(31, '22:30:00'), 'Scheduled'],
    // A busy weekday, which is quiet when the companies are built.
    ...more(20).map((id) => [id, 16, 23, 40, march(id < 1010 ? 17 : 24)]),
  ),
  appointments: rowsOf(
    'id jobId start status active',
    [1, 110, march(9, '15:00:00')],
    [2, 110, march(9, '06:59:59'), 'Canceled'],
    [3, 111, march(11, '15:00:00')],
    [4, 111, march(1, '15:00:00'), 'Done', false],
    [5, 112, yearOne],
    [6, 114, '2024-04-01T15:00:00Z'],
    [7, 115, '2024-04-02T15:00:00Z'],
    [8, 116, '2024-04-03T15:00:00Z'],
    [9, 117, '2025-04-02T06:59:59Z'],
    [10, null, null],
  ),
  estimates: rowsOf(
    'id jobId statusName soldOn subtotal active businessUnitId',
    [200, 118, 'Sold', march(19, '01:02:00'), '9920'],
    [201, 118, ' sold ', march(18), '0.000000001'],
    [202, 119, 'Sold', null, '500.5'],
    [203, 120, 'Open', march(18), '1.1'],
    [204, bigId, 'Sold', march(20), '0'],
    [205, 110, 'Sold', march(20), '77'],
    [206, 100, 'Sold', march(20), '3.3', false],
    [207, 999, 'Sold', march(20), '4.4'],
    [208, 101, null, yearOne, null],
    [209, null, 'SOLD', march(21), '6', true, 10],
  ),
  invoices: rowsOf(
    'id jobId subTotal balance locationId locationName businessUnitId active',
    [300, 110, '1234.567891234', '9.995', 60],
    [301, 110, '-0.000000001', '0.005', 60],
    [302, 111, '100', '-20.5', 61, ' Nested name '],
    [303, 112, '0', '50', 61],
    [304, 113, '3', '10', 62, '\u00a0'],
    [305, 114, '333.333333333', '9.999999999', null, 'Unlisted'],
    [306, 114, '0.01', '0.000000001', null, 'Unlisted '],
    [307, 116, '42', '42', 60],
    [308, 117, null, null, 60],
    [309, 999, '8', '11', 60, null, 15],
    [310, null, '9', '12', null, 'Unlisted', 13],
    [311, 108, '10', '13', 60],
    [312, 118, '5', '0', 60],
    [313, 104, '0', '0', 60, null, 10, false],
    [314, 110, '7777', '7777', 60, null, 11, false],
    [315, 114, '20000000000000.25', '20000000000000.25', 63],
  ).concat(more(20).map((id) => ({ id, jobId: id, createdOn: march(id < 1010 ? 17 : 24) }))),
  invoice_items: rowsOf(
    'id invoiceId type totalCost cost quantity active',
    [400, 300, 'Material', '12.345678901'],
    [401, 300, ' equipment ', null, '1.111111111', '0.333333335'],
    [402, 300, 'Service', '99'],
    [403, 303, 'MATERIAL', null, '-2.5', '3'],
    [404, 303, null, '1'],
    [405, 999, 'Material', '1'],
    [406, 304, 'Material', null, null, '2'],
    [407, 304, 'Material', '5', null, null, false],
    [408, 300, 'Material', null, '-0.000000001', '0.5'],
  ),
  payroll: rowsOf(
    '_key id jobId amount amountAdjustment active',
    ['500', 500, 110, '200.125'],
    ['h:a', null, 110, '0.333333333'],
    ['h:b', null, 110, '0.333333333'],
    ['501', 501, 112, '75', '5'],
    ['502', 502, 113, '-1.5'],
    ['503', 503, 114, '60', null, false],
    ['504', 504, null, '61'],
  ),
  purchase_orders: rowsOf(
    'id jobId status total _deleted',
    [600, 110, 'Received', '40.4'],
    [601, 110, ' CANCELED', '4000'],
    [602, 112, null, '10'],
    [603, 113, 'Sent', '11', true],
  ),
  returns: rowsOf(
    'id jobId status returnAmount active',
    [700, 110, 'Returned', '4.04'],
    [701, 110, 'Canceled', '44'],
    [702, 113, 'Pending', '99.99'],
    [703, 113, 'Pending', '1', false],
  ),
  payments: [
    payment(800, '100', [part(300, '60.25'), part(312, '39.75')]),
    payment(801, '50.123456789', [part(305, '50.1234567885')]),
    payment(802, '-25', [part(300, '-25.00')], { date: march(15, '06:59:59') }),
    payment(803, '70', [], { businessUnitId: 14, date: march(15, '07:00:00') }),
    payment(804, '80', null, { businessUnitId: 16, date: '2024-03-15T23:30:00' }),
    payment(805, '90', [part(311, 45.5), part(999, '44.5')]),
    payment(806, '30', [part('300', 'n/a'), { appliedAmount: '10' }, part(300, null)]),
    payment(807, '15', [part(312, '7.5'), part(312, '7.5')]),
    payment(808, null, [part(309, '1')], { date: null, createdOn: march(17, '06:00:00') }),
    payment(809, '12', [], { date: yearOne, createdOn: march(17, '08:00:00') }),
    payment(810, '13', [], { date: null, createdOn: null }),
    payment(811, '14', [part(300, '14')], { active: false }),
    payment(812, '16', [part(310, '16')], { date: '2024-04-09T00:00:00Z' }),
    payment(813, '0', [part(302, '5'), part(300, '-5')]),
    payment(814, '3', [part(301, '2.999999999499999'), part(303, '-0.0000000005')]),
    {
      ...payment(815, '18', [], { businessUnitId: 15 }),
      payload: `{"appliedTo": [ {"appliedTo": ${bigId}, "appliedAmount": 17.00} ], "memo": "\\ud83d \\\\ud83d"}`,
    },
  ],
};

/** Runs that ended an hour and two days before the first of the builds. */
const runs = rowsOf(
  'run_id command entity outcome ended_at',
  ['a', 'sync', 'jobs', 'ok', march(31, '21:30:00')],
  ['a', 'backfill', 'invoices', 'ok', march(31, '21:30:00')],
  ['a', 'build', 'payments', 'ok', march(31, '21:30:00')],
  ['a', 'sync', 'estimates', 'failed', march(31, '21:30:00')],
  ['b', 'sync', 'estimates', 'ok', march(29, '22:30:00')],
  ['b', 'sync', 'jobs', 'ok', march(29, '22:30:00')],
);

/** Seen last within a week of the builds, and before. */
const drift = rowsOf(
  'entity field kind first_seen last_seen count',
  ['jobs', 'newField', 'appeared', march(2), march(30), 7],
  ['jobs', 'jobStatus', 'is a number', march(3), march(30), 2],
  ['invoices', 'oldField', 'vanished', march(1), march(2), 40],
);

/**
 * Rows of the raw tables of two invented companies, made to be awkward: evening instants, stray blanks of several
 * kinds, missing values, inactive and deleted rows, decimals of nine digits. The second company is the first again,
 * under the same ids.
 */
export const twoCompanies: { table: string; row: Row }[] = ['1', '2'].flatMap((tenant_id) => [
  ...runs.map((row) => ({ table: 'st_ops.runs', row: { tenant_id, ...row } })),
  ...drift.map((row) => ({ table: 'st_ops.drift', row: { tenant_id, ...row } })),
  ...Object.entries(tables).flatMap(([table, rows]) =>
    rows.map((row) => ({
      table: `st_raw.raw_${table}`,
      row: { tenant_id, _deleted: false, payload: '{}', ...row },
    })),
  ),
]);
