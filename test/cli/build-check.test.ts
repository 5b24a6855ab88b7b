import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { formatChecks } from '../../src/cli/format-checks.ts';
import { main } from '../../src/cli/main.ts';
import type { CheckResult } from '../../src/pipeline/run-checks.ts';
import { wantsColour } from '../../src/cli/wants-colour.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

let path: string;

beforeEach(async () => {
  path = join(await makeTempDir(), 'cli.duckdb');
});

/** Each command begins a minute after the one before. */
let minutes = 0;

const run = async (line: string) => {
  const at = new Date(Date.parse('2024-03-15T12:00:00Z') + (minutes += 1) * 60_000);
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(line.split(' '), {
    env: { ST_TENANT_ID: '1234', DUCKDB_PATH: path, LOG_LEVEL: 'error', LOG_FILE: 'off' },
    now: () => at,
    means: smallWork,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const execute = async (...statements: string[]): Promise<void> => {
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date() });
  for (const statement of statements) await warehouse.execute(statement);
  await warehouse.close();
};

describe('fieldmart build', () => {
  test.each([
    ['daily_kpi', /"daily_kpi": there is no such model; did you mean daily_kpis\?/],
    ['st_dim.dim_job', /did you mean st_dim\.dim_jobs\?/],
    ['xyzzy', /"xyzzy": there is no such model\nKnown: .*dim_jobs/],
    ['', /Not enough arguments following: select|there is no such model/],
  ])('--select %j: exit 2, with the nearest name', async (model, message) => {
    const { code, out, err } = await run(`build --select ${model}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('on an empty warehouse: empty marts, and what was never loaded', async () => {
    const { code, out, err } = await run('build');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/st_dim\.dim_jobs +0 +\d+/);
    expect(out).toMatch(/st_mart\.daily_kpis +0 +\d+/);
    expect(out).toMatch(/^checks: 0 red, 1 yellow, \d+ green; fieldmart check shows the rows$/m);
    expect(out).toMatch(/^yellow entities_fresh: 24 wrong rows; should hold: every entity /m);
    expect(out).toMatch(/^Never loaded: jobs, .*returns.*fieldmart backfill/m);
  });

  test('--select builds what the model needs and no more', async () => {
    const { code, out } = await run('build --select dim_bu_rollup');
    expect(code).toBe(0);
    expect(out.match(/^st_\w+\.\w+/gm)).toEqual([
      'st_ref.dim_business_units',
      'st_ref.dim_bu_rollup',
    ]);
  });
});

describe('fieldmart check', () => {
  test('before the first build: says what to run', async () => {
    const { code, err } = await run('check');
    expect(code).toBe(5);
    expect(err).toMatch(
      /^Cannot check .* more: not built yet for tenant \d+; run fieldmart build$/,
    );
  });

  test('does not compare tables of different builds', async () => {
    await run('build');
    await run('build --select lead_jobs');
    const { code, err } = await run('check');
    expect(code).toBe(0);
    expect(err).toMatch(
      /^Not run, since build --select .*daily_kpis_add_up.*run fieldmart build$/m,
    );
  });

  test('after a build: a summary and exit 0; --json prints the results', async () => {
    await run('build');
    const { code, out } = await run('check');
    expect(code).toBe(0);
    expect(out).toMatch(/^0 red, \d+ yellow, \d+ green$/m);
    const results = JSON.parse((await run('check --json')).out) as CheckResult[];
    expect(results.length).toBeGreaterThan(10);
    expect(results.every(({ name, status }) => name !== '' && status !== 'red')).toBe(true);
  });

  test('red: the check, its rule and the first wrong rows; exit 6', async () => {
    await run('build');
    await execute(
      `insert into st_mart.daily_kpis (tenant_id, event_date, business_unit)
      values ('1234', date '2024-03-01', 'Invented Unit'), ('1234', date '2024-03-01', 'Invented Unit')`,
    );
    const { code, out, err } = await run('check');
    expect(code).toBe(6);
    expect(out).toMatch(/^red +daily_kpis_grain +1$/m);
    expect(out).toMatch(/^ {2}.*business_unit Invented Unit/m);
    expect(err).toMatch(/^Cannot vouch for the published tables: .*daily_kpis_grain.* red; run/);
    const json = await run('check --json');
    expect(json.code).toBe(6);
    expect(JSON.parse(json.out)).toContainEqual(
      expect.objectContaining({ name: 'daily_kpis_grain', status: 'red' }),
    );
  });
});

describe('the summary', () => {
  const result = (name: string, severity: 'red' | 'yellow', wrongRows: number): CheckResult => ({
    name,
    severity,
    status: wrongRows === 0 ? 'green' : severity,
    wrongRows,
    firstRows: wrongRows === 0 ? [] : [{ business_unit: 'A', jobs: null }],
    description: 'all is well',
    threshold: 'none',
    durationMs: 1,
  });
  const results = [result('green_days', 'red', 0), result('b', 'yellow', 1), result('c', 'red', 2)];

  test('the worst first, the wrong rows of what is not green, the count last', () => {
    expect(formatChecks(results, { colour: false }).split('\n')).toEqual([
      'status  check       wrong rows',
      '──────  ──────────  ──────────',
      'red     c                    2',
      'yellow  b                    1',
      'green   green_days           0',
      '',
      'red c: 2 wrong rows; should hold: all is well (none)',
      '  business_unit A, jobs –',
      '  … and 1 more',
      '',
      'yellow b: 1 wrong row; should hold: all is well (none)',
      '  business_unit A, jobs –',
      '',
      '1 red, 1 yellow, 1 green',
    ]);
  });

  test('in colour: the status and nothing else, and widths stay', () => {
    const plain = formatChecks(results, { colour: false });
    const painted = formatChecks(results, { colour: true });
    expect(painted).toContain('\u001B[31mred\u001B[39m     c ');
    expect(painted).toContain('\u001B[32mgreen\u001B[39m   green_days ');
    // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
    expect(painted.replace(/\u001B\[\d+m/g, '')).toBe(plain);
  });

  test.each<[isTerminal: boolean, env: NodeJS.ProcessEnv, colour: boolean]>([
    [true, {}, true],
    [true, { NO_COLOR: '' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
  ])('a terminal %s, with %j: colour %s', (isTerminal, env, colour) => {
    const { isTTY } = process.stdout;
    try {
      process.stdout.isTTY = isTerminal;
      expect(wantsColour(env)).toBe(colour);
    } finally {
      process.stdout.isTTY = isTTY;
    }
  });
});
