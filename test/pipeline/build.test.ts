import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CheckError, ConfigError, WarehouseError } from '../../src/errors.ts';
import { build, type BuildDeps } from '../../src/pipeline/build.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Row, Warehouse } from '../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { jobs, pay } from '../warehouses/duckdb/fixtures.ts';
import { check, files, model } from './support/small-models.ts';
import { smallWork } from '../support/small-work.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const tenant = { tenantId: '1', timeZone: 'America/Phoenix' };
/** 20:00 of 1 March in Phoenix, though 2 March in UTC. */
const now = '2024-03-02T03:00:00.000Z';
const dayMs = 86_400_000;
const later = (days: number): string => new Date(Date.parse(now) + days * dayMs).toISOString();

let warehouse: Warehouse;
let dir: string;

const write = async (files: Record<string, string>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
};

beforeEach(async () => {
  dir = await makeTempDir();
  const place = { path: join(dir, 'build.duckdb'), datasetPrefix: '', ...smallWork };
  warehouse = await openDuckdb({ ...place, now: () => new Date(now) });
  await warehouse.prepare([jobs, pay]);
  await write(files);
});

afterEach(() => warehouse.close());

const buildWith = (given: Partial<BuildDeps> = {}) =>
  build({
    ...{ warehouse, entities: [jobs, pay], sqlDir: dir, log, tenant, now, select: null },
    ...given,
  });

const addJob = (id: number, total: number, tenantId = '1'): Promise<void> =>
  warehouse.execute(
    `insert into st_raw.raw_jobs (tenant_id, id, total, _deleted) values ('${tenantId}', ${id}, ${total}, false)`,
  );

const rows = (sql: string): Promise<Row[]> => warehouse.query(sql);

const snapshots = async (): Promise<unknown[][]> => {
  const found = await rows('select * from st_mart.snapshots order by tenant_id, event_date');
  return found.map(({ tenant_id: id, event_date: date, total }) => [id, date, Number(total)]);
};

describe('a build', () => {
  test('builds in the order of the sources, runs the checks and says what it did', async () => {
    await addJob(1, 5);
    const { built, checks } = await buildWith();
    const names = built.map(({ model: name }) => name);
    expect(names.indexOf('st_dim.open_jobs')).toBeLessThan(names.indexOf('st_mart.totals'));
    expect(names.at(-1)).toBe('st_mart.snapshots');
    expect(built.find(({ model: name }) => name === 'st_mart.totals')).toMatchObject({ rows: 1 });
    expect(checks).toMatchObject([{ name: 'positive', status: 'green', wrongRows: 0 }]);
    expect(await rows('select word from st_ref.seed_words')).toEqual([{ word: 'old' }]);
    expect(await rows('select * from st_ops.tenants')).toEqual([
      { tenant_id: '1', time_zone: 'America/Phoenix', built_at: now },
    ]);
  });

  test('of the same data gives the same rows', async () => {
    await addJob(1, 5);
    await addJob(2, 6);
    await buildWith();
    const all = () =>
      Promise.all(['totals', 'snapshots'].map((name) => rows(`select * from st_mart.${name}`)));
    const before = await all();
    await buildWith({ now: later(0.1) });
    expect(await all()).toEqual(before);
  });

  test('names the entities of which nothing was ever loaded', async () => {
    expect((await buildWith()).neverLoaded).toEqual(['jobs', 'pay']);
    await addJob(1, 5);
    expect((await buildWith()).neverLoaded).toEqual(['pay']);
    const run = {
      ...{ runId: 'r', command: 'sync', tenantId: '1', entity: 'pay' },
      ...{ message: '', exitCode: null },
    };
    const when = { startedAt: now, endedAt: now, rows: 0 };
    await warehouse.recordRuns([{ ...run, ...when, outcome: 'failed' }]);
    expect((await buildWith()).neverLoaded).toEqual(['pay']);
    await warehouse.recordRuns([{ ...run, ...when, outcome: 'ok' }]);
    expect((await buildWith()).neverLoaded).toEqual([]);
  });

  test('records each model with the hash of its file, rows and duration', async () => {
    await addJob(1, 5);
    const { built } = await buildWith();
    const recorded = await rows('select * from st_ops.builds order by model');
    expect(recorded).toHaveLength(5);
    expect(new Set(recorded.map((row) => row.build_id)).size).toBe(1);
    expect(recorded.find((row) => row.model === 'st_mart.totals')).toMatchObject({
      tenant_id: '1',
      sql_sha256: built.find(({ model: name }) => name === 'st_mart.totals')?.sha256,
      rows: 1,
      started_at: now,
      outcome: 'ok',
      message: '',
    });
    const [total] = await rows(
      'select sum(duration_ms) as ms, max(ended_at) as at from st_ops.builds',
    );
    expect(Number(total?.ms)).toBe(built.reduce((sum, { durationMs }) => sum + durationMs, 0));
    expect(Date.parse(String(total?.at))).toBeGreaterThanOrEqual(Date.parse(now));
  });
});

