import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { Stopped } from '../../src/errors.ts';
import { build } from '../../src/pipeline/build.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { smallWork } from '../support/small-work.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { jobs, pay } from '../warehouses/duckdb/fixtures.ts';
import { files, model } from './support/small-models.ts';

const quiet = () => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const now = '2024-03-02T03:00:00.000Z';

test('a stop ends a model that would take for ever: nothing is published, and the next build is whole', async () => {
  const sqlDir = await makeTempDir();
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(sqlDir, name)), { recursive: true });
    await writeFile(join(sqlDir, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const warehouse = await openDuckdb({
    ...{ path: ':memory:', datasetPrefix: '', now: () => new Date(now), ...smallWork },
  });
  await warehouse.prepare([jobs, pay]);
  const add = (id: number): Promise<void> =>
    warehouse.execute(
      `insert into st_raw.raw_jobs (tenant_id, id, total, _deleted) values ('1', ${id}, 5, false)`,
    );
  const tenant = { tenantId: '1', timeZone: 'America/Phoenix' };
  const buildWith = (signal?: AbortSignal) =>
    build({
      ...{ warehouse, entities: [jobs, pay], sqlDir, log, tenant, now, select: null },
      ...(signal !== undefined && { signal }),
    });
  const totals = () => warehouse.query('select jobs from st_mart.totals');
  await add(1);
  await buildWith();

  await add(2);
  const other =
    'select count(*) as one from range(1000000) as a, range(1000000) as b where a.range * b.range % 7 = 3';
  await write('mart/other.sql', model('st_mart.other', 'st_raw.raw_pay', other));
  const stop = new AbortController();
  const startedAt = performance.now();
  setTimeout(() => {
    stop.abort();
  }, 300);
  await expect(buildWith(stop.signal)).rejects.toBeInstanceOf(Stopped);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await totals()).toEqual([{ jobs: 1 }]);
  const outcomes = 'select distinct outcome, exit_code from st_ops.builds order by outcome';
  expect(await warehouse.query(outcomes)).toEqual([
    { outcome: 'ok', exit_code: 0 },
    { outcome: 'stopped', exit_code: 130 },
  ]);

  await write('mart/other.sql', files['mart/other.sql']);
  await buildWith();
  expect(await totals()).toEqual([{ jobs: 2 }]);
  await warehouse.close();
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the command with 130 and one line',
  async (signal) => {
    const dir = await makeTempDir();
    const err: string[] = [];
    const code = await main(['build'], {
      env: {
        ...{ ST_TENANT_ID: '1', DUCKDB_PATH: join(dir, 'x.duckdb') },
        ...{ SPOOL_DIR: join(dir, 'spool'), LOG_FILE: join(dir, 'app.log') },
      },
      now: () => new Date(now),
      out: quiet,
      err: (line) => {
        err.push(line);
        if (line.includes('run started')) setTimeout(() => process.emit(signal), 20);
      },
    });
    expect({ code, err }).toMatchObject({ code: 130 });
    const told = err.filter((line) => !line.startsWith('{'));
    expect(told).toEqual([expect.stringMatching(/^Stopped cleanly: nothing was published/)]);
    expect(process.listenerCount(signal)).toBe(0);
  },
);
