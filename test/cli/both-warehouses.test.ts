import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { environmentFor } from '../e2e/support.ts';
import type { Bigquery } from '../support/bigquery/start-bigquery.ts';
import { startJudged } from '../warehouses/bigquery/start-judged.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine, type Ran } from './support/run-line.ts';

const dayMs = 86_400_000;
/** Runs are recorded by the real clock; records and dates follow this one. */
const now = new Date();
const dayBefore = (days: number): string =>
  new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10);

let sandbox: Sandbox;
let server: Bigquery;
let csv: string;
let duckdb: NodeJS.ProcessEnv;
let bigquery: NodeJS.ProcessEnv;

beforeAll(async () => {
  const dir = await makeTempDir();
  [sandbox, server] = await Promise.all([
    startSandbox({ scale: 0.001, now: () => now }),
    startJudged(),
  ]);
  csv = join(dir, 'leads.csv');
  await writeFile(csv, 'Job #,Business Unit,Customer Name\n');
  duckdb = { ...environmentFor(sandbox, dir), LOG_LEVEL: 'error' };
  bigquery = { ...duckdb, ...bigqueryEnv(server) };
});

afterAll(async () => {
  await server.close();
  await sandbox.close();
});

/** What a run says, but for what takes time. */
const withoutTimes = ({ code, out, err }: Ran): Ran => ({
  code,
  err,
  out: out
    .replace(/"(durationMs|lagHours)":[-\d.]+/g, '"$1":…')
    .replace(/"(lastRun|first_seen|last_seen)":"[^"]*"/g, '"$1":…')
    // The latest first: which commit came first, the two need not agree on.
    .replace(/("name":"fields_documented".*?"firstRows":)\[.*?\](?=,"description")/g, '$1…')
    .replace(/^(st_\w+\.\w+ +[\d,]+) +[\d,]+$/gm, '$1 …')
    .replace(/^(model) +(rows) +ms\n.*$/gm, '$1 $2'),
});

/** The same line on both, one after the other. */
const runBoth = async (line: string): Promise<Ran> => {
  const here = withoutTimes(await runLine(line, duckdb, now));
  const there = withoutTimes(await runLine(line, bigquery, now));
  expect(there).toEqual(here);
  return there;
};

describe('every command says the same of BigQuery as of DuckDB', () => {
  const patienceMs = 120_000;
  const leads = `--kpi lead_count --unit Phoenix-Sales`;
  const period = `--from ${dayBefore(70)} --to ${dayBefore(1)}`;

  test.each([
    [
      `backfill --entity jobs,invoices,business-units,job-types --from ${dayBefore(70)}`,
      { code: 0, out: /^business-units +ok +15$/m },
    ],
    ['sync --entity jobs', { code: 0, out: /^jobs +ok +\d+$/m }],
    ['build', { code: 0, out: /^st_mart\.daily_kpis +[\d,]+ …$/m }],
    ['check --json', { code: 0, out: /"name":"daily_kpis_dense",.*"status":"green"/ }],
    [`kpis ${period} --by region --format csv`, { code: 0, out: /^event_date,region,lead_count/ }],
    [
      `explain ${leads} --date ${dayBefore(3)} --format json`,
      { code: 0, out: /"inMart":\d+,"isEqual":true/ },
    ],
    [
      `reconcile ${leads} ${period} --format json --csv CSV`,
      { code: 6, out: /"verdict":"only here"/ },
    ],
    ['progress --json', { code: 0, out: /^\[\{"entity":"jobs","windowsDone":\d/ }],
    ['verify --json', { code: 0, out: /"entity":"jobs","ledgerRows":\d+,/ }],
  ])(
    'fieldmart %s',
    async (line, { code, out }) => {
      const ran = await runBoth(line.replace('CSV', csv));
      expect(ran.code).toBe(code);
      expect(ran.out).toMatch(out);
    },
    patienceMs,
  );

  test.each([
    ['runs --json', /^\[\{"runId":/],
    ['costs --days 1', /^jobs +commit +\d+ +[\d,]+ /m],
    ['doctor', /^ok +changing rows: /m],
    ['publish xlsx --out XLSX', /rows/],
  ])(
    'and what fieldmart %s sends is accepted too',
    async (line, out) => {
      const from = server.requests().length;
      const ran = await runLine(line.replace('XLSX', csv.replace(/csv$/, 'xlsx')), bigquery, now);
      expect(ran.err).not.toMatch(/Cannot|Failure/);
      expect(ran.out).toMatch(out);
      const sent = server.requests().slice(from);
      expect(sent.filter(({ sql }) => sql !== undefined).length).toBeGreaterThan(0);
    },
    patienceMs,
  );

  test('what a run writes down carries the id that its jobs are labelled with', async () => {
    const labels = new Set(server.requests().map(({ labels: given }) => given.fieldmart_run));
    const ids = await server.sql(
      `select distinct run_id as id from st_ops.runs union select run_id from st_ops.ledger
      union select run_id from st_ops.costs union select build_id from st_ops.builds`,
    );
    expect(ids).toHaveLength(3);
    for (const { id } of ids) expect(labels).toContain(id);
  });
});
