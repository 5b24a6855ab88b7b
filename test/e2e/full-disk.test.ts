import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { compareTruth } from '../support/compare-truth.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, fieldmart, start, type Finished } from './support.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  const clock = new Date('2020-07-01T12:00:00Z');
  sandbox = await startSandbox({ scale: 0.003, now: () => clock, exportPageSize: 200 });
});

afterAll(() => sandbox.close());

/**
 * A limit on the size of files stands in for a full disk: it needs no rights, and is met in the middle of a write.
 * @param blocks Of 512 bytes, or of 1,024, as the shell has it.
 */
const runLimited = (command: string, blocks: number, env: NodeJS.ProcessEnv): Promise<Finished> => {
  const program = [process.execPath, 'dist/bin/fieldmart.js', ...command.split(' ')];
  const limited = ['sh', '-c', 'ulimit -f "$0" && exec "$@"', String(blocks), ...program];
  return start(limited, env).finished;
};

const expectTruth = async (names: string[], env: NodeJS.ProcessEnv): Promise<void> => {
  const path = env.DUCKDB_PATH ?? '';
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date() });
  for (const entity of servicetitanEntities.filter(({ name }) => names.includes(name))) {
    const { name } = entity;
    const truth = { list: sandbox.truth(name, 'list'), export: sandbox.truth(name, 'export') };
    expect(await compareTruth(warehouse, entity, truth)).toEqual([]);
  }
  await warehouse.close();
};

test('no room for the spool: one clear line and exit 5; with room again it goes on and nothing is lost', async () => {
  const env = environmentFor(sandbox, await makeTempDir());
  // The feed goes into one spool before anything is committed, so that the spool meets it and not the database.
  const feed = 'backfill --quiet --entity invoice-items --from 2020-01-01';
  const { code, err } = await runLimited(feed, 500, env);
  expect(err).toMatch(/^invoice-items: Cannot write the spool .*; .*repeat the command to go on\n/);
  expect(code).toBe(5);
  expect(await fieldmart(feed, env)).toMatchObject({ code: 0 });
  await expectTruth(['invoice-items'], env);
}, 120_000);

test('no room for the database: one clear line and exit 5; with room again it goes on and nothing is lost', async () => {
  const env = environmentFor(sandbox, await makeTempDir());
  // Months are small in the spool, and large together in the database.
  const months = 'backfill --quiet --entity jobs,payroll --from 2020-01-01 --to 2020-08-01';
  const { code, err } = await runLimited(months, 1_000, env);
  expect(err).toMatch(
    /^[a-z, ]+: Cannot write .*test\.duckdb: .*; .*repeat the command to go on\n$/,
  );
  expect(code).toBe(5);
  expect(await fieldmart(months, env)).toMatchObject({ code: 0 });
  await expectTruth(['jobs', 'payroll'], env);
  expect((await fieldmart('verify', env)).code).toBe(0);
}, 120_000);