describe('a build that fails publishes nothing', () => {
  beforeEach(async () => {
    await addJob(1, 5);
    await buildWith();
    await warehouse.execute('delete from st_ops.builds');
    await write({ 'seeds/words.csv': 'word\nnew\n' });
    await addJob(2, -50);
  });

  const expectYesterday = async (): Promise<void> => {
    expect(await rows('select jobs, total from st_mart.totals')).toEqual([
      { jobs: 1, total: '5.000000000' },
    ]);
    expect(await rows('select id from st_dim.open_jobs')).toEqual([{ id: 1 }]);
    expect(await rows('select word from st_ref.seed_words')).toEqual([{ word: 'old' }]);
    expect(await snapshots()).toEqual([['1', '2024-03-01', 5]]);
  };

  test('because a check is red: the check, its rule and its first wrong rows are named', async () => {
    const failing = await buildWith({ now: later(1) }).catch((error: unknown) => error);
    expect(failing).toBeInstanceOf(CheckError);
    const [first, ...more] = (failing as Error).message.split('\n');
    expect(first).toMatch(/^Cannot publish this build: positive is red; .* stays in place.*build/);
    expect(more.slice(0, 2)).toEqual([
      'positive: 1 wrong row; should hold: all is well (none at all)',
      '  tenant_id 1, total -45.000000000',
    ]);
    await expectYesterday();
    const recorded = await rows('select distinct outcome, message, rows from st_ops.builds');
    expect(recorded).toEqual([{ outcome: 'not published', message: first, rows: null }]);
  });

  test('because a model fails: it is named, in the error and in the record', async () => {
    const sql = 'select nope from st_dim.open_jobs';
    await write({ 'mart/totals.sql': model('st_mart.totals', 'st_dim.open_jobs', sql) });
    const failing = buildWith();
    await expect(failing).rejects.toThrow(WarehouseError);
    await expect(failing).rejects.toThrow(/^Cannot build st_mart\.totals: [^\n]*"nope"[^\n]*$/);
    await expectYesterday();
    expect(await rows("select model, message from st_ops.builds where outcome = 'failed'")).toEqual(
      [{ model: 'st_mart.totals', message: expect.stringMatching(/"nope"/) }],
    );
    expect(await rows('select model from st_ops.builds')).toHaveLength(5);
  });

  test('because a check’s SQL fails: the check is named', async () => {
    await write({
      'checks/broken.sql': check('broken', 'st_mart.totals', 'select nope from st_mart.totals'),
    });
    const failing = buildWith();
    await expect(failing).rejects.toThrow(/^Cannot run check broken: [^\n]*"nope"/);
    await expect(failing).rejects.toThrow(WarehouseError);
    await expectYesterday();
  });

  test.each([
    [
      'a check',
      { 'checks/odd.sql': check('odd', 'none', 'select 1', 'orange') },
      /check odd: .*orange/,
    ],
    ['a model', { 'mart/odd.sql': 'select 1' }, /model st_mart\.odd: its header lacks/],
    ['a seed', { 'seeds/job_type_groups.csv': 'a\n' }, /job_type_groups\.csv line 1/],
  ])('because %s is no such file, before anything is touched', async (_, given, message) => {
    await warehouse.execute('delete from st_ops.tenants');
    await write(given);
    const failing = buildWith();
    await expect(failing).rejects.toThrow(ConfigError);
    await expect(failing).rejects.toThrow(message);
    await expectYesterday();
    expect(await rows('select * from st_ops.tenants')).toEqual([]);
  });

  test('a yellow check does not', async () => {
    const sql = 'select tenant_id, total from st_mart.totals where total < 0';
    await write({ 'checks/positive.sql': check('positive', 'st_mart.totals', sql, 'yellow') });
    const { checks } = await buildWith();
    expect(checks).toMatchObject([
      { status: 'yellow', wrongRows: 1, firstRows: [{ tenant_id: '1' }] },
    ]);
    expect(await rows('select word from st_ref.seed_words')).toEqual([{ word: 'new' }]);
  });
});

