import { cp } from 'node:fs/promises';
import { build } from '../../../src/pipeline/build.ts';
import { servicetitanEntities as entities } from '../../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { smallWork } from '../../support/small-work.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { shuffle } from './shuffle.ts';
import type { PaymentRow, Rows, Seeds, Tenant } from './reference/rows.ts';
import type { MartRow } from './reference/measure.ts';
import { readRow } from './read-row.ts';
import { writeSeeds } from './write-seeds.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

/** The tables that no build drops. */
export const histories = [
  'future_booking_jobs',
  'outstanding_invoices',
  'kpi_future_bookings',
  'kpi_outstanding_ar',
] as const;

/** The tables that are compared, in `st_mart`. */
export const marts = [
  ...['daily_kpis', 'weekly_kpis', 'daily_kpis_by_region', 'weekly_kpis_by_region', 'job_costs'],
  ...['lead_jobs', 'booked_estimates', 'produced_jobs', 'collected_payments'],
  ...['completed_estimates', 'sales_opportunities', ...histories],
];

/** The rows of `st_mart` by table, as the reference writes them. */
export type Marts = Record<string, MartRow[]>;

type RawRow = Record<string, unknown>;

const literal = (value: unknown): string => {
  if (value === undefined || value === null) return 'null';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
};

const toPayment = ({ appliedTo, ...row }: PaymentRow): RawRow => ({
  ...row,
  payload: JSON.stringify({ id: row.id, date: row.date, total: row.total, appliedTo }),
});

/** Some pay items have an id and some have none; nothing hangs on it. */
const keyOf = (id: number): RawRow =>
  id % 2 === 1 ? { id: null, _key: `h:${id}` } : { _key: `id:${id}` };

/** A row as the loader would have stored it. */
const toRaw = (table: keyof Rows, row: Rows[keyof Rows][number], tenantId: string): RawRow => ({
  tenant_id: tenantId,
  ...(table === 'payments' ? toPayment(row) : row),
  ...(table === 'payroll' ? keyOf(row.id) : {}),
  _deleted: row._deleted ?? false,
});

const insertSql = (table: string, rows: readonly RawRow[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`);
  const columns = names.map((name) => `"${name}"`).join(', ');
  return `insert into st_raw.raw_${table} (${columns}) values ${lines.join(', ')};`;
};

const tables = (rows: Rows): (keyof Rows)[] => Object.keys(rows) as (keyof Rows)[];

/** Replaces all raw rows; `order` decides which way they stand in the tables. */
const loadSql = (companies: readonly Tenant[], order: number): string => {
  const stored = new Map<keyof Rows, RawRow[]>();
  for (const { tenantId, rows } of companies) {
    for (const table of tables(rows)) {
      const raw = rows[table].map((row) => toRaw(table, row, tenantId));
      stored.set(table, [...(stored.get(table) ?? []), ...raw]);
    }
  }
  return [...stored]
    .map(
      ([table, rows]) =>
        `delete from st_raw.raw_${table};` +
        (rows.length === 0 ? '' : insertSql(table, shuffle(rows, order))),
    )
    .join('\n');
};

/**
 * A real DuckDB that is filled with companies again and again.
 * @param editSql changes the models of this warehouse, which are a copy.
 */
export const openCompanyRig = async (
  seeds: Seeds,
  editSql: (sqlDir: string) => Promise<void> = () => Promise.resolve(),
) => {
  const sqlDir = await makeTempDir();
  await cp('sql', sqlDir, { recursive: true });
  await writeSeeds(sqlDir, seeds);
  await editSql(sqlDir);
  const warehouse = await openDuckdb({
    ...{ path: ':memory:', datasetPrefix: '', now: () => new Date(), ...smallWork },
  });
  await warehouse.prepare(entities);

  return {
    load: (companies: readonly Tenant[], order: number) =>
      warehouse.execute(loadSql(companies, order)),
    /** Forgets all tenants and their snapshots. */
    forget: () =>
      warehouse.execute(
        ['st_ops.tenants', 'st_ops.builds'].map((table) => `delete from ${table};`).join('\n') +
          histories.map((table) => `drop table if exists st_mart.${table};`).join('\n'),
      ),
    /** As a build of another model leaves it: the tenant is known, and has no snapshot. */
    introduce: ({ tenantId, timeZone, builtAt }: Tenant) =>
      warehouse.recordTenant({ tenantId, timeZone, builtAt }),
    build: ({ tenantId, timeZone, builtAt: now }: Tenant, select: string | null) =>
      build({ warehouse, entities, sqlDir, log, tenant: { tenantId, timeZone }, now, select }),
    readMarts: async (): Promise<Marts> => {
      const read: Marts = {};
      for (const table of marts) {
        read[table] = (await warehouse.query(`select * from st_mart.${table}`)).map(readRow);
      }
      return read;
    },
    close: () => warehouse.close(),
  };
};

export type CompanyRig = Awaited<ReturnType<typeof openCompanyRig>>;
