import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

let dir: string;
let env: NodeJS.ProcessEnv;

const now = (): Date => new Date('2024-03-08T12:00:00Z');

const run = async (line: string, more: NodeJS.ProcessEnv = {}) => {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(line.split(' ').filter(Boolean), {
    env: { ...env, ...more },
    now,
    means: smallWork,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const write = async (name: string, ...lines: string[]): Promise<string> => {
  const file = join(dir, name);
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return file;
};

/** A database with three leads, built at noon UTC of 8 March. */
beforeAll(async () => {
  dir = await makeTempDir();
  env = {
    ST_CLIENT_ID: 'cid.never-printed',
    ST_CLIENT_SECRET: 'cs.never-printed',
    ST_APP_KEY: 'ak1.never-printed',
    ST_TENANT_ID: '42',
    DUCKDB_PATH: join(dir, 'leads.duckdb'),
    SPOOL_DIR: join(dir, 'spool'),
    LOG_LEVEL: 'error',
  };
  expect(await run('build')).toMatchObject({ code: 0 });
  const warehouse = await openDuckdb({ path: env.DUCKDB_PATH ?? '', datasetPrefix: '', now });
  await warehouse.execute(`
    insert into st_raw.raw_business_units (tenant_id, id, name, active, _deleted)
    values ('42', 1, 'Phoenix-Sales', true, false), ('42', 2, 'Tucson-Sales', true, false);
    insert into st_raw.raw_job_types (tenant_id, id, name, active, _deleted)
    values ('42', 5, 'ESTIMATE-RES-EXT', true, false);
    insert into st_raw.raw_jobs (tenant_id, id, jobNumber, businessUnitId, jobTypeId, createdOn, _deleted)
    values
      ('42', 101, '101', 1, 5, timestamp '2024-03-04 20:00:00+00', false),
      ('42', 102, '102', 1, 5, timestamp '2024-03-05 20:00:00+00', false),
      ('42', 103, '103', 2, 5, timestamp '2024-03-05 20:00:00+00', false)`);
  await warehouse.close();
  expect(await run('build')).toMatchObject({ code: 0 });
}, 60_000);

const week = 'reconcile --kpi lead_count --from 2024-03-04 --to 2024-03-10';
const head = 'Job #,Business Unit,Customer Name';

describe('a command line that cannot be run: one clear line, exit 2, nothing asked', () => {
  test.each([
    [
      'reconcile --kpi leadcount --from 2024-03-04 --to 2024-03-10 --csv a',
      /"leadcount": there is no such KPI; did you mean lead_count\?/,
    ],
    [
      'reconcile --kpi lead_customers --from 2024-03-04 --to 2024-03-10 --csv a',
      /there is no such KPI/,
    ],
    [
      'reconcile --kpi lead_count --from 2024-03-11 --to 2024-03-10 --csv a',
      /from 2024-03-11 to 2024-03-10: no day lies between; both dates are included/,
    ],
    [
      'reconcile --kpi lead_count --to 2024-03-10 --csv a',
      /no first date given; add --from, a local date that is included as --to is/,
    ],
    ['reconcile --kpi lead_count --from 2024-03-04 --csv a', /Missing required argument: to/],
    [
      'reconcile --kpi lead_count --from 2024-02-30 --to 2024-03-10 --csv a',
      /--from 2024-02-30: it is no date/,
    ],
    [week, /nothing to compare with; add --csv FILE or --report CATEGORY\/ID/],
    [`${week} --csv a --report b/1`, /--csv and --report exclude each other; give one/],
    [`${week} --csv a --param From=1`, /--param is of a --report, and --csv has none/],
    [
      `${week} --report marketing`,
      /--report marketing: it is no report; write its category and number, as marketing\/1001/,
    ],
    [`${week} --report a/b/1`, /it is no report/],
    [`${week} --csv nowhere.csv`, /Cannot read nowhere\.csv: there is no such file; check --csv/],
    [`${week} --csv a --csv b`, /^Cannot use --csv: give it once/],
    [`${week} --csvv a`, /did you mean --csv\?/],
  ])('%s', async (line, message) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/never-printed|\n\s+at /);
  });

  test('a unit that is not there', async () => {
    const file = await write('leads.csv', head);
    const { code, err } = await run(`${week} --csv ${file} --unit Phenix-Sales`);
    expect(code).toBe(2);
    expect(err).toMatch(
      /reconcile unit "Phenix-Sales": there is no such unit; did you mean Phoenix-Sales\?/,
    );
  });

  test('credentials are asked for only where a report is', async () => {
    const missing = { ST_CLIENT_ID: '', ST_CLIENT_SECRET: '', ST_APP_KEY: '' };
    const file = await write('leads.csv', head);
    expect((await run(`${week} --csv ${file} --unit Phoenix-Sales`, missing)).err).not.toMatch(
      /ST_/,
    );
    expect((await run(`${week} --report marketing/1001`, missing)).err).toMatch(/ST_CLIENT_ID/);
  });
});

test('marts that were never built', async () => {
  const file = await write('leads.csv', head);
  const { code, err } = await run(`${week} --csv ${file}`, {
    DUCKDB_PATH: join(dir, 'new.duckdb'),
  });
  expect(code).toBe(5);
  expect(err).toMatch(/has not been built for tenant 42; run fieldmart build/);
});

test('both sides agree: exit 0', async () => {
  const rows = ['101,Phoenix-Sales,Iris Quill', '102,1,', '103,Tucson-Sales,', 'Total,,'];
  const { code, out, err } = await run(`${week} --csv ${await write('leads.csv', head, ...rows)}`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /lead_count \(leads\): leads\.csv and ours, 2024-03-04 to 2024-03-10, both included/,
  );
  expect(out).toMatch(/Phoenix-Sales +2 +2 +0 +equal/);
  expect(out).toMatch(/Left out as totals, because they name no record: line 5\./);
  expect(out).toMatch(
    /The marts were built on 2024-03-08; they cannot hold what happened after it/,
  );
  expect(out).toMatch(/Every unit agrees\.$/);
  expect(out).not.toMatch(/Quill/);
});

test('a unit differs: the records, what to do next, exit 6; never a name of the file', async () => {
  const rows = [
    '101,Phoenix-Sales,Iris Quill',
    '104,Phoenix-Sales,Iris Quill',
    '105,Phoenix-Sales,Q',
  ];
  const file = await write('leads.csv', head, ...rows);
  const { code, out, err } = await run(`${week} --csv ${file} --unit Phoenix-Sales`);
  expect(code).toBe(6);
  expect(out).toMatch(/Phoenix-Sales +3 +2 +1 +DIFFERENT/);
  expect(out).toMatch(/by job \(3\):/);
  expect(out).toMatch(/^only here +102 +Phoenix-Sales +– +1$/m);
  expect(out).toMatch(/^only there +104 +Phoenix-Sales +1 +–$/m);
  expect(err).toMatch(
    /^Cannot confirm lead_count of 2024-03-04 to 2024-03-10: 1 of 1 units differ \(Phoenix-Sales\); run fieldmart sync and fieldmart build if the report is newer than the marts, else look the records above up .*fieldmart explain --kpi lead_count$/,
  );
  expect(out + err).not.toMatch(/Quill/);
});

test('units that agree though records differ: exit 0, and said so', async () => {
  const rows = ['101,Phoenix-Sales,', '104,Phoenix-Sales,', '103,Tucson-Sales,'];
  const { code, out } = await run(`${week} --csv ${await write('leads.csv', head, ...rows)}`);
  expect(code).toBe(0);
  expect(out).toMatch(/only here +102/);
  expect(out).toMatch(/Every unit agrees\. The records above differ, but not so that/);
});

test('a record that counts on another date', async () => {
  const rows = ['101,Phoenix-Sales,', '102,Phoenix-Sales,', '103,Tucson-Sales,'];
  const file = await write('leads.csv', head, ...rows);
  const { code, out } = await run(
    `reconcile --kpi lead_count --from 2024-03-05 --to 2024-03-05 --csv ${file}`,
  );
  expect(code).toBe(6);
  expect(out).toMatch(/^only there +101 .* here on 2024-03-04, Phoenix-Sales$/m);
});

test('the same as JSON: counts as numbers, notes with it', async () => {
  const file = await write(
    'leads.csv',
    head,
    '101,Phoenix-Sales,',
    '104,Office,',
    '103,Tucson-Sales,',
  );
  const { code, out, err } = await run(`${week} --csv ${file} --format json`);
  expect(code).toBe(6);
  expect(JSON.parse(out)).toEqual({
    kpi: 'lead_count',
    from: '2024-03-04',
    to: '2024-03-10',
    report: 'leads.csv',
    units: [
      { unit: 'Phoenix-Sales', source: 1, ours: 2, difference: -1, isEqual: false },
      { unit: 'Tucson-Sales', source: 1, ours: 1, difference: 0, isEqual: true },
      { unit: 'Office (no unit)', source: 1, ours: 0, difference: 1, isEqual: false },
    ],
    all: { source: 3, ours: 3, difference: 0 },
    records: [
      {
        ...{ verdict: 'only here', job: '102', source: null, elsewhere: [] },
        ours: { unit: 'Phoenix-Sales', lead_count: 1 },
      },
      {
        ...{ verdict: 'only there', job: '104', ours: null, elsewhere: [] },
        source: { unit: 'Office (no unit)', lead_count: 1 },
      },
    ],
    notes: [
      'The report has no date column (Created Date, Created On, Job Created Date, Creation Date): all its rows were taken as of the period.',
      'No roll-up knows these units of the report: Office; add them to business_unit_rollup.csv.',
    ],
  });
  expect(err).toMatch(/The marts were built on 2024-03-08/);
});
