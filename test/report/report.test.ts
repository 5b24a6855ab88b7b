import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseHTML } from 'linkedom';
import type { Browser, Page } from 'playwright-core';
import { main } from '../../src/cli/main.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { openCompanies } from '../pipeline/kpis/support/open-companies.ts';
import { smallWork } from '../support/small-work.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { findChromium, openChromium } from './support/open-chromium.ts';

const hostile = `<script>alert(1)</script>"'&${'x'.repeat(120)}`;

let warehouse: Warehouse;
let path: string;
let dir: string;
/** The page of the week that ends on 2024-03-17, and how it was made. */
let made: Awaited<ReturnType<typeof report>>;
let page: Parsed;

beforeAll(async () => {
  ({ warehouse, path } = await openCompanies());
  await warehouse.execute(`
    update st_mart.weekly_kpis set business_unit = '${hostile.replaceAll("'", "''")}'
    where business_unit = 'Phoenix-Sales'`);
  dir = await makeTempDir();
  made = await report('week.html', ['--to', '2024-03-17']);
  page = await open(made.file);
}, 60_000);

afterAll(() => warehouse.close());

const report = async (name: string, options: string[] = [], { tenant = '1' } = {}) => {
  const file = join(dir, name);
  const [lines, errors]: [string[], string[]] = [[], []];
  const code = await main(['report', '--out', file, ...options], {
    env: {
      ST_TENANT_ID: tenant,
      DUCKDB_PATH: path,
      LOG_LEVEL: 'error',
      LOG_FILE: join(dir, 'log'),
    },
    now: () => new Date('2024-04-05T12:00:00Z'),
    means: smallWork,
    out: (text) => lines.push(text),
    err: (text) => errors.push(text),
  });
  return { code, file, out: lines.join('\n'), err: errors.join('\n') };
};

type Found = { textContent: string; querySelector: (query: string) => Found | null };
type Parsed = Found & { querySelectorAll: (query: string) => Iterable<Found> };

const parse = parseHTML as unknown as (markup: string) => { document: Parsed };

const open = async (file: string): Promise<Parsed> => parse(await readFile(file, 'utf8')).document;

const wordsOf = (found: Found | null): string =>
  (found?.textContent ?? 'not there').replace(/\s+/g, ' ').trim();

const cardOf = (page: Parsed, kpi: string): string =>
  wordsOf(page.querySelector(`[aria-labelledby="${kpi}"]`));

const rowsOf = (page: Parsed, label: string): string[] =>
  [...page.querySelectorAll(`[aria-label="${label}"] tr`)].map(wordsOf);

