import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WarehouseError } from '../../../src/errors.ts';
import type { Entity } from '../../../src/model.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { instant, jobs, makeDirectory, openLab, pay, toColumns } from './fixtures.ts';

const open = (path: string, datasetPrefix = '') =>
  openDuckdb({ path, datasetPrefix, now: () => new Date(Date.UTC(2024, 5, 1)) });

describe('opening', () => {
  test('a file that another process holds names the file and the process', async () => {
    const path = join(await makeDirectory(), 'held.duckdb');
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { DuckDBInstance } from '@duckdb/node-api';
        globalThis.held = await DuckDBInstance.create(${JSON.stringify(path)});
        console.log('held');
        setInterval(() => {}, 1000);`,
      ],
      { cwd: process.cwd(), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(holder.stdout, 'data');
      const opening = open(path);
      await expect(opening).rejects.toThrow(WarehouseError);
      await expect(opening).rejects.toThrow(
        `Cannot open ${path}: another process (pid ${String(holder.pid)}) holds it`,
      );
    } finally {
      holder.kill();
      await once(holder, 'exit');
    }
    await (await open(path)).close();
  });

  test('a file that is no database is refused and left alone', async () => {
    const path = join(await makeDirectory(), 'notes.txt');
    await writeFile(path, 'notes '.repeat(5000));
    await expect(open(path)).rejects.toThrow(`Cannot open ${path}: it is not a DuckDB database`);
    expect((await stat(path)).size).toBe(30_000);
  });

  test('a directory, or a path below a file, is refused', async () => {
    const directory = await makeDirectory();
    await expect(open(directory)).rejects.toThrow(WarehouseError);
    await writeFile(join(directory, 'file'), '');
    await expect(open(join(directory, 'file', 'x.duckdb'))).rejects.toThrow(WarehouseError);
  });

  test('creates directory and file for the owner alone', async () => {
    const directory = join(await makeDirectory(), 'a', 'b');
    const warehouse = await open(join(directory, 'x.duckdb'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'x.duckdb'))).mode & 0o777).toBe(0o600);
    await warehouse.close();
    await warehouse.close();
    await expect(warehouse.query('select 1')).rejects.toThrow(/it is closed/);
  });

  test('one file twice in one process: the fence holds between the two', async () => {
    const lab = await openLab();
    const second = await lab.open();
    const batch = await lab.seal(jobs, [{ id: 1 }]);
    const rival = await lab.seal(jobs, [{ id: 2 }], { version: 0 });
    const staged = await lab.warehouse().stage(jobs, [batch]);
    const stagedRival = await second.stage(jobs, [rival]);
    const results = await Promise.allSettled([
      lab.warehouse().commit(staged, 'run-1'),
      second.commit(stagedRival, 'run-2'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = results.find((result) => result.status === 'rejected');
    expect(failed?.reason).toBeInstanceOf(WarehouseError);
    expect(await lab.rows('select count(*) as n from st_raw.raw_jobs')).toEqual([{ n: 1 }]);
    await second.close();
    await lab.close();
  });
});

test('what was staged and not committed is gone after a crash, and loads again', async () => {
  const lab = await openLab();
  const batch = await lab.seal(jobs, [{ id: 1 }, { id: 2 }]);
  await lab.warehouse().stage(jobs, [batch]);
  await lab.reopen();
  expect(await lab.table(jobs, 'id')).toEqual([]);
  expect((await lab.commitBatches(jobs, [batch])).inserted).toBe(2);
  await lab.reopen();
  expect((await lab.commitBatches(jobs, [batch])).loadIds).toEqual([]);
  expect(await lab.table(jobs, 'id')).toEqual([[1], [2]]);
  await lab.close();
});

test('a process killed in the middle of loading leaves whole loads', async () => {
  const lab = await openLab();
  await lab.load(jobs, [{ id: 1 }]);
  await lab.close();
  const script = `
    import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(${JSON.stringify(lab.path)});
    const connection = await instance.connect();
    await connection.run("begin transaction; update st_ops.cursors set version = 9; " +
      "insert into st_raw.raw_jobs (tenant_id, id) select '77', range from range(100000)");
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: process.cwd(),
  });
  await once(child, 'exit');
  const again = await lab.open();
  expect(await again.query('select version from st_ops.cursors')).toEqual([{ version: 1 }]);
  expect(await again.query('select count(*) as n from st_raw.raw_jobs')).toEqual([{ n: 1 }]);
  await again.close();
});

describe('prepare', () => {
  test('can run again, adds missing columns, and keeps extra ones', async () => {
    const lab = await openLab();
    await lab.load(jobs, [{ id: 1, jobNumber: 'J1' }]);
    await lab.warehouse().execute('alter table st_raw.raw_jobs add column mine integer default 5');
    const wider: Entity = {
      ...jobs,
      columns: [...jobs.columns, ...toColumns({ 'type.name': 'string', Summary: 'string' })],
    };
    await lab.warehouse().prepare([wider]);
    await lab.warehouse().prepare([wider, pay]);
    await lab.load(wider, [{ id: 2, type: { name: 'Install' } }]);
    expect(await lab.table(wider, 'id, typeName, mine')).toEqual([
      [1, null, 5],
      [2, 'Install', 5],
    ]);
    await lab.close();
  });

  test('with a prefix keeps two installations apart in one file', async () => {
    const first = await openLab({ prefix: 'one_' });
    await first.load(jobs, [{ id: 1 }]);
    const second = await open(first.path, 'two_');
    await second.prepare([jobs]);
    expect(
      await second.query("select count(*) as n, 'st_raw.x' as t from st_raw.raw_jobs"),
    ).toEqual([{ n: 0, t: 'st_raw.x' }]);
    expect(await first.rows('select count(*) as n from one_st_raw.raw_jobs')).toEqual([{ n: 1 }]);
    await second.close();
    await first.close();
  });
});

