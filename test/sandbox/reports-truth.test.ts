import { addExact } from '../support/add-exact.ts';
import {
  exact,
  expectedCollections,
  expectedCompleted,
  expectedCosting,
  expectedLeads,
  expectedSold,
  minus,
  openBooks,
} from './expected-reports.ts';
import { asText } from './client.ts';
import { openReportBench } from './report-client.ts';
import type { ReportBench, Row } from './report-client.ts';

const allTime = { From: '2020-01-01', To: '2027-12-31' };
const patienceMs = 60_000;

let bench: ReportBench;

beforeAll(async () => {
  bench = await openReportBench({ scale: 0.02, reportIntervalMs: 0 });
});
afterAll(() => bench.close());

const sorted = (rows: string[][]): string[][] =>
  rows.sort((a, b) => (a.join() < b.join() ? -1 : 1));

const isDate = (name: string): boolean => name.endsWith('Date') || name === 'SoldOn';

const readAll = async (report: string): Promise<Row[]> => {
  const rows = await bench.readReport(report, allTime);
  expect(rows.length).toBeGreaterThan(200);
  return rows;
};

/** Some columns as texts, dates without their time. */
const columnsOf = (rows: Row[], ...names: string[]): string[][] =>
  sorted(
    rows.map((row) =>
      names.map((name) => (isDate(name) ? asText(row[name]).slice(0, 10) : asText(row[name]))),
    ),
  );

const withExact = (rows: Row[], ...names: string[]): Row[] =>
  rows.map((row) => ({
    ...row,
    ...Object.fromEntries(names.map((name) => [name, exact(row[name])])),
  }));

const costColumns = [
  'Subtotal',
  'LaborPay',
  'MaterialEquipmentPurchaseOrderCosts',
  'ReturnCosts',
  'TotalCosts',
];

describe.each(['as the company is', 'after time has passed'])('%s', (when) => {
  beforeAll(() => {
    if (when !== 'as the company is') bench.sandbox.advance({ hours: 24 * 20 });
  });

  test(
    'Leads',
    async () => {
      const rows = await readAll('marketing/1001');
      expect(columnsOf(rows, 'JobNumber', 'CreatedDate', 'BusinessUnit')).toEqual(
        sorted(expectedLeads(openBooks(bench.sandbox))),
      );
    },
    patienceMs,
  );

  test(
    'Sold Estimates',
    async () => {
      const rows = await readAll('sales/1101');
      expect(columnsOf(rows, 'EstimateId', 'SoldOn', 'BusinessUnit', 'EstimateSubtotal')).toEqual(
        sorted(expectedSold(openBooks(bench.sandbox))),
      );
    },
    patienceMs,
  );

  test(
    'Completed Estimates',
    async () => {
      const rows = await readAll('operations/1201');
      expect(columnsOf(rows, 'JobNumber', 'CompletedDate', 'BusinessUnit')).toEqual(
        sorted(expectedCompleted(openBooks(bench.sandbox))),
      );
    },
    patienceMs,
  );

  test(
    'Collections',
    async () => {
      const rows = withExact(await readAll('accounting/1301'), 'Amount');
      expect(
        columnsOf(rows, 'PaymentId', 'InvoiceId', 'PaymentDate', 'BusinessUnit', 'Amount'),
      ).toEqual(sorted(expectedCollections(openBooks(bench.sandbox))));
    },
    patienceMs,
  );

  test(
    'Job Costing',
    async () => {
      const rows = withExact(await readAll('operations/1202'), ...costColumns, 'GrossMargin');
      expect(columnsOf(rows, 'JobNumber', 'JobStartDate', 'BusinessUnit', ...costColumns)).toEqual(
        sorted(expectedCosting(openBooks(bench.sandbox))),
      );
      for (const { Subtotal, TotalCosts, GrossMargin, GrossMarginPercentage } of rows) {
        expect(GrossMargin).toBe(addExact([asText(Subtotal), minus(asText(TotalCosts))]));
        const percent = (100 * Number(GrossMargin)) / Number(Subtotal);
        if (Subtotal === '0') expect(GrossMarginPercentage).toBeNull();
        else expect(Math.abs(Number(GrossMarginPercentage) - percent)).toBeLessThan(0.0051);
      }
    },
    patienceMs,
  );
});
