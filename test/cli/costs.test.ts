import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readCosts } from '../../src/pipeline/read-costs.ts';
import type { Row } from '../../src/warehouses/warehouse.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { bigqueryEnv } from './support/bigquery-env.ts';
import { runLine, type Ran } from './support/run-line.ts';

const now = new Date('2026-03-10T12:00:00.000Z');
const since = new Date('2026-03-01T00:00:00.000Z');
const tebibyte = 2 ** 40;

const priceOf = async (bytes: number | string, usdPerTib: string): Promise<string> => {
  const row = { entity: 'jobs', step: 'commit', jobs: 1, bytes_billed: bytes, slot_ms: 0 };
  const query = (): Promise<Row[]> => Promise.resolve([row, row]);
  const { steps, total } = await readCosts({ query }, { since, usdPerTib });
  return [...steps, total].map(({ usd }) => String(usd)).join(' ');
};

test.each([
  [tebibyte, '6.25', '6250000000 6250000000 12500000000'],
  // Ten MiB: a third of a billionth of a dollar is not lost where it adds up.
  [10 * 2 ** 20, '6.25', '59605 59605 119209'],
  ['9007199254740993', '0.000000001', '8192 8192 16384'],
  [5, '0', '0 0 0'],
])('%d bytes at %s a TiB, twice, are %s billionths of a dollar', async (bytes, price, usd) => {
  expect(await priceOf(bytes, price)).toBe(usd);
});

describe('fieldmart costs', () => {
  let server: Bigquery;
  let env: NodeJS.ProcessEnv;
  const run = (line: string, more: NodeJS.ProcessEnv = {}): Promise<Ran> =>
    runLine(line, { ...env, ...more }, now);

  beforeAll(async () => {
    server = await startBigquery();
    const dir = await makeTempDir();
    env = {
      ...{ ST_TENANT_ID: '77', LOG_LEVEL: 'error', LOG_FILE: join(dir, 'app.log') },
      ...{ DUCKDB_PATH: join(dir, 'x.duckdb'), SPOOL_DIR: join(dir, 'spool') },
      ...bigqueryEnv(server),
    };
    expect((await run('verify')).code).toBe(0);
    await server.sql('truncate table st_ops.costs');
    const row = (entity: string, step: string, bytes: number, at: string): string =>
      `('r', '${entity}', '${step}', 2, ${bytes}, 1500, timestamp '${at}')`;
    await server.sql(
      `insert into st_ops.costs (run_id, entity, step, jobs, bytes_billed, slot_ms, ended_at) values ${[
        row('jobs', 'upload', 0, '2026-03-09 00:00:00+00'),
        row('jobs', 'commit', 10 * 2 ** 20, '2026-03-09 00:00:00+00'),
        row('jobs', 'commit', 3 * 2 ** 40, '2026-02-09 00:00:00+00'),
        row('', 'control', 20 * 2 ** 20, '2026-03-03 12:00:00+00'),
        row('', 'control', 2 ** 40, '2026-03-03 11:59:59+00'),
      ].join(', ')}`,
    );
  });
  afterAll(() => server.close());

  test('adds up by entity and step what ended in the days asked for, and the sum of all', async () => {
    expect((await run('costs --days 7')).out.split('\n')).toEqual([
      'Billed in the last 7 days, at $6.25 a TiB of queries; loads are free',
      'entity     step     jobs  bytes billed  slot ms       USD',
      '─────────  ───────  ────  ────────────  ───────  ────────',
      '(the run)  control     2    20,971,520    1,500  0.000119',
      'jobs       commit      2    10,485,760    1,500  0.000060',
      'jobs       upload      2             0    1,500  0.000000',
      'total                  6    31,457,280    4,500  0.000179',
    ]);
  });

  test('of thirty days unless told, at the price given, exact', async () => {
    const { out } = await run('costs --format json', { BIGQUERY_USD_PER_TIB: '10' });
    expect(JSON.parse(out)).toEqual({
      since: '2026-02-08T12:00:00.000Z',
      usdPerTib: '10',
      steps: [
        ...[{ entity: '', step: 'control', jobs: 4, bytesBilled: 2 ** 40 + 20 * 2 ** 20 }].map(
          (step) => ({ ...step, slotMs: 3000, usd: '10.000190735' }),
        ),
        {
          ...{ entity: 'jobs', step: 'commit', jobs: 4, bytesBilled: 3 * 2 ** 40 + 10 * 2 ** 20 },
          ...{ slotMs: 3000, usd: '30.000095367' },
        },
        { entity: 'jobs', step: 'upload', jobs: 2, bytesBilled: 0, slotMs: 1500, usd: '0.00' },
      ],
      total: {
        ...{ jobs: 10, bytesBilled: 4 * 2 ** 40 + 30 * 2 ** 20, slotMs: 7500 },
        usd: '40.000286102',
      },
    });
  });

  test('as CSV, one line for each entity and step', async () => {
    const { out } = await run('costs --days 7 --format csv');
    expect(parse(out)).toEqual([
      ['entity', 'step', 'jobs', 'bytes_billed', 'slot_ms', 'usd'],
      ['', 'control', '2', '20971520', '1500', '0.000119209'],
      ['jobs', 'commit', '2', '10485760', '1500', '0.000059605'],
      ['jobs', 'upload', '2', '0', '1500', '0.00'],
    ]);
  });

  test('says so where nothing was billed, and in a file nothing ever is', async () => {
    await server.sql('truncate table st_ops.costs');
    expect((await run('costs --days 1')).out).toBe(
      'Nothing was billed in the last day that these datasets know of',
    );
    const file = { WAREHOUSE: 'duckdb' };
    expect((await run('costs', file)).out).toBe(
      'Nothing is billed: the warehouse is a DuckDB file of your own',
    );
    expect(JSON.parse((await run('costs --json', file)).out)).toMatchObject({
      steps: [],
      total: { bytesBilled: 0, usd: '0.00' },
    });
    expect((await run('costs --format csv', file)).out).toBe(
      'entity,step,jobs,bytes_billed,slot_ms,usd',
    );
  });

  test.each([
    ['costs --days 0', 'Cannot use --days 0: it must be a whole number from 1 to 36500'],
    ['costs --days 1.5', 'Cannot use --days 1.5: it must be a whole number from 1 to 36500'],
    ['costs --format xml', 'Cannot use --format xml: it must be one of table, csv, json'],
  ])('%s is refused', async (line, message) => {
    expect(await run(line)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