describe('--select', () => {
  const namesOf = async (select: string): Promise<string[]> =>
    (await buildWith({ select })).built.map(({ model: name }) => name).sort();

  test('builds one model and what it needs, by its full or its short name', async () => {
    const expected = ['st_dim.open_jobs', 'st_mart.totals'];
    expect(await namesOf('st_mart.totals')).toEqual(expected);
    expect(await namesOf('totals')).toEqual(expected);
    expect(await namesOf('st_dim.open_jobs')).toEqual(['st_dim.open_jobs']);
    await expect(rows('select * from st_mart.other')).rejects.toThrow();
  });

  test('runs the checks that read only what is built, and at least some of it', async () => {
    await write({
      'checks/both.sql': check('both', 'st_mart.totals, st_mart.other', 'select 1 as one limit 0'),
      'checks/raw.sql': check('raw', 'st_raw.raw_jobs', 'select 1 as one limit 0'),
    });
    const checked = async (select: string | null): Promise<string[]> =>
      (await buildWith({ select })).checks.map(({ name }) => name);
    expect(await checked('totals')).toEqual(['positive']);
    expect(await checked('open_jobs')).toEqual([]);
    expect(await checked(null)).toEqual(['both', 'positive', 'raw']);
  });

  test('refuses a model that is not there, before anything is touched', async () => {
    const failing = buildWith({ select: 'total' });
    await expect(failing).rejects.toThrow(/^Cannot build "total": there is no such model/);
    await expect(failing).rejects.toThrow(ConfigError);
    expect(await rows('select * from st_ops.tenants')).toEqual([]);
  });
});

describe('the snapshots', () => {
  test('of several builds on one local date are one, the last; earlier dates never change', async () => {
    await addJob(1, 5);
    await buildWith();
    await addJob(2, 6);
    await buildWith({ now: later(0.1) });
    expect(await snapshots()).toEqual([['1', '2024-03-01', 11]]);
    await addJob(3, 100);
    await buildWith({ now: later(1) });
    await addJob(4, 1000);
    await buildWith({ now: later(1) });
    expect(await snapshots()).toEqual([
      ['1', '2024-03-01', 11],
      ['1', '2024-03-02', 1111],
    ]);
  });

  test('of a build that is refused are not written', async () => {
    await addJob(1, 5);
    await buildWith();
    await addJob(2, -50);
    await expect(buildWith({ now: later(1) })).rejects.toThrow(CheckError);
    expect(await snapshots()).toEqual([['1', '2024-03-01', 5]]);
  });

  test('are written by whole builds alone: their records and their numbers belong together', async () => {
    await addJob(1, 5);
    await buildWith({ select: 'snapshots' });
    expect(await snapshots()).toEqual([]);
    await buildWith();
    await addJob(2, 7);
    await buildWith({ select: 'snapshots' });
    await buildWith({ select: 'totals', now: later(1) });
    expect(await snapshots()).toEqual([['1', '2024-03-01', 5]]);
  });

  test('of a date are not written once a later date has one', async () => {
    await addJob(1, 5);
    await buildWith();
    await buildWith({ now: later(2) });
    await addJob(2, 7);
    await buildWith({ now: later(1) });
    await buildWith();
    expect(await snapshots()).toEqual([
      ['1', '2024-03-01', 5],
      ['1', '2024-03-03', 5],
    ]);
  });

  test('of a tenant are written by its own builds alone, in its own time zone', async () => {
    await addJob(1, 5);
    await addJob(2, 7, '2');
    const other = { tenantId: '2', timeZone: 'Asia/Tokyo' };
    await buildWith({ tenant: other });
    expect(await snapshots()).toEqual([['2', '2024-03-02', 7]]);
    await addJob(3, 70, '2');
    await buildWith({ now: later(5) });
    expect(await snapshots()).toEqual([
      ['1', '2024-03-06', 5],
      ['2', '2024-03-02', 7],
    ]);
    expect(await rows('select tenant_id, total from st_mart.totals order by 1')).toMatchObject([
      { tenant_id: '1', total: '5.000000000' },
      { tenant_id: '2', total: '77.000000000' },
    ]);
  });
});

test('a seed that a model reads and that is missing is named, and nothing is built', async () => {
  const sql = 'select word from st_ref.seed_gone';
  await write({ 'ref/words.sql': model('st_ref.words', 'st_ref.seed_gone', sql) });
  await expect(buildWith()).rejects.toThrow(
    'Cannot build st_ref.words: the seed gone.csv, which it reads, is missing; restore it',
  );
});

test('a build that fails leaves the tenant as the last one published it', async () => {
  await buildWith();
  const before = await rows('select * from st_ops.tenants');
  await write({ 'mart/other.sql': model('st_mart.other', 'st_raw.raw_pay', 'select nope') });
  const moved = { ...tenant, timeZone: 'Asia/Tokyo' };
  await expect(buildWith({ tenant: moved, now: later(1) })).rejects.toThrow(/st_mart\.other/);
  expect(await rows('select * from st_ops.tenants')).toEqual(before);
});

test('a folder without checks and seeds is built without them', async () => {
  const bare = await makeTempDir();
  await cp(join(dir, 'dim'), join(bare, 'dim'), { recursive: true });
  expect(await buildWith({ sqlDir: bare })).toMatchObject({
    built: [{ model: 'st_dim.open_jobs' }],
    checks: [],
  });
});
