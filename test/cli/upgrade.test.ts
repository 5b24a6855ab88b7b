import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { stateVersion } from '../../src/warehouses/state-version.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { smallWork } from '../support/small-work.ts';

/**
 * A database as the program before state version 2 left it, storage format of DuckDB 1.5. Made by the compiled program
 * of commit b4fb43a against `fieldmart sandbox --scale 0.0002` (invented data, tenant 4711) with
 * `backfill --all --from 2026-10-01`, `sync --entity job-types`, `build`; then `gzip -9`.
 */
const fixture = 'test/fixtures/state-1.duckdb.gz';

let path: string;
beforeAll(async () => {
  path = join(await makeTempDir(), 'old.duckdb');
  await pipeline(createReadStream(fixture), createGunzip(), createWriteStream(path));
});

const open = () => openDuckdb({ path, datasetPrefix: '', now: () => new Date() });

const run = async (...args: string[]) => {
  const said = { out: '', err: '' };
  const code = await main(args, {
    env: {
      ...{ ST_TENANT_ID: '4711', DUCKDB_PATH: path, SPOOL_DIR: join(path, '..', 'spool') },
      LOG_LEVEL: 'error',
    },
    now: () => new Date('2026-11-27T12:00:00Z'),
    means: smallWork,
    out: (line) => (said.out += `${line}\n`),
    err: (line) => (said.err += `${line}\n`),
    width: undefined,
  });
  return { code, ...said };
};

const hashFile = async (): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** What was stored, whatever columns it stands in. */
const readStored = async () => {
  const warehouse = await open();
  const jobs = await warehouse.query('select * from st_raw.raw_jobs order by id');
  const ledger = await warehouse.query('select * from st_ops.ledger order by load_id');
  const cursors = await warehouse.query('select * from st_ops.cursors order by entity, stream');
  await warehouse.close();
  return { jobs, ledger, cursors };
};

test('a database of the previous version is taken over by the next command, and nothing in it changes', async () => {
  const before = await readStored();
  expect(before.ledger.length).toBeGreaterThan(20);
  const said = await run('kpis', '--format', 'csv', '--from', '2026-11-21', '--to', '2026-11-21');
  expect(said.code).toBe(0);
  expect(said.out).toContain('2026-11-21,Tucson-Production,,,5652.30,53.85,904.37,');
  expect(await run('verify')).toMatchObject({ code: 0 });
  expect(await run('check')).toMatchObject({ code: 0 });
  expect(await readStored()).toEqual(before);
  expect((await run('build')).out).toMatch(/st_mart\.daily_kpis /);
});

test('then a forgotten column is filled from the payloads', async () => {
  const wider = servicetitanEntities.map((entity) =>
    entity.name === 'job-types'
      ? {
          ...entity,
          columns: [
            ...entity.columns,
            { name: 'forgotten', path: ['name'], type: 'string' as const },
          ],
        }
      : entity,
  );
  const warehouse = await open();
  await warehouse.prepare(wider);
  expect(
    await warehouse.query(
      'select count(*) as n, count(forgotten) as filled, countif(forgotten = name) as right from st_raw.raw_job_types',
    ),
  ).toEqual([{ n: 46, filled: 46, right: 46 }]);
  const verified = await verify(warehouse, { entities: wider, tenantId: '4711' });
  expect(verified.filter(({ ok }) => !ok)).toEqual([]);
  await warehouse.close();
});

test('a database of a newer version is refused by every command, and not a byte of it changes', async () => {
  const warehouse = await open();
  await warehouse.execute(
    `update st_ops.state set value = '${stateVersion + 1}' where name = 'version'`,
  );
  await warehouse.close();
  const before = await hashFile();
  const commands = [
    ...[['build'], ['check'], ['verify'], ['progress'], ['kpis']],
    ['explain', '--kpi', 'total_booked', '--unit', 'Phoenix-Sales', '--date', '2026-11-21'],
  ];
  for (const command of commands) {
    expect({ command, ...(await run(...command)) }).toEqual({
      ...{ command, code: 5, out: '' },
      err:
        `Cannot use ${path}: a newer fieldmart wrote its state (version ${stateVersion + 1}, and this one knows ` +
        `versions up to ${stateVersion}); install the fieldmart that wrote it, or a newer one\n`,
    });
  }
  expect(await hashFile()).toBe(before);
});
