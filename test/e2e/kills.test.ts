import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { compareTruth } from '../support/compare-truth.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, fieldmart, startFieldmart } from './support.ts';

const line = 'backfill --entity jobs,estimates,payroll,invoice-items --from 2019-01-01';
const kills = 6;

/** Requests that a killed run may have had in flight, and so asks for again. */
const readsInFlight = 4;

let sandbox: Sandbox;

beforeAll(async () => {
  const clock = new Date();
  sandbox = await startSandbox({ scale: 0.005, now: () => clock, exportPageSize: 200 });
});

afterAll(() => sandbox.close());

const dataRequests = (): number => sandbox.requests().total - sandbox.requests().tokens;

test('killed anywhere and repeated, the tables are the same and only pages in flight are fetched again', async () => {
  const clean = environmentFor(sandbox, await makeTempDir());
  sandbox.resetRequests();
  const started = Date.now();
  expect(await fieldmart(line, clean)).toMatchObject({ code: 0 });
  const wholeMs = Date.now() - started;
  const wholeRequests = dataRequests();

  const env = environmentFor(sandbox, await makeTempDir());
  sandbox.resetRequests();
  let killed = 0;
  for (let round = 1; round <= kills; round += 1) {
    const run = startFieldmart(line, env);
    await Promise.race([sleep((wholeMs * round) / (kills + 1)), run.finished]);
    run.kill('SIGKILL');
    if ((await run.finished).signal === 'SIGKILL') killed += 1;
  }
  expect(await fieldmart(line, env)).toMatchObject({ code: 0 });
  expect(killed).toBeGreaterThan(0);
  expect(dataRequests()).toBeLessThanOrEqual(
    wholeRequests + (killed + 1) * readsInFlight + 4 * killed,
  );

  const path = env.DUCKDB_PATH ?? '';
  const warehouse = await openDuckdb({ path, datasetPrefix: '', now: () => new Date() });
  for (const name of ['jobs', 'estimates', 'payroll', 'invoice-items']) {
    const entity = servicetitanEntities.find((one) => one.name === name);
    if (entity === undefined) throw new Error(`no entity ${name}`);
    const truth = { list: sandbox.truth(name, 'list'), export: sandbox.truth(name, 'export') };
    expect(await compareTruth(warehouse, entity, truth)).toEqual([]);
  }
  await warehouse.close();
  expect((await fieldmart('verify', env)).code).toBe(0);
}, 180_000);
