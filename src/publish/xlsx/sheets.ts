import { addDays } from '../../pipeline/calendar.ts';
import { kpis, parts } from '../../pipeline/kpis/kpis.ts';
import { columnsOf, marts } from '../../pipeline/kpis/marts.ts';
import { readKpis } from '../../pipeline/kpis/read-kpis.ts';
import type { DateRange, MartDeps } from '../../pipeline/kpis/read-mart.ts';
import type { PublishedInvoice } from '../../pipeline/publish/read-invoices.ts';
import type { Value } from '../../warehouses/warehouse.ts';
import type { Holds, Sheet, SheetColumn } from './sheet.ts';

const toRow = (invoice: PublishedInvoice): Value[] => [
  invoice.invoiceId,
  invoice.invoiceDate,
  invoice.businessUnit,
  invoice.jobType,
  invoice.totalAmount,
  invoice.updatedAt,
];

async function* toRows(pages: AsyncIterable<PublishedInvoice[]>): AsyncGenerator<Value[][]> {
  for await (const page of pages) yield page.map(toRow);
}

/** The sheet `invoices`: one row per invoice. */
export const invoiceSheet = (pages: AsyncIterable<PublishedInvoice[]>): Sheet => ({
  name: 'invoices',
  columns: [
    { name: 'invoice_id', holds: 'id', width: 14 },
    { name: 'invoice_date', holds: 'date', width: 13 },
    { name: 'business_unit', holds: 'text', width: 30 },
    { name: 'job_type', holds: 'text', width: 34 },
    { name: 'total_amount', holds: 'money', width: 15 },
    { name: 'updated_at', holds: 'instant', width: 20 },
  ],
  rows: toRows(pages),
});

/** Days of KPIs that are read at once: a year of a dozen units is some four thousand rows. */
const daysAtOnce = 366;

async function* readDays(
  deps: MartDeps,
  range: DateRange,
  names: string[],
): AsyncGenerator<Value[][]> {
  let { first } = range;
  while (first <= range.last) {
    const end = addDays(first, daysAtOnce - 1);
    const last = end < range.last ? end : range.last;
    const rows = await readKpis(deps, { grain: 'day', dates: { first, last }, places: null });
    yield rows.map((row) => names.map((name) => row[name] ?? null));
    first = addDays(last, 1);
  }
}

const holdsOf = (name: string): Holds => {
  if (name === 'event_date') return 'date';
  return [...kpis, ...parts].find((kpi) => kpi.name === name)?.unit ?? 'text';
};

const toColumn = (name: string): SheetColumn => {
  const holds = holdsOf(name);
  const wide = holds === 'text' ? 30 : 13;
  return { name, holds, width: Math.max(wide, name.length + 3) };
};

/**
 * The sheet `daily_kpis`: the mart of that name under its own columns, oldest day first.
 * @param range The days of the marts; null while there are none.
 */
export const kpiSheet = (deps: MartDeps, range: DateRange | null): Sheet => {
  const names = columnsOf(marts.day).filter((name) => name !== 'tenant_id');
  return {
    name: 'daily_kpis',
    columns: names.map(toColumn),
    rows: range === null ? [] : readDays(deps, range, names),
  };
};

/** The sheet `about`: what the other two are, as pairs of a word and its meaning. */
export const aboutSheet = (facts: readonly (readonly [string, string])[]): Sheet => ({
  name: 'about',
  columns: [
    { name: 'what', holds: 'text', width: 24 },
    { name: 'value', holds: 'text', width: 100 },
  ],
  rows: [facts.map(([what, value]) => [what, value])],
});
