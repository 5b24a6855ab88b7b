import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { WarehouseError } from '../../../src/errors.ts';
import { openDuckdb } from '../../../src/warehouses/duckdb/open-duckdb.ts';
import { job } from '../suite/entities.ts';
import { jobs, openLab } from './fixtures.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const open = (path: string, datasetPrefix = '') =>
  openDuckdb({ path, datasetPrefix, now: () => new Date(Date.UTC(2024, 5, 1)) });

describe('opening', () => {
  test('a file that another process holds names the file and the process', async () => {
    const path = join(await makeTempDir(), 'held.duckdb');
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
    const path = join(await makeTempDir(), 'notes.txt');
    await writeFile(path, 'notes '.repeat(5000));
    await expect(open(path)).rejects.toThrow(`Cannot open ${path}: it is not a DuckDB database`);
    expect((await stat(path)).size).toBe(30_000);
  });

  test('a directory, or a path below a file, is refused', async () => {
    const directory = await makeTempDir();
    await expect(open(directory)).rejects.toThrow(WarehouseError);
    await writeFile(join(directory, 'file'), '');
    await expect(open(join(directory, 'file', 'x.duckdb'))).rejects.toThrow(WarehouseError);
  });

  test('creates directory and file for the owner alone', async () => {
    const directory = join(await makeTempDir(), 'a', 'b');
    const warehouse = await open(join(directory, 'x.duckdb'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'x.duckdb'))).mode & 0o777).toBe(0o600);
    await warehouse.close();
    await warehouse.close();
    await expect(warehouse.query('select 1')).rejects.toThrow(/it is closed/);
  });
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

test('a file made by an older program keeps its large blocks, and is loaded into all the same', async () => {
  const path = join(await makeTempDir(), 'old.duckdb');
  const instance = await DuckDBInstance.create(path, { default_block_size: '262144' });
  instance.closeSync();
  const old = await openLab({ path });
  await old.load(jobs, [job(1, 1)]);
  const blocks =
    'select block_size from pragma_database_size() where database_name = current_database()';
  expect(await old.rows(blocks)).toEqual([{ block_size: 262_144 }]);
  expect(await old.table(jobs, 'id')).toEqual([[1]]);
  await old.close();
  const fresh = await openLab();
  expect(await fresh.rows(blocks)).toEqual([{ block_size: 65_536 }]);
  await fresh.close();
});

test('what is built stands in row groups of the size that it was opened with', async () => {
  const path = join(await makeTempDir(), 'built.duckdb');
  const now = () => new Date(Date.UTC(2024, 5, 1));
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now, rowGroupRows: 16_384 });
  await warehouse.prepare([jobs]);
  await warehouse.execute('create table st_mart.many as select range as n from range(20000)');
  const sizes = await warehouse.query(
    `select row_group_id, max(count) as rows from pragma_storage_info('st_mart.many')
    where segment_type <> 'VALIDITY' group by all order by row_group_id`,
  );
  expect(sizes.map(({ rows }) => rows)).toEqual([16_384, 3616]);
  await warehouse.close();
});

test('what runs leave is merged by the next one that replaces rows: it takes a block of the file for each', async () => {
  const lab = await openLab();
  await lab.load(jobs, [{ id: 1 }]);
  const [entity, command, tenantId] = ['jobs', 'sync', '77'];
  const at = '2024-06-01T00:00:00.000Z';
  for (const runId of ['a', 'b', 'c', 'd', 'e']) {
    const run = { runId, command, tenantId, entity, startedAt: at, message: '' };
    await lab
      .warehouse()
      .recordRuns([{ ...run, endedAt: at, outcome: 'ok', rows: 0, exitCode: 0 }]);
    await lab.reopen();
  }
  const countGroups = () =>
    lab.rows(
      `select count(distinct row_group_id) as groups, (select count(*) from st_ops.runs) as runs
      from pragma_storage_info('st_ops.runs')`,
    );
  expect(await countGroups()).toEqual([{ groups: 5, runs: 5 }]);
  await lab.load(jobs, [{ id: 1 }]);
  await lab.reopen();
  expect(await countGroups()).toEqual([{ groups: 1, runs: 5 }]);
  await lab.close();
});

describe('prepare', () => {
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

  test('memory that runs out is an operating error, and the warehouse goes on', async () => {
    const directory = await makeTempDir();
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

  test('in memory nothing is written aside, where another program in the same folder writes too', async () => {
    const warehouse = await openDuckdb({
      ...{ path: ':memory:', datasetPrefix: '', now: () => new Date(), memoryMbMax: 30 },
    });
    await expect(
      warehouse.query(
        'select count(*) as n from (select i from range(9000000) as t(i) order by -i)',
      ),
    ).rejects.toThrow(/memory is not enough/);
    expect(await warehouse.query("select current_setting('temp_directory') as place")).toEqual([
      { place: '' },
    ]);
    await warehouse.close();
  });
});
