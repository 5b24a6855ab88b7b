import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as sheetjs from '@e965/xlsx';
import { main } from '../../src/cli/main.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { openCompanies } from '../pipeline/kpis/support/open-companies.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

let warehouse: Warehouse;
let path: string;
let dir: string;

/** What a source may hold: formulas, marks that XML does not know, an id beyond every double, another tenant's twin. */
const awkward = `
  insert into st_raw.raw_invoices
    (tenant_id, id, jobId, businessUnitId, businessUnitName, jobType, invoiceDate, total, _modified_on, _deleted, payload)
  values
    ('1', 900, null, 99, '=HYPERLINK("http://127.0.0.1/","x")', '+cmd|x', '2024-03-14 06:30:00+00', 0.10, '2024-03-15 01:02:03.456+00', false, '{}'),
    ('1', 901, null, 99, '@SUM(A1)', '-1+1', '2024-03-14 00:00:00+00', -1234567.89, null, false, '{}'),
    ('1', 902, 110, 11, 'own unit', 'own type', '0001-01-01 00:00:00+00', 999999999999.99, '2024-03-16 00:00:00+00', false, '{}'),
    ('1', 903, null, null, ' Größe\u0007 & <b>Søn</b> ', null, null, null, '2024-03-16 00:00:00+00', false, '{}'),
    ('1', 9007199254740993, null, null, null, null, null, 1, '2024-03-16 00:00:00+00', false, '{}'),
    ('1', 905, null, null, 'gone', null, null, 1, '2024-03-16 00:00:00+00', true, '{}'),
    ('2', 900, null, 99, 'not of this tenant', 'x', '2024-03-14 06:30:00+00', 5, null, false, '{}')`;

beforeAll(async () => {
  ({ warehouse, path } = await openCompanies());
  await warehouse.execute(awkward);
  dir = await makeTempDir();
}, 60_000);

afterAll(() => warehouse.close());

const publish = async (out: string, { tenant = '1' } = {}) => {
  const [lines, errors]: [string[], string[]] = [[], []];
  const code = await main(['publish', 'xlsx', '--out', out], {
    env: { ST_TENANT_ID: tenant, DUCKDB_PATH: path, LOG_LEVEL: 'error' },
    now: () => new Date('2024-04-05T12:00:00Z'),
    means: smallWork,
    out: (text) => lines.push(text),
    err: (text) => errors.push(text),
  });
  return { code, out: lines.join('\n'), err: errors.join('\n') };
};

type Cell = { t: string; v: unknown; w: string; f?: string } | undefined;

const open = async (file: string) => {
  const book = sheetjs.read(await readFile(file), { cellNF: true });
  const sheet = (name: string) => {
    const found: sheetjs.WorkSheet | undefined = book.Sheets[name];
    if (found === undefined) throw new Error(`there is no sheet ${name}`);
    return found as Record<string, unknown>;
  };
  return {
    names: book.SheetNames,
    cell: (name: string, at: string) => sheet(name)[at] as Cell,
    rows: (name: string) =>
      sheetjs.utils.sheet_to_json<Record<string, unknown>>(sheet(name), {
        defval: null,
        raw: true,
      }),
    formulas: book.SheetNames.flatMap((name) =>
      Object.values(sheet(name)).filter((cell) => (cell as Cell)?.f !== undefined),
    ),
  };
};

