import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { spoolPath } from '../../src/pipeline/move-stream.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { bigqueryEnv } from '../cli/support/bigquery-env.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, start } from './support.ts';
import { smallWork } from '../support/small-work.ts';

const patienceMs = 120_000;

/** Ends a text in SQL, in a shell or in CSV, and begins something else. */
const hostile = `O'Neil "X"); drop table st_raw.raw_jobs; -- \` \\ \${x} $(x) @tenant $1 /* %s \\'`;
const formula = '=HYPERLINK("http://x.example","pay")';
const folder = `a'b";--\`\n*[x]{} $(touch pwned) \\ é`;

let sandbox: Sandbox;
let server: Bigquery;
let program: string;
let here: string;
const now = new Date();
const day = new Date(now.getTime() - 3 * 86_400_000).toISOString().slice(0, 10);
const from = new Date(now.getTime() - 70 * 86_400_000).toISOString().slice(0, 10);

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The compiled program with its SQL, whose seeds name units as nobody should. */
const copyProgram = async (dir: string): Promise<string> => {
  const copy = join(dir, 'program');
  await mkdir(copy);
  for (const name of ['dist', 'sql', 'package.json'])
    await cp(name, join(copy, name), { recursive: true });
  await symlink(resolve('node_modules'), join(copy, 'node_modules'));
  const seed = join(copy, 'sql', 'seeds', 'business_unit_rollup.csv');
  const text = (await readFile(seed, 'utf8'))
    .replaceAll('SALES,Phoenix-Sales,Phoenix', `SALES,${quote(hostile)},${quote(formula)}`)
    .replaceAll('SALES,Tucson-Sales,Tucson', `SALES,${quote(formula)},${quote(hostile)}`);
  await writeFile(seed, text);
  return join(copy, 'dist', 'bin', 'fieldmart.js');
};

beforeAll(async () => {
  here = await makeTempDir();
  program = await copyProgram(here);
  [sandbox, server] = await Promise.all([
    startSandbox({ scale: 0.0005, now: () => now }),
    startBigquery(),
  ]);
});
afterAll(async () => {
  await server.close();
  await sandbox.close();
});

const environments = {
  duckdb: () => environmentFor(sandbox, join(here, folder)),
  bigquery: () => ({ ...environmentFor(sandbox, join(here, folder)), ...bigqueryEnv(server) }),
};

describe.each(['duckdb', 'bigquery'] as const)('names in %s', (warehouse) => {
  const env = () => ({
    ...environments[warehouse](),
    ...{ LOG_FILE: join(here, folder, 'app.log'), LOG_LEVEL: 'error' },
  });

  const run = async (words: string[], more: NodeJS.ProcessEnv = {}) => {
    const said = { out: '', err: '' };
    const code = await main(words, {
      ...{ env: { ...env(), ...more }, now: () => now },
      means: smallWork,
      out: (line) => (said.out += `${line}\n`),
      err: (line) => (said.err += `${line}\n`),
    });
    return { code, ...said };
  };

  test(
    'of units, regions and folders are only names',
    async () => {
      const entities = 'jobs,business-units,job-types,customers';
      expect(await run(['backfill', '--entity', entities, '--from', from])).toMatchObject({
        code: 0,
      });
      // The copy, whose seeds name the units.
      const built = await start([process.execPath, program, 'build'], env()).finished;
      expect(built).toMatchObject({ code: 0 });
      const dates = ['--from', day, '--to', day];
      const kpis = await run(['kpis', ...dates, '--format', 'csv', '--unit', hostile]);
      expect(kpis.code).toBe(0);
      expect(kpis.out).toContain(`\n${day},${quote(hostile)},`);
      expect(kpis.out).toContain(quote(`'${formula}`));
      const explained = await run([
        ...['explain', '--kpi', 'lead_count', '--unit', hostile, '--date', day],
        ...['--format', 'json'],
      ]);
      expect(explained.code).toBe(0);
      expect(JSON.parse(explained.out)).toMatchObject({ unit: hostile });
      const table = await run(['explain', '--kpi', 'lead_count', '--unit', formula, '--date', day]);
      expect(table.code).toBe(0);
      const csv = join(here, `${formula.replaceAll('/', '')}.csv`);
      await writeFile(csv, `Job #,Business Unit,Customer Name\n1,${quote(hostile)},A\n`);
      const reconcile = ['reconcile', '--kpi', 'lead_count', ...dates, '--csv', csv];
      expect([0, 6]).toContain((await run(reconcile)).code);
      expect((await run(['verify'])).out).toMatch(/^jobs +[1-9].* equal$/m);
    },
    patienceMs,
  );

  test(
    'on the command line and in the environment are refused unless they are known',
    async () => {
      const lines = [
        ['backfill', '--entity', hostile, '--from', from],
        ['build', '--select', hostile],
        ['kpis', '--unit', hostile.toUpperCase() + 'X'],
        ['explain', '--kpi', hostile, '--unit', 'x', '--date', day],
        ['kpis', '--from', hostile],
      ];
      for (const line of lines) expect({ line, ...(await run(line)) }).toMatchObject({ code: 2 });
      for (const name of ['ST_TENANT_ID', 'DATASET_PREFIX', 'BIGQUERY_PROJECT'])
        expect({ name, ...(await run(['verify'], { [name]: hostile })) }).toMatchObject({
          code: 2,
        });
    },
    patienceMs,
  );
});

test('nothing was written outside of the folders that were named', async () => {
  expect((await readdir(here)).sort()).toEqual(
    [folder, 'program', `${formula.replaceAll('/', '')}.csv`].sort(),
  );
  expect(await readdir('.')).not.toContain('pwned');
});

test('a database whose log DuckDB would put elsewhere is not opened', async () => {
  const dir = join(await makeTempDir(), 'a?b');
  const ran = await start([process.execPath, program, 'verify'], environmentFor(sandbox, dir))
    .finished;
  expect(ran).toMatchObject({ code: 5, out: '' });
  expect(ran.err).toContain('set DUCKDB_PATH to a path without one');
  expect(await readdir(dir)).toEqual(['logs']);
});

test('a spool stays in its folder, whatever its stream is called', () => {
  const names = ['..', '.', '', '../../x', '/etc/x', 'a\0b', 'a/../../b', '...', 'ü\n'];
  for (const name of names) {
    for (const control of [
      { tenantId: name, entity: 'jobs', stream: 'sync' },
      { tenantId: '1', entity: name, stream: 'sync' },
      { tenantId: '1', entity: 'jobs', stream: name },
    ]) {
      const path = spoolPath('/spool', control);
      expect(path).toMatch(/^\/spool\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/);
      expect(path.split('/')).not.toContain('..');
    }
  }
});
