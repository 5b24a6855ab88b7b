import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError, WarehouseError } from '../../src/errors.ts';
import { check as checkAll } from '../../src/pipeline/check.ts';
import { describeCheck } from '../../src/pipeline/explain-checks.ts';
import { parseCheck, readChecks, type Check } from '../../src/pipeline/read-checks.ts';
import { runChecks } from '../../src/pipeline/run-checks.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { jobs, openLab, type Lab } from '../warehouses/duckdb/fixtures.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await openLab();
});

afterEach(() => lab.close());

const text = (name: string, sql: string, severity = 'red', sources = 'st_raw.raw_jobs'): string =>
  `-- ${name}: jobs have a number\n-- severity: ${severity}\n-- threshold: every job\n` +
  `-- sources: ${sources}\n-- decision: docs/decisions.md#x\n${sql};\n`;

const missing = 'select id from st_raw.raw_jobs where jobNumber is null order by id';

const run = (...checks: Check[]) => runChecks(lab.warehouse().query, checks);

describe('a check file', () => {
  test('is read with its header', () => {
    expect(parseCheck('a', text('a', missing, 'yellow'))).toEqual({
      name: 'a',
      description: 'jobs have a number',
      severity: 'yellow',
      threshold: 'every job',
      sources: ['st_raw.raw_jobs'],
      decision: 'docs/decisions.md#x',
      sql: missing,
    });
  });

  test.each(['a', 'severity', 'threshold', 'sources', 'decision'])(
    'is refused without the line %s',
    (field) => {
      const without = text('a', missing).replace(new RegExp(`-- ${field}: .*\n`), '');
      expect(() => parseCheck('a', without)).toThrow(
        `Cannot read check a: its header lacks "-- ${field}: …"`,
      );
    },
  );

  test('is refused with a severity that does not exist', () => {
    expect(() => parseCheck('a', text('a', missing, 'Red'))).toThrow(ConfigError);
  });

  test('is found in the folder checks, by name; no folder, no checks', async () => {
    const dir = await makeTempDir();
    expect(await readChecks(dir)).toEqual([]);
    await mkdir(join(dir, 'checks'));
    for (const name of ['b', 'a']) {
      await writeFile(join(dir, 'checks', `${name}.sql`), text(name, missing));
    }
    expect((await readChecks(dir)).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('a check', () => {
  test('is green without rows, else red or yellow as it says', async () => {
    const checks = [
      parseCheck('a', text('a', missing)),
      parseCheck('b', text('b', missing, 'yellow')),
    ];
    expect((await run(...checks)).map(({ status }) => status)).toEqual(['green', 'green']);
    await lab.load(jobs, [{ id: 1 }, { id: 2, jobNumber: 'n' }]);
    expect(await run(...checks)).toMatchObject([
      { name: 'a', status: 'red', wrongRows: 1, firstRows: [{ id: 1 }] },
      { name: 'b', status: 'yellow', wrongRows: 1, firstRows: [{ id: 1 }] },
    ]);
  });

  test('counts all wrong rows and shows the first', async () => {
    await lab.load(
      jobs,
      Array.from({ length: 12 }, (_, index) => ({ id: index + 1 })),
    );
    const [result] = await run(parseCheck('a', text('a', missing)));
    expect(result).toMatchObject({ wrongRows: 12 });
    expect(result?.firstRows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(result && describeCheck(result)).toEqual([
      'a: 12 wrong rows; should hold: jobs have a number (every job)',
      ...[1, 2, 3, 4, 5].map((id) => `  id ${id}`),
      '  … and 7 more',
    ]);
  });

  test('counts as many as are shown without another look', async () => {
    await lab.load(
      jobs,
      Array.from({ length: 5 }, (_, index) => ({ id: index + 1 })),
    );
    expect(await run(parseCheck('a', text('a', missing)))).toMatchObject([{ wrongRows: 5 }]);
  });

  test('with common table expressions and a comment at its end', async () => {
    const sql = `with a as (${missing})\nselect * from a -- the last line`;
    await lab.load(jobs, [{ id: 1 }]);
    expect(await run(parseCheck('a', text('a', sql).replace(/;\n$/, '\n')))).toMatchObject([
      { wrongRows: 1 },
    ]);
  });

  test('whose SQL fails is named, without the values it met', async () => {
    await lab.load(jobs, [{ id: 1, jobNumber: 'secret' }]);
    const sql = 'select cast(jobNumber as bigint) as n from st_raw.raw_jobs';
    const failing = run(parseCheck('a', text('a', sql)));
    await expect(failing).rejects.toThrow(WarehouseError);
    await expect(failing).rejects.toThrow(/^Cannot run check a: Conversion Error[^\n]*$/);
    await expect(failing).rejects.not.toThrow(/secret/);
  });
});

describe('the checks of what is published', () => {
  const at = (minute: number): string => new Date(Date.UTC(2024, 5, 1, 0, minute)).toISOString();

  const sqlDir = async (): Promise<string> => {
    const dir = await makeTempDir();
    await mkdir(join(dir, 'checks'));
    await mkdir(join(dir, 'dim'));
    const model =
      '-- st_dim.a: a\n-- grain: a\n-- sources: st_raw.raw_jobs\n-- units: a\n-- decision: a\n-- columns:\n--   id: a\nselect id from st_raw.raw_jobs\n';
    await writeFile(join(dir, 'dim', 'a.sql'), model);
    const sql = 'select id from st_dim.a';
    await writeFile(join(dir, 'checks', 'a.sql'), text('a', sql, 'red', 'st_dim.a'));
    return dir;
  };

  const publish = async (outcome: 'ok' | 'failed', startedAt: string): Promise<void> => {
    const build = { buildId: startedAt, tenantId: '77', model: 'st_dim.a', sqlSha256: '' };
    const rest = {
      rows: 1,
      durationMs: 1,
      startedAt,
      endedAt: startedAt,
      outcome,
      message: '',
      exitCode: 0,
    };
    await lab.warehouse().recordBuilds([{ ...build, ...rest }]);
  };

  test('need a build that was published', async () => {
    const options = { sqlDir: await sqlDir(), tenantId: '77' };
    await publish('failed', at(1));
    const failing = checkAll(lab.warehouse(), options);
    await expect(failing).rejects.toThrow(WarehouseError);
    await expect(failing).rejects.toThrow(
      'Cannot check st_dim.a: not built yet for tenant 77; run fieldmart build',
    );
  });

  test('tell of loads that are newer than the tables', async () => {
    const options = { sqlDir: await sqlDir(), tenantId: '77' };
    await lab.load(jobs, [{ id: 1 }]);
    await lab.warehouse().execute('create table st_dim.a as select 1 as id');
    const [loaded] = await lab.rows('select max(committed_at) as at from st_ops.ledger');
    await publish('ok', String(loaded?.at));
    expect(await checkAll(lab.warehouse(), options)).toMatchObject({
      checks: [{ name: 'a', status: 'red', wrongRows: 1 }],
      loadsSince: 0,
    });
    await lab.load(jobs, [{ id: 2 }]);
    expect(await checkAll(lab.warehouse(), options)).toMatchObject({ loadsSince: 1 });
  });
});