describe('fieldmart publish xlsx', () => {
  test('writes one row per invoice and one per day and unit, read back with another library', async () => {
    const file = join(dir, 'output', 'revenue.xlsx');
    const { code, out, err } = await publish(file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const book = await open(file);
    expect(book.names).toEqual(['invoices', 'daily_kpis', 'about']);
    const invoices = book.rows('invoices');
    expect(Object.keys(invoices[0] ?? {})).toEqual([
      'invoice_id',
      'invoice_date',
      'business_unit',
      'job_type',
      'total_amount',
      'updated_at',
    ]);
    const [row] = await warehouse.query(
      "select count(*) as n, count(distinct id) as ids from st_raw.raw_invoices where tenant_id = '1' and not _deleted and coalesce(active, true)",
    );
    expect({
      n: invoices.length,
      ids: new Set(invoices.map((one) => one.invoice_id)).size,
    }).toEqual({
      ...row,
    });
    const [days] = await warehouse.query(
      "select count(*) as n from st_mart.daily_kpis where tenant_id = '1'",
    );
    expect(book.rows('daily_kpis')).toHaveLength(Number(days?.n));
    expect(out).toBe(
      `${file}: ${invoices.length} invoices, ${Number(days?.n)} rows of daily KPIs, ` +
        `${(await stat(file)).size.toLocaleString('en-US')} bytes`,
    );
  });

  test('types its cells: numbers, local dates, UTC instants; what is missing is empty', async () => {
    const file = join(dir, 'types.xlsx');
    await publish(file);
    const book = await open(file);
    const rows = book.rows('invoices');
    const lineOf = (id: unknown) => rows.findIndex((row) => row.invoice_id === id) + 2;
    const texts = (id: unknown) =>
      ['A', 'B', 'C', 'D', 'E', 'F'].map((column) => {
        const cell = book.cell('invoices', `${column}${lineOf(id)}`);
        return cell?.v === undefined ? null : `${cell.t} ${cell.w}`;
      });
    // 06:30 in UTC is the evening before in Phoenix.
    expect(texts(900)).toEqual([
      'n 900',
      'n 2024-03-13',
      's =HYPERLINK("http://127.0.0.1/","x")',
      's +cmd|x',
      'n 0.10',
      'n 2024-03-15 01:02:03',
    ]);
    expect(texts(901).slice(1, 5)).toEqual([
      'n 2024-03-14',
      's @SUM(A1)',
      's -1+1',
      'n -1,234,567.89',
    ]);
    // The job's unit and type, and a date that the source uses for none.
    expect(texts(902).slice(1, 5)).toEqual([
      null,
      's Phoenix-Production',
      's Exterior repaint',
      'n 999,999,999,999.99',
    ]);
    expect(texts(903).slice(1, 5)).toEqual([null, 's Größe & <b>Søn</b>', null, null]);
    expect(texts('9007199254740993')[0]).toBe('s 9007199254740993');
    expect(rows.map((row) => row.invoice_id)).not.toContain(905);
    expect(JSON.stringify(rows)).not.toContain('not of this tenant');
    expect(book.formulas).toEqual([]);
  });

  test('the daily KPIs are those of the mart, a ratio without a divisor an empty cell', async () => {
    const file = join(dir, 'kpis.xlsx');
    await publish(file);
    const book = await open(file);
    const rows = book.rows('daily_kpis');
    const found = rows.find(
      (row) => row.business_unit === 'Phoenix-Production' && row.gpm_percent === 79.76,
    );
    expect(found).toMatchObject({ dollars_produced: 1234.567891233, lead_count: null });
    expect(book.cell('daily_kpis', `A${rows.length + 1}`)).toMatchObject({
      t: 'n',
      w: '2024-04-01',
    });
  });

  test('the newest version replaces the older one, however often it is published', async () => {
    const file = join(dir, 'newest.xlsx');
    await publish(file);
    await warehouse.execute(
      "update st_raw.raw_invoices set total = 7.5 where tenant_id = '1' and id = 900",
    );
    await publish(file);
    const rows = (await open(file)).rows('invoices').filter((row) => row.invoice_id === 900);
    expect(rows.map((row) => row.total_amount)).toEqual([7.5]);
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('what cannot be published: one clear line, exit 5, the old file as it was', () => {
  test('a workbook that somebody has open', async () => {
    const file = join(dir, 'open.xlsx');
    await writeFile(file, 'old');
    await writeFile(join(dir, '~$open.xlsx'), '');
    const { code, out, err } = await publish(file);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/^Cannot write .*open\.xlsx: somebody has it open/);
    expect(await readFile(file, 'utf8')).toBe('old');
  });

  test('a path that is a folder', async () => {
    await mkdir(join(dir, 'folder'));
    expect(await publish(join(dir, 'folder'))).toMatchObject({ code: 5, out: '' });
  });

  test('a tenant of whom nothing was loaded', async () => {
    const file = join(dir, 'nobody.xlsx');
    const { code, err } = await publish(file, { tenant: '9' });
    expect(code).toBe(5);
    expect(err).toMatch(/^Cannot publish invoices of tenant 9: none were ever loaded; run/);
    expect(await readdir(dir)).not.toContain('nobody.xlsx');
  });
});
