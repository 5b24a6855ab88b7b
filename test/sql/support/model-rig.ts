import { build } from '../../../src/pipeline/build.ts';
import { servicetitanEntities as entities } from '../../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Value } from '../../../src/warehouses/warehouse.ts';
import { smallWork } from '../../support/small-work.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

export type GivenRow = Record<string, string | number | boolean | null>;

const literal = (value: string | number | boolean | null): string =>
  typeof value === 'string' ? `'${value.replace(/'/g, "''")}'` : String(value);

/** The histories that no build drops. */
const histories = [
  'future_booking_jobs',
  'outstanding_invoices',
  'kpi_future_bookings',
  'kpi_outstanding_ar',
];

/**
 * A real DuckDB with the raw tables, into which tests put rows and out of which they read what the models make of
 * them.
 */
export const openModelRig = async () => {
  const warehouse = await openDuckdb({
    ...{ path: ':memory:', datasetPrefix: '', now: () => new Date(), ...smallWork },
  });
  await warehouse.prepare(entities);

  /** Rows for a raw table of tenant 1; what is not given is NULL, and nothing is deleted unless it says so. */
  const given = async (table: string, rows: readonly GivenRow[]): Promise<void> => {
    for (const row of rows) {
      const full = { tenant_id: '1', _deleted: false, ...row };
      const names = Object.keys(full).map((name) => `"${name}"`);
      await warehouse.execute(
        `insert into st_raw.raw_${table} (${names.join(', ')}) values (${Object.values(full).map(literal).join(', ')})`,
      );
    }
  };

  /** Empties the raw tables and forgets every snapshot. */
  const clear = async (): Promise<void> => {
    const emptied = [
      ...entities.map(({ table }) => `st_raw.${table}`),
      'st_ops.tenants',
      'st_ops.builds',
    ];
    const statements = [
      ...emptied.map((table) => `delete from ${table}`),
      ...histories.map((table) => `drop table if exists st_mart.${table}`),
    ];
    await warehouse.execute(statements.join(';'));
  };

  /** Builds the models as of an instant; the tenant's zone is Phoenix unless given. */
  const buildAt = (
    now: string,
    options: { timeZone?: string; sqlDir?: string; select?: string } = {},
  ) =>
    build({
      warehouse,
      entities,
      sqlDir: options.sqlDir ?? 'sql',
      log,
      tenant: { tenantId: '1', timeZone: options.timeZone ?? 'America/Phoenix' },
      now,
      select: options.select ?? null,
    });

  /** One row of `st_mart.daily_kpis`, cut to some columns; undefined where the mart has none. */
  const day = async (
    date: string,
    unit: string,
    columns: string,
  ): Promise<Record<string, Value> | undefined> => {
    const rows = await warehouse.query(
      `select ${columns} from st_mart.daily_kpis where event_date = cast(@date as date) and business_unit = @unit`,
      { date, unit },
    );
    return rows[0];
  };

  const read = (sql: string): Promise<Row[]> => warehouse.query(sql);

  return { warehouse, given, clear, buildAt, day, read, close: () => warehouse.close() };
};

export type ModelRig = Awaited<ReturnType<typeof openModelRig>>;
