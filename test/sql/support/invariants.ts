import { histories } from './company-rig.ts';
import type { Marts } from './company-rig.ts';
import { calendarDate, localDate, mondayOf } from './reference/dates.ts';
import { amountOf, formatNanos, parseNanos } from './reference/decimals.ts';
import type { MartRow } from './reference/measure.ts';
import { isActive } from './reference/rows.ts';
import type { Tenant } from './reference/rows.ts';

const money = [
  ...['total_booked', 'dollars_produced', 'dollars_collected', 'production_cost', 'warranty_cost'],
];
const counts = ['lead_count', 'num_estimates', 'sales_opportunities', 'closed_opportunities'];
const snapshots = ['future_bookings', 'outstanding_ar'];

const read = (marts: Marts, table: string): MartRow[] => marts[table] ?? [];

const keyOf = (row: MartRow, columns: readonly string[]): string =>
  columns.map((column) => String(row[column])).join(' | ');

/** Keys that occur more than once. */
const twins = (rows: readonly MartRow[], columns: readonly string[]): string[] => {
  const seen = new Set<string>();
  return rows.map((row) => keyOf(row, columns)).filter((key) => seen.size === seen.add(key).size);
};

const grains: readonly (readonly [string, readonly string[]])[] = [
  ['daily_kpis', ['event_date', 'business_unit']],
  ['weekly_kpis', ['week_start', 'business_unit']],
  ['daily_kpis_by_region', ['event_date', 'region']],
  ['weekly_kpis_by_region', ['week_start', 'region']],
  ['job_costs', ['job_id']],
  ['lead_jobs', ['job_id']],
  ['booked_estimates', ['estimate_id']],
  ['produced_jobs', ['job_id']],
  ['completed_estimates', ['job_id']],
  ['sales_opportunities', ['job_id']],
  ['future_booking_jobs', ['event_date', 'job_id']],
  ['outstanding_invoices', ['event_date', 'invoice_id']],
  ['kpi_future_bookings', ['event_date', 'business_unit']],
  ['kpi_outstanding_ar', ['event_date', 'business_unit']],
];

const checkGrains = (marts: Marts): string[] =>
  grains.flatMap(([table, columns]) =>
    twins(read(marts, table), ['tenant_id', ...columns]).map((key) => `${table} twice: ${key}`),
  );

/** Sums of columns by key; NULL only where nothing was added. */
const sumBy = (
  rows: readonly MartRow[],
  columns: readonly string[],
  keyOfRow: (row: MartRow) => string,
): Map<string, string> => {
  const sums = new Map<string, bigint | null>();
  for (const row of rows) {
    for (const column of columns) {
      const key = `${keyOfRow(row)} | ${column}`;
      const value = row[column] ?? null;
      const sum = sums.get(key) ?? null;
      const nanos = value === null ? null : (parseNanos(String(value)) ?? 0n);
      sums.set(key, nanos === null ? sum : (sum ?? 0n) + nanos);
    }
  }
  return new Map(
    [...sums].map(([key, sum]) => [key, sum === null ? 'NULL' : formatNanos(sum)] as const),
  );
};

const compareSums = (
  what: string,
  parts: ReadonlyMap<string, string>,
  wholes: ReadonlyMap<string, string>,
): string[] =>
  [...new Set([...parts.keys(), ...wholes.keys()])]
    .filter((key) => parts.get(key) !== wholes.get(key))
    .map((key) => `${what} ${key}: ${String(parts.get(key))} against ${String(wholes.get(key))}`);

const weekOf = (row: MartRow): string => mondayOf(String(row.event_date));

const checkSums = (marts: Marts): string[] => {
  const addable = [...money, ...counts];
  const [daily, weekly] = [read(marts, 'daily_kpis'), read(marts, 'weekly_kpis')];
  const place = (row: MartRow): string => keyOf(row, ['tenant_id', 'region']);
  const unit = (row: MartRow): string => keyOf(row, ['tenant_id', 'business_unit']);
  return [
    ...compareSums(
      'days of week',
      sumBy(daily, addable, (row) => `${weekOf(row)} ${unit(row)}`),
      sumBy(weekly, addable, (row) => `${String(row.week_start)} ${unit(row)}`),
    ),
    ...compareSums(
      'units of region',
      sumBy(daily, [...addable, ...snapshots], (row) => `${String(row.event_date)} ${place(row)}`),
      sumBy(
        read(marts, 'daily_kpis_by_region'),
        [...addable, ...snapshots],
        (row) => `${String(row.event_date)} ${place(row)}`,
      ),
    ),
    ...compareSums(
      'units of region in a week',
      sumBy(weekly, addable, (row) => `${String(row.week_start)} ${place(row)}`),
      sumBy(
        read(marts, 'weekly_kpis_by_region'),
        addable,
        (row) => `${String(row.week_start)} ${place(row)}`,
      ),
    ),
  ];
};

/** The money of a tenant's active payments up to the build date is all there, whatever unit it reached. */
const checkPayments = (marts: Marts, { tenantId, timeZone, builtAt, rows }: Tenant): string[] => {
  const last = localDate(builtAt, timeZone) ?? '';
  const paid = rows.payments
    .filter(isActive)
    .filter(({ date, createdOn }) => {
      const day = calendarDate(date, timeZone) ?? localDate(createdOn, timeZone);
      return day !== undefined && day <= last;
    })
    .reduce((sum, { total }) => sum + amountOf(total), 0n);
  const collected = read(marts, 'daily_kpis')
    .filter(({ tenant_id }) => tenant_id === tenantId)
    .reduce((sum, row) => sum + amountOf(String(row.dollars_collected)), 0n);
  return paid === collected
    ? []
    : [`tenant ${tenantId} was paid ${formatNanos(paid)}, collected ${formatNanos(collected)}`];
};

/** Every active job has its costs. */
const checkJobs = (marts: Marts, { tenantId, rows }: Tenant): string[] => {
  const costs = read(marts, 'job_costs').filter(({ tenant_id }) => tenant_id === tenantId);
  const active = rows.jobs.filter(isActive);
  return costs.length === active.length
    ? []
    : [`tenant ${tenantId}: ${active.length} active jobs, ${costs.length} in job_costs`];
};

/** What must hold of the marts whatever the definitions say; a line for each fault. */
export const findBroken = (marts: Marts, tenants: readonly Tenant[]): string[] => [
  ...checkGrains(marts),
  ...checkSums(marts),
  ...tenants.flatMap((tenant) => [...checkPayments(marts, tenant), ...checkJobs(marts, tenant)]),
];

/** Rows of the histories that a build of one tenant on one date must not have touched, but has. */
export const findRewritten = (
  before: Marts,
  after: Marts,
  { tenantId, date }: { tenantId: string; date: string },
): string[] =>
  histories.flatMap((table) => {
    const kept = (marts: Marts): string[] =>
      read(marts, table)
        .filter((row) => row.tenant_id !== tenantId || row.event_date !== date)
        .map((row) => JSON.stringify(row))
        .sort();
    const [old, now] = [kept(before), kept(after)];
    return JSON.stringify(old) === JSON.stringify(now)
      ? []
      : [`${table} was ${old.join()}, is ${now.join()}`];
  });
