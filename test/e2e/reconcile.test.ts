import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor } from './support.ts';
import { smallWork } from '../support/small-work.ts';

/** Each command is a second later than the one before: tokens are throttled. */
const clock = { ms: Date.parse('2026-03-10T18:00:00.000Z') };
const now = (): Date => new Date(clock.ms);
/** As in company.test.ts: 1 is the whole reference company. */
const scale = Number(process.env.FIELDMART_E2E_SCALE ?? 0.005);
const patienceMs = 120_000 + scale * 1_800_000;

let sandbox: Sandbox;
let env: NodeJS.ProcessEnv;

const run = async (line: string) => {
  clock.ms += 1_001;
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(line.split(' '), {
    env,
    now,
    means: smallWork,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const runOk = async (line: string): Promise<string> => {
  const { code, out, err } = await run(line);
  if (code !== 0) throw new Error(`fieldmart ${line}: ${code}\n${out}\n${err}`);
  return out;
};

const withWarehouse = async (work: (warehouse: Warehouse) => Promise<void>): Promise<void> => {
  const path = env.DUCKDB_PATH ?? '';
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now });
  try {
    await work(warehouse);
  } finally {
    await warehouse.close();
  }
};

beforeAll(async () => {
  const dir = await makeTempDir();
  sandbox = await startSandbox({ scale, now, reportIntervalMs: 0 });
  env = { ...environmentFor(sandbox, dir), LOG_LEVEL: 'error', SPOOL_DIR: join(dir, 'spool') };
  await runOk('backfill --all --from 2018-01-01');
  await runOk('build');
}, patienceMs);

afterAll(() => sandbox.close());

const period = '--from 2020-01-01 --to 2026-03-10';

/** Every KPI that a report of the sandbox tells. */
const reports = [
  ['lead_count', 'marketing/1001'],
  ['total_booked', 'sales/1101'],
  ['num_estimates', 'operations/1201'],
  ['dollars_produced', 'operations/1202'],
  ['gpm_percent', 'operations/1202'],
  ['warranty_percent', 'operations/1202'],
  ['dollars_collected', 'accounting/1301'],
] as const;

type Side = Record<string, number | string> | null;
type Result = {
  units: { unit: string; source: string | number; ours: string; isEqual: boolean }[];
  records: { verdict: string; source: Side; ours: Side; [id: string]: unknown }[];
  notes: string[];
};

describe.each(['after a backfill', 'after time has passed and a sync'])('%s', (when) => {
  beforeAll(async () => {
    if (when === 'after a backfill') return;
    sandbox.advance({ hours: 96 });
    await runOk('sync');
    await runOk('build');
  }, patienceMs);

  test.each(reports)(
    '%s agrees exactly with report %s',
    async (kpi, report) => {
      const line = `reconcile --kpi ${kpi} ${period} --report ${report} --format json`;
      const { units, records, notes } = JSON.parse(await runOk(line)) as Result;
      expect(units.length).toBeGreaterThan(3);
      expect(records).toEqual([]);
      for (const { source, ours } of units) expect(source).toBe(ours);
      if (kpi === 'dollars_collected') {
        expect(units.at(-1)?.unit).toBe('(no unit)');
        expect(notes).toHaveLength(1);
        expect(notes[0]).toMatch(/No roll-up knows these units of the report: Office Admin;/);
      } else expect(notes).toEqual([]);
    },
    patienceMs,
  );
});

/** Whole years hide a record that is a day off: single days show it. */
test.each([
  ['lead_count', 'marketing/1001', 'lead_jobs'],
  ['total_booked', 'sales/1101', 'booked_estimates'],
  ['num_estimates', 'operations/1201', 'completed_estimates'],
  ['dollars_produced', 'operations/1202', 'produced_jobs'],
  ['dollars_collected', 'accounting/1301', 'collected_payments'],
])(
  '%s agrees on single days',
  async (kpi, report, table) => {
    let days: string[] = [];
    await withWarehouse(async (warehouse) => {
      const rows = await warehouse.query(
        `select cast(event_date as string) as day
        from st_mart.${table} where event_date <= date '2026-03-10'
        group by event_date order by count(*) desc, event_date limit 4`,
      );
      days = rows.map(({ day }) => String(day));
    });
    for (const day of days) {
      const line = `reconcile --kpi ${kpi} --from ${day} --to ${day} --report ${report} --format json`;
      const { units, records } = JSON.parse(await runOk(line)) as Result;
      expect({ day, records, isEmpty: units.length === 0 }).toEqual({
        ...{ day, records: [], isEmpty: false },
      });
    }
  },
  patienceMs,
);

/**
 * A change by hand to the row behind one record, and the record that must come out. A copy of the database takes several
 * that each show in one KPI alone.
 */
const changes = [
  {
    copy: 1,
    kpi: 'lead_count',
    report: 'marketing/1001',
    record: `select job_id as id from st_mart.lead_jobs order by job_id limit 1`,
    change: (id: string) => `update st_raw.raw_jobs set "_deleted" = true where id = ${id}`,
    found: (id: string) => ({ verdict: 'only there', job: id, ours: null }),
  },
  {
    copy: 1,
    kpi: 'total_booked',
    report: 'sales/1101',
    record: `select estimate_id as id from st_mart.booked_estimates where total_booked > 0 limit 1`,
    change: (id: string) =>
      `update st_raw.raw_estimates set subtotal = subtotal + 0.02 where id = ${id}`,
    found: (id: string) => ({ verdict: 'different', estimate: id }),
  },
  {
    copy: 2,
    kpi: 'num_estimates',
    report: 'operations/1201',
    record: `select jobId as id from st_dim.dim_jobs
      where jobStatus = 'Scheduled' and unitKind = 'SALES' and isActive limit 1`,
    change: (id: string) =>
      `update st_raw.raw_jobs set jobStatus = 'Completed', completedOn = timestamp '2026-03-01 12:00:00+00'
      where id = ${id}`,
    found: (id: string) => ({ verdict: 'only here', job: id, source: null }),
  },
  {
    copy: 1,
    kpi: 'dollars_produced',
    report: 'operations/1202',
    record: `select job_id as id from st_mart.produced_jobs where dollars_produced > 0 limit 1`,
    change: (id: string) =>
      `update st_raw.raw_invoices set subTotal = subTotal - 1 where jobId = ${id}`,
    found: (id: string) => ({ verdict: 'different', job: id }),
  },
  {
    copy: 2,
    kpi: 'gpm_percent',
    report: 'operations/1202',
    record: `select job_id as id from st_mart.job_costs
      where unit_kind = 'PRODUCTION' and labor_cost > 0 limit 1`,
    change: (id: string) =>
      `update st_raw.raw_payroll set amount = amount + 900000 where jobId = ${id}`,
    found: (id: string) => ({ verdict: 'different', job: id }),
  },
  {
    copy: 3,
    kpi: 'warranty_percent',
    report: 'operations/1202',
    record: `select job_id as id from st_mart.produced_jobs where warranty_cost > 0 limit 1`,
    change: (id: string) =>
      `update st_raw.raw_payroll set amount = amount + 900000 where jobId = ${id}`,
    found: (id: string) => ({ verdict: 'different', job: id }),
  },
  {
    copy: 1,
    kpi: 'dollars_collected',
    report: 'accounting/1301',
    record: `select payment_id as id from st_mart.collected_payments
      where invoice_id is not null limit 1`,
    change: (id: string) => `update st_raw.raw_payments set total = total + 7 where id = ${id}`,
    found: (id: string) => ({
      ...{ verdict: 'only here', payment: id, invoice: null, source: null },
      ours: { dollars_collected: '7.00' },
    }),
  },
];

describe.each([1, 2, 3])('rows changed by hand in copy %d', (number) => {
  const here = changes.filter(({ copy }) => copy === number);
  const ids = new Map<string, string>();
  let original: NodeJS.ProcessEnv;

  beforeAll(async () => {
    const copy = join(await makeTempDir(), 'changed.duckdb');
    await copyFile(env.DUCKDB_PATH ?? '', copy);
    original = env;
    env = { ...env, DUCKDB_PATH: copy };
    await withWarehouse(async (warehouse) => {
      for (const { kpi, record } of here) {
        const [row] = await warehouse.query(record);
        ids.set(kpi, String(row?.id));
      }
      for (const { kpi, change } of here) await warehouse.execute(change(ids.get(kpi) ?? ''));
    });
    await runOk('build');
  }, patienceMs);

  afterAll(() => {
    env = original;
  });

  test.each(here)(
    '$kpi: exit 6, and the very record',
    async ({ kpi, report, found }) => {
      const id = ids.get(kpi) ?? '';
      const line = `reconcile --kpi ${kpi} ${period} --report ${report}`;
      const { code, out, err } = await run(`${line} --format json`);
      expect({ code, err }).toMatchObject({
        code: 6,
        err: expect.stringMatching(new RegExp(`^Cannot confirm ${kpi} .*1 of \\d+ units differ`)),
      });
      const { records } = JSON.parse(out) as Result;
      expect(records).toMatchObject([found(id)]);
      const table = await run(line);
      expect(table.out).toMatch(new RegExp(`^(only|different).* ${id} `, 'm'));
      expect(table.out).toMatch(/DIFFERENT/);
    },
    patienceMs,
  );
});
