import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { openCompanies } from '../pipeline/kpis/support/open-companies.ts';
import { smallWork } from '../support/small-work.ts';

let warehouse: Warehouse;
let path: string;

beforeAll(async () => {
  ({ warehouse, path } = await openCompanies());
}, 60_000);

afterAll(() => warehouse.close());

const run = async (words: string[], { tenant = '1', width = 200 } = {}) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(words, {
    env: { ST_TENANT_ID: tenant, DUCKDB_PATH: path, LOG_LEVEL: 'error' },
    now: () => new Date('2024-04-05T12:00:00Z'),
    means: smallWork,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    width,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const explain = (kpi: string, unit: string, date: string, ...more: string[]) =>
  run(['explain', '--kpi', kpi, '--unit', unit, '--date', date, ...more]);

describe('a question that has no answer: one clear line, and its exit code', () => {
  test.each([
    ['--unit Phenix-Sales', /^Cannot show unit "Phenix-Sales": .* did you mean Phoenix-Sales\?$/m],
    ['--unit xyzzy', /^Cannot show unit "xyzzy": there is no such unit\nKnown: .*Phoenix-Sales/],
    ['--unit Phoenix-Sales,', /^Cannot show unit "": there is no such unit/],
    [
      '--unit phoenix',
      /it is a region: give its units \(Phoenix-Sales, Phoenix-Production\), or --by/,
    ],
    ['--by region --unit Phoenix-Sales', /it is a unit of Phoenix, and --by region takes regions/],
    ['--by week-region --unit Phonix', /"Phonix": there is no such region; did you mean Phoenix\?/],
    ['--by month', /^Cannot use --by month: it must be one of day, week, region, week-region$/],
    ['--by day --by week', /^Cannot use --by: give it once/],
    ['--format xml', /^Cannot use --format xml: it must be one of table, csv, json$/],
    ['--from 2024-02-30', /^Cannot use --from 2024-02-30: it is no date/],
    ['--to yesterday', /^Cannot use --to yesterday: it is no date/],
    ['--from 2024-03-02 --to 2024-03-01', /no day lies between/],
    ['--untl 2024-03-02', /Unknown argument: untl; see fieldmart --help|did you mean --unit\?/],
  ])('fieldmart kpis %s', async (line, message) => {
    const { code, out, err } = await run(['kpis', ...line.split(' ')]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test.each([
    [
      ['total_boked', 'Phoenix-Sales', '2024-03-18'],
      /"total_boked": .* did you mean total_booked\?/,
    ],
    [['money', 'Phoenix-Sales', '2024-03-18'], /"money": there is no such KPI\nKnown: lead_count/],
    [['total_booked', 'Phoenix-Sale', '2024-03-18'], /did you mean Phoenix-Sales\?/],
    [
      ['total_booked', 'Phoenix', '2024-03-18'],
      /it is a region: give one of its units \(Phoenix-S/,
    ],
    [
      ['total_booked', 'Phoenix-Sales', '2024-13-18'],
      /^Cannot use --date 2024-13-18: it is no date/,
    ],
    [['total_booked', 'Phoenix-Sales', '2024-04-02'], /goes from 2024-03-02 to 2024-04-01/],
    [['gpm_percent', 'Phoenix-Sales', '2024-03-18'], /ask for Phoenix-Production, the production/],
    [['future_bookings', 'Phoenix-Production', '2024-03-18'], /the nearest is of 2024-04-01$/],
  ] as const)('fieldmart explain %j', async ([kpi, unit, date], message) => {
    const { code, out, err } = await explain(kpi, unit, date);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('marts that were not built: exit 5, and what to do', async () => {
    const { code, out, err } = await run(['kpis'], { tenant: '9' });
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toBe(
      'Cannot read st_mart.daily_kpis: it has not been built for tenant 9; run fieldmart build',
    );
  });

  test('empty marts, and days without rows: a note, and exit 0', async () => {
    const empty =
      'The marts are empty: no KPI has any record yet; load records, then run fieldmart build';
    expect(await run(['kpis'], { tenant: '3' })).toEqual({ code: 0, out: empty, err: '' });
    const json = await run(['kpis', '--format', 'json'], { tenant: '3' });
    expect(json).toEqual({ code: 0, out: '[]', err: empty });
    const early = await run([
      'kpis',
      '--to',
      '2024-03-01',
      '--from',
      '2024-01-01',
      '--format',
      'csv',
    ]);
    expect(early.out).toMatch(/^event_date,business_unit,lead_count,[^\n]*,tenant_id$/);
    expect(early.err).toBe('No rows: the marts go from 2024-03-02 to 2024-04-01');
  });
});

describe('fieldmart kpis', () => {
  test('shows the latest full week, and says so; a note says since when there are snapshots', async () => {
    const { code, out, err } = await run(['kpis', '--by', 'week-region']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'KPIs by week and region, 2024-03-25 to 2024-03-31 (the latest full week)',
      '',
      'region       leads  booked  produced  GPM %  collected  est.  close %  ahead  warr. %  owed',
      '───────────  ─────  ──────  ────────  ─────  ─────────  ────  ───────  ─────  ───────  ────',
      'Albuquerque      0    0.00      0.00      –       0.00     0        –      –        –     –',
      'Phoenix          0    0.00      0.00      –       0.00     0        –      –        –     –',
      '',
      'ahead and owed are snapshots: builds write them for their own date, the first for 2024-04-01',
    ]);
  });

  test('shows money with thousands and two decimals, halves away from zero', async () => {
    const { out } = await run(['kpis', '--from', '2024-04-01', '--to', '2024-04-01']);
    expect(out).toMatch(/^KPIs by day and unit, 2024-04-01$/m);
    expect(out).toMatch(
      /Andy's Painting-Production .* 20,000,000,000,333\.59 .* 20,000,000,000,021\.25$/m,
    );
    const eighth = ['--from', '2024-03-08', '--to', '2024-03-08', '--unit', 'phoenix-PRODUCTION '];
    expect((await run(['kpis', ...eighth])).out).toMatch(/ 1,234\.57 +79\.76 /);
  });

  test('cuts a table that is wider than the terminal, and repeats its first columns', async () => {
    const words = ['kpis', '--from', '2024-03-30', '--unit', 'Phoenix-Sales'];
    const { out } = await run(words, { width: 60 });
    const lines = out.split('\n').slice(1, -2);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    const heads = lines.filter((line) => /^date +unit /.test(line));
    expect(heads.length).toBeGreaterThan(1);
    expect(heads.flatMap((line) => line.split(/ {2,}/).slice(2))).toHaveLength(10);
    const rows = lines.filter((line) => line.startsWith('2024-03-31  Phoenix-Sales'));
    expect(rows).toHaveLength(heads.length);
  });

  test('takes units by commas and by several options, names with blanks too', async () => {
    const units = ['--unit', "andy's painting-sales,Phoenix-Sales", '--unit', '(no unit)'];
    const days = ['--from', '2024-03-14', '--to', '2024-03-14', '--format', 'json'];
    const { out } = await run(['kpis', ...days, ...units]);
    const rows = JSON.parse(out) as { business_unit: string; dollars_collected: string }[];
    expect(
      rows.map(({ business_unit, dollars_collected }) => [business_unit, dollars_collected]),
    ).toEqual([
      ["Andy's Painting-Sales", '0.00'],
      ['Phoenix-Sales', '74.750000002'],
      ['(no unit)', '117.00'],
    ]);
  });

  test('writes CSV under the names of the mart; the default dates are said beside it', async () => {
    const { out, err } = await run(['kpis', '--by', 'week', '--format', 'csv']);
    expect(err).toMatch(
      /^KPIs by week and unit, 2024-03-25 to 2024-03-31 \(the latest full week\)$/m,
    );
    const [head, first, ...rest] = out.split('\n');
    expect(head).toMatch(/^week_start,business_unit,lead_count,.*,region,unit_kind,tenant_id$/);
    expect(first).toBe(
      "2024-03-25,Andy's Painting-Sales,0,0.00,,,0.00,0,,,,,0,0,0,,,Albuquerque,SALES,1",
    );
    expect(rest).toHaveLength(3);
  });
});

describe('fieldmart explain', () => {
  test('lists the records, both sums, and says equal', async () => {
    const { code, out, err } = await explain('TOTAL_BOOKED', 'phoenix-sales', '2024-03-18');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^total_booked of Phoenix-Sales on 2024-03-18: 2 estimates in st_mart\.booked_estimates$/m,
    );
    expect(out).toMatch(/^ +200 +2024-03-18 18:02 +118 .* 9,920\.00$/m);
    expect(out).toMatch(/^total_booked +9,920\.00 +9,920\.00 +equal$/m);
  });

  test('shows a ratio with its two sums', async () => {
    const { out } = await explain('gpm_percent', 'Phoenix-Production', '2024-03-08');
    expect(out).toMatch(/^dollars_produced +1,234\.57 +1,234\.57 +equal$/m);
    expect(out).toMatch(/^production_cost +249\.87 +249\.87 +equal$/m);
    expect(out).toMatch(/^gpm_percent +79\.76 +79\.76 +equal$/m);
  });

  test('counts a payment once that reaches a unit in two parts', async () => {
    const { out } = await explain('dollars_collected', 'Phoenix-Sales', '2024-03-14');
    expect(out).toMatch(/: \d+ payments in \d+ parts in st_mart\.collected_payments$/m);
  });

  test('says that there is no record, without an empty table', async () => {
    const { code, out } = await explain('lead_count', 'Phoenix-Sales', '2024-03-20');
    expect(code).toBe(0);
    expect(out).toMatch(/: no job in st_mart\.lead_jobs\n\nnumber /);
  });

  test('writes JSON and CSV with exact amounts', async () => {
    const json = await explain('dollars_collected', '(no unit)', '2024-03-15', '--format', 'json');
    expect(JSON.parse(json.out)).toMatchObject({
      kpi: 'dollars_collected',
      unit: '(no unit)',
      records: [{ payment_id: 804, invoice_id: null, dollars_collected: '80.00' }],
      numbers: [
        { name: 'dollars_collected', fromRecords: '80.00', inMart: '80.00', isEqual: true },
      ],
    });
    const csv = await explain('total_booked', 'Phoenix-Sales', '2024-03-18', '--format', 'csv');
    expect(csv.out.split('\n')[2]).toMatch(/^201,.*,0\.000000001$/);
    expect(csv.err).toMatch(/2 estimates[^]*total_booked .* equal/);
  });

  test('exits 6 when the records are not the number, after showing both', async () => {
    const change = (sign: string) =>
      warehouse.execute(
        `update st_mart.daily_kpis set lead_count = lead_count ${sign} 1
        where tenant_id = '1' and event_date = date '2024-03-05' and business_unit = 'Phoenix-Sales'`,
      );
    await change('+');
    const { code, out, err } = await explain('lead_count', 'Phoenix-Sales', '2024-03-05');
    await change('-');
    expect(code).toBe(6);
    expect(out).toMatch(/^lead_count +2 +3 +DIFFERENT$/m);
    expect(err).toBe(
      'Cannot confirm lead_count of Phoenix-Sales on 2024-03-05: lead_count is 2 by its records and 3 in the mart; ' +
        'run fieldmart build, and report it if they still differ',
    );
  });
});