describe('fieldmart report', () => {
  test('shows the numbers of the latest full week up to a date, exact, with both comparisons', async () => {
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/week\.html: [\d,]+ bytes; open it in any browser$/);
    expect(wordsOf(page.querySelector('h1'))).toBe('Week of Mar 11 – Mar 17, 2024');
    const [sums] = await warehouse.query(`
      select
        cast(sum(dollars_collected) as string) as collected,
        cast(sum(closed_opportunities) as string) as closed,
        cast(sum(sales_opportunities) as string) as opportunities
      from st_mart.weekly_kpis
      where tenant_id = '1' and week_start = date '2024-03-11'`);
    const collected = rowsOf(page, 'Money collected by region and unit').at(-1) ?? '';
    const dollars = Number(sums?.collected).toLocaleString('en-US', { minimumFractionDigits: 2 });
    expect(collected).toMatch(new RegExp(`^All \\$${dollars.slice(0, dollars.indexOf('.') + 2)}`));
    expect(rowsOf(page, 'Close rate by region and unit').at(-1)).toMatch(
      new RegExp(`^All ${String(sums?.closed)} ${String(sums?.opportunities)} `),
    );
    expect(cardOf(page, 'total_booked')).toMatch(
      /^Sales booked \$0\.00 = ?the same week before: \$0\.00/,
    );
  });

  test('says why a number is missing: no snapshot, no denominator, no data yet', async () => {
    expect(cardOf(page, 'future_bookings')).toMatch(
      /–\s?No number: no snapshot in that week; builds write them .* the first for 2024-04-01\. Latest: \$[\d,.]+ on Apr 1, 2024/,
    );
    expect(cardOf(page, 'total_booked')).toMatch(/no comparison year ago: –/);
    const none = await open((await report('quiet.html', ['--to', '2024-03-31'])).file);
    expect(cardOf(none, 'close_rate_percent')).toMatch(/No number: no opportunities in that week/);
  });

  test('tells sales and production apart, by region; money of no unit is in neither', () => {
    expect(rowsOf(page, 'Sales by region').map((row) => row.split(' ')[0])).toEqual(
      expect.arrayContaining(['Region', 'Albuquerque', 'Phoenix', 'All']),
    );
    expect(rowsOf(page, 'Production by region').join()).not.toContain('(no unit)');
    expect(rowsOf(page, 'Money collected by region and unit').join()).toContain('(no unit)');
    expect(rowsOf(page, 'Leads by region and unit').join()).not.toContain('Production');
  });

  test('puts freshness and the result of each check at the top', () => {
    const status = wordsOf(page.querySelector('.status'));
    expect(status).toMatch(/Numbers built 2024-04-02 06:30 UTC/);
    expect(status).toMatch(/\d+ yellow; \d+ of \d+ checks green/);
    expect(rowsOf(page, 'Checks').length).toBeGreaterThan(15);
    expect(rowsOf(page, 'Records read').join()).toMatch(/estimates .* late/);
  });

  test('escapes whatever names hold, and loads nothing', async () => {
    const text = await readFile(made.file, 'utf8');
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;xxx');
    expect(text).not.toMatch(/(?:src|href|action)="(?!#|data:,")|url\(|@import/);
    expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-`);
  });

  test('of a company without any number it says so, and what to do', async () => {
    const { code, file } = await report('empty.html', [], { tenant: '3' });
    expect(code).toBe(0);
    expect(wordsOf((await open(file)).querySelector('main'))).toMatch(
      /There are no numbers yet: no KPI has any record\. Load records, then run fieldmart build\.$/,
    );
  });
});

describe('what cannot be reported: one clear line, its exit code, the old page as it was', () => {
  test.each([
    [
      ['--from', '2024-03-20', '--to', '2024-03-10'],
      2,
      /^Cannot report on 2024-03-20 to 2024-03-10:/,
    ],
    [['--from', '2024-03-05', '--to', '2024-03-10'], 2, /no full week, Monday to Sunday/],
    [['--to', '2023-12-31'], 2, /they go from 2024-03-02 to 2024-04-01: give other dates$/],
    [['--to', 'soon'], 2, /^Cannot use --to soon: it is no date/],
  ])('%j', async (options, code, message) => {
    await writeFile(join(dir, 'old.html'), 'old');
    const refused = await report('old.html', options);
    expect({ code: refused.code, out: refused.out }).toEqual({ code, out: '' });
    expect(refused.err).toMatch(message);
    expect(await readFile(refused.file, 'utf8')).toBe('old');
  });

  test('marts that were not built, and a path that is a folder: exit 5', async () => {
    const unbuilt = await report('unbuilt.html', [], { tenant: '9' });
    expect(unbuilt.code).toBe(5);
    expect(unbuilt.err).toMatch(/has not been built for tenant 9; run fieldmart build$/);
    expect((await report('.', [])).code).toBe(5);
  });
});

/** A machine may have other work to do. */
const patienceMs = 120_000;

const chromium = findChromium();
const inChromium = chromium === undefined ? describe.skip : describe;

inChromium('the page in Chromium', () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    browser = await openChromium(chromium ?? '');
    url = pathToFileURL(made.file).href;
  }, patienceMs);

  afterAll(() => browser.close());

  const visit = async (options: Parameters<Browser['newPage']>[0]) => {
    const page: Page = await browser.newPage(options);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => said.push(request.url()));
    await page.goto(url);
    return { page, said };
  };

  const phone = { viewport: { width: 390, height: 844 } };

  const widthsOver = async (page: Page): Promise<number[]> => {
    const over = 'document.documentElement.scrollWidth - window.innerWidth';
    const closed: number = await page.evaluate(over);
    await page.evaluate(
      'document.querySelectorAll("details").forEach((one) => { one.open = true; })',
    );
    return [closed, await page.evaluate(over)];
  };

  test.each([
    ['a phone in the dark', { ...phone, colorScheme: 'dark' }],
    ['a screen', { viewport: { width: 1280, height: 900 } }],
  ] as const)(
    'fits %s, asks for nothing, says nothing, and passes axe with some of its tables open',
    async (_, options) => {
      const { page, said } = await visit({ ...options, bypassCSP: true });
      expect(await widthsOver(page)).toEqual([0, 0]);
      expect(said).toEqual([url]);
      // Tables of one kind are alike: axe takes seconds for each.
      await page.evaluate(
        'document.querySelectorAll("details").forEach((one, index) => { one.open = index < 3; })',
      );
      await page.addScriptTag({
        content: await readFile('node_modules/axe-core/axe.min.js', 'utf8'),
      });
      const found: { violations: { id: string }[] } = await page.evaluate('axe.run(document)');
      expect(found.violations.map(({ id }) => id)).toEqual([]);
      await page.close();
    },
    patienceMs,
  );

  test(
    'opens its tables by keyboard alone, with the focus in sight; its own style sheet applies under its policy',
    async () => {
      const { page, said } = await visit(phone);
      const focused = (): Promise<string> =>
        page.evaluate('document.activeElement.textContent.trim()');
      for (
        let presses = 0;
        !(await focused()).startsWith('By region') && presses < 12;
        presses += 1
      ) {
        await page.keyboard.press('Tab');
      }
      expect(await focused()).toMatch(/^By region and unit: Leads/);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
        'solid',
      );
      const isOpen = 'document.activeElement.parentElement.open';
      expect(await page.evaluate(isOpen)).toBe(false);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(isOpen)).toBe(true);
      expect(
        await page.evaluate('document.querySelectorAll("svg[role=img][aria-label]").length'),
      ).toBe(8);
      expect(said).toEqual([url]);
      await page.close();
    },
    patienceMs,
  );

  test(
    'fits paper',
    async () => {
      const { page } = await visit({});
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate('getComputedStyle(document.querySelector("nav")).display')).toBe(
        'none',
      );
      // A table that is open may go over several pages, and is not pushed whole to the next one.
      const breaks = `[...document.querySelectorAll('.status, .card')].map((one) => {
        one.querySelector('details').open = one.matches('.status');
        return getComputedStyle(one).breakInside;
      })`;
      const [status, ...cards] = await page.evaluate<string[]>(breaks);
      expect([status, ...new Set(cards)]).toEqual(['auto', 'avoid']);
      expect((await page.pdf({ format: 'Letter' })).subarray(0, 5).toString()).toBe('%PDF-');
      await page.close();
    },
    patienceMs,
  );
});