describe('control rows', () => {
  test('are planned once and keep what they are', async () => {
    const lab = await openLab();
    await lab.load(jobs, [{ id: 1 }]);
    const stream = { tenantId: '77', entity: 'jobs', stream: 'sync', cursor: { from: 'x' } };
    const other = { ...stream, stream: 'backfill \'2024\'; "x"' };
    await lab.warehouse().planStreams([stream, other, other]);
    const controls = await lab.warehouse().readControls('77');
    expect(controls.map(({ stream: name, version }) => [name, version])).toEqual([
      [other.stream, 0],
      ['sync', 1],
    ]);
    expect(await lab.warehouse().readControls('77', 'pay')).toEqual([]);
    expect(await lab.warehouse().readControls('78')).toEqual([]);
    await lab.close();
  });

  test('that are restarted fence the batches read before', async () => {
    const lab = await openLab();
    await lab.load(jobs, [{ id: 1 }], { done: true });
    const old = await lab.seal(jobs, [{ id: 2 }]);
    await lab
      .warehouse()
      .restartStreams([{ tenantId: '77', entity: 'jobs', stream: 'sync', cursor: null }]);
    expect(await lab.warehouse().readControls('77')).toMatchObject([
      { version: 2, done: false, cursor: null, rowsStored: 0 },
    ]);
    await expect(lab.commitBatches(jobs, [old])).rejects.toThrow(/another run/);
    await lab.close();
  });
});

test('runs are recorded, and replaced when they end', async () => {
  const lab = await openLab();
  const run = {
    runId: 'r1',
    command: 'sync',
    tenantId: '77',
    entity: 'jobs',
    startedAt: instant(0),
    endedAt: null,
    outcome: 'running' as const,
    rows: 0,
    message: '',
  };
  await lab.warehouse().recordRuns([run, { ...run, entity: 'pay' }]);
  await lab.warehouse().recordRuns([{ ...run, endedAt: instant(1), outcome: 'ok', rows: 5 }]);
  expect(
    await lab.rows('select entity, outcome, rows, ended_at from st_ops.runs order by entity'),
  ).toEqual([
    { entity: 'jobs', outcome: 'ok', rows: 5, ended_at: instant(1) },
    { entity: 'pay', outcome: 'running', rows: 0, ended_at: null },
  ]);
  await lab.close();
});

describe('SQL', () => {
  test('results are exact and plain', async () => {
    const lab = await openLab();
    expect(
      await lab.rows(`select
        9007199254740993::bigint as big, 5::bigint as small, sum(i) as total, 0.10::decimal(38, 9) as money,
        timestamptz '2024-03-01 10:00:00.5-07' as at, date '2024-03-01' as day, [1, 2] as list,
        ['1969-12-31 23:59:59.999999Z'::timestamptz] as ats, null as nothing, 1.5::double as ratio,
        {'a': 1} as struct, interval 1 day as days, time '10:00:00' as clock
        from range(3) as t(i)`),
    ).toEqual([
      {
        big: '9007199254740993',
        small: 5,
        total: 3,
        money: '0.100000000',
        at: '2024-03-01T17:00:00.500Z',
        day: '2024-03-01',
        list: [1, 2],
        ats: ['1969-12-31T23:59:59.999999Z'],
        nothing: null,
        ratio: 1.5,
        struct: "{'a': 1}",
        days: '1 day',
        clock: '10:00:00',
      },
    ]);
    await lab.close();
  });

  test('parameters are named, bound, and may be left over', async () => {
    const lab = await openLab();
    const parameters = { name: "x'; drop --", n: 5, list: ['a', 'b'], unused: true, none: null };
    expect(
      await lab
        .warehouse()
        .query(
          `select @name as name, @n + 1 as n, len(@list) as l, '@n' as literal, @none is null as none -- @n`,
          parameters,
        ),
    ).toEqual([{ name: "x'; drop --", n: 6, l: 2, literal: '@n', none: true }]);
    await lab.close();
  });

  test('memory that runs out is an operating error, and the warehouse goes on', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'm'));
    const warehouse = await openDuckdb({
      path: join(directory, 'm', 'x.duckdb'),
      datasetPrefix: '',
      now: () => new Date(),
      memoryMbMax: 30,
    });
    await expect(
      warehouse.query("select list(repeat('x', 1000) || i) as l from range(1000000) as t(i)"),
    ).rejects.toThrow(/memory is not enough/);
    expect(await warehouse.query('select 1 as one')).toEqual([{ one: 1 }]);
    await warehouse.close();
  });
});
