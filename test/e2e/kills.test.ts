import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verify } from '../../src/pipeline/verify.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { servicetitanEntities } from '../../src/sources/servicetitan/index.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { compareTruth } from '../support/compare-truth.ts';
import { createRandom } from '../simulation/support/random.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, startFieldmart, type Finished, type Running } from './support.ts';
import { smallWork } from '../support/small-work.ts';

/** Windows, windows of complete sets, a feed, and a list that is read whole. */
const names = ['jobs', 'payroll', 'invoice-items', 'campaigns'];
const line = `backfill --quiet --entity ${names.join(',')} --from 2020-01-01 --to 2020-08-01`;

/** Requests that a killed run may have had in flight, and so asks for again. */
const readsInFlight = 4;

/** Pages of feeds vary a little in length, and so in number. */
const feedPagesMore = 3;

/** A life ends so long after its first request for data, at most: a whole run takes some seconds. */
const lifeMsMax = 150;

const kills = Number(process.env.KILLS ?? 50);
const seed = Number(process.env.KILLS_SEED ?? Date.now() % 1_000_000);

let sandbox: Sandbox;
let now = Date.parse('2020-07-01T12:00:00Z');
/** What an undisturbed run asks for. */
let wanted: string[] = [];

const dataRequests = (): number => sandbox.requests().total - sandbox.requests().tokens;

/** Begins a machine of its own: nothing loaded, nothing asked for. */
const openMachine = async (): Promise<NodeJS.ProcessEnv> => {
  sandbox.resetRequests();
  return environmentFor(sandbox, await makeTempDir());
};

beforeAll(async () => {
  sandbox = await startSandbox({ scale: 0.002, now: () => new Date(now), exportPageSize: 50 });
  expect(await startFieldmart(line, await openMachine()).finished).toMatchObject({ code: 0 });
  wanted = sandbox.requests().log.toSorted();
}, 60_000);

afterAll(() => sandbox.close());

const expectTruth = async (
  { truth }: Sandbox,
  env: NodeJS.ProcessEnv,
  read: readonly string[],
): Promise<void> => {
  const entities = servicetitanEntities.filter(({ name }) => read.includes(name));
  const path = env.DUCKDB_PATH ?? '';
  const warehouse = await openDuckdb({
    path,
    datasetPrefix: '',
    now: () => new Date(),
    ...smallWork,
  });
  for (const entity of entities) {
    const { name } = entity;
    const said = { list: truth(name, 'list'), export: truth(name, 'export') };
    expect(await compareTruth(warehouse, entity, said)).toEqual([]);
  }
  const tenantId = env.ST_TENANT_ID ?? '';
  const faults = await verify(warehouse, { entities, tenantId });
  expect(faults.filter(({ ok }) => !ok)).toEqual([]);
  await warehouse.close();
};

const isOfList = (url: string): boolean => !url.includes('/export/');

/** Every window was asked for, and no more was asked for twice than was in flight when a run ended. */
const expectAsked = (twiceMax: number): void => {
  const { log } = sandbox.requests();
  const lists = new Set(log.filter(isOfList));
  expect([...lists].toSorted()).toEqual(wanted.filter(isOfList));
  expect(log.length - new Set(log).size).toBeLessThanOrEqual(twiceMax);
  expect(log.length - wanted.length).toBeLessThanOrEqual(twiceMax + feedPagesMore);
};

const untilFirstPage = async ({ finished }: Running): Promise<void> => {
  const before = dataRequests();
  const state = { ended: false };
  void finished.then(() => {
    state.ended = true;
  });
  while (!state.ended && dataRequests() === before) await sleep(5);
};

/** Lives so long after its first request for data, if it does not end before. */
const live = async (
  command: string,
  env: NodeJS.ProcessEnv,
  { signal, afterMs }: { signal: NodeJS.Signals; afterMs: number },
): Promise<Finished & { stoppedMs: number }> => {
  // Tokens are given sparingly, by the minute.
  now += 60_000;
  const run = startFieldmart(command, env);
  await untilFirstPage(run);
  await Promise.race([sleep(afterMs), run.finished]);
  const askedAt = performance.now();
  run.kill(signal);
  return { ...(await run.finished), stoppedMs: performance.now() - askedAt };
};

/** Kills runs of the command until one comes to its end, or enough are killed; answers how many were. */
const killUntilDone = async (
  env: NodeJS.ProcessEnv,
  random: () => number,
  killsMax: number,
): Promise<number> => {
  for (let killed = 0; killed < killsMax; killed += 1) {
    const { signal, code, err } = await live(line, env, {
      signal: 'SIGKILL',
      afterMs: random() * lifeMsMax,
    });
    if (signal === 'SIGKILL') continue;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return killed;
  }
  expect(await startFieldmart(line, env).finished).toMatchObject({ code: 0, err: '' });
  return killsMax;
};

test(`killed ${kills} times at any moment and repeated, the tables are the same and only pages in flight are fetched again`, async () => {
  const random = createRandom(seed).next;
  try {
    for (let left = kills; left > 0;) {
      const env = await openMachine();
      const killed = await killUntilDone(env, random, left);
      left -= killed;
      expectAsked(killed * readsInFlight);
      await expectTruth(sandbox, env, names);
    }
  } catch (error) {
    throw new Error(`KILLS_SEED=${seed} shows it`, { cause: error });
  }
}, 300_000);

describe('a run that is asked to end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s: stops within 5 s with 130, and nothing is lost',
    async (signal) => {
      const env = await openMachine();
      const { code, err, stoppedMs } = await live(line, env, { signal, afterMs: 100 });
      expect({ code, err }).toMatchObject({ code: 130 });
      expect(stoppedMs).toBeLessThan(5_000);
      expect(await startFieldmart(line, env).finished).toMatchObject({ code: 0, err: '' });
      expectAsked(readsInFlight);
      await expectTruth(sandbox, env, names);
    },
    60_000,
  );

  test('so does a sync, though an answer does not come', async () => {
    // Its clock is ours: where a sync begins goes by it.
    const open = await startSandbox({ scale: 0.0005, now: () => new Date(), exportPageSize: 50 });
    const env = environmentFor(open, await makeTempDir());
    const read = '--quiet --entity invoice-items,campaigns';
    const backfill = startFieldmart(`backfill ${read} --from 2020-01-01`, env);
    expect(await backfill.finished).toMatchObject({ code: 0 });
    open.advance({ hours: 48 });
    open.addFault({ kind: 'stall', entity: 'invoice-items' });
    const command = `sync ${read}`;
    const run = startFieldmart(command, env);
    while (open.faults()[0]?.hits === 0) await sleep(5);
    const askedAt = performance.now();
    run.kill('SIGTERM');
    expect(await run.finished).toMatchObject({ code: 130 });
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    open.clearFaults();
    expect(await startFieldmart(command, env).finished).toMatchObject({ code: 0, err: '' });
    await expectTruth(open, env, ['invoice-items', 'campaigns']);
    await open.close();
  }, 60_000);
});
