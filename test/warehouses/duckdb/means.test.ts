import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { duckdbLoadMemoryMb, duckdbRowGroupRows } from '../../../src/limits.ts';
import { createMeans, type MeansOptions } from '../../../src/warehouses/duckdb/means.ts';
import { openSession, type Session } from '../../../src/warehouses/duckdb/open-session.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const memoryMbMax = 400;

const open = (path: string): Promise<Session> =>
  openSession({ path, datasetPrefix: '', rowGroupRows: duckdbRowGroupRows, memoryMbMax });

let path: string;
let session: Session;
beforeEach(async () => {
  path = join(await makeTempDir(), 'means.duckdb');
  session = await open(path);
});
afterEach(() => {
  session.close();
});

const openMeans = (inform: MeansOptions['inform'] = () => undefined) =>
  createMeans({ inMemory: false, memoryMbMax, threadsMax: 1, freedMbMax: 1, inform });

/** The least megabytes that DuckDB can be held to just now, and holds it to them. */
const squeeze = async (): Promise<void> => {
  const means = { threads: 1, freedMb: 1 };
  for (let memoryMb = 100; memoryMb > 0; memoryMb -= 0.5)
    await session.allow({ ...means, memoryMb });
};

describe('memory that runs out while a transaction', () => {
  const makeTable = async (rows: number): Promise<void> => {
    const values = Array.from({ length: 40 }, (_, n) => `random() as c${n}`).join(', ');
    await session.run(
      `create table changed as select range as n, ${values} from range(${rows}); checkpoint`,
    );
  };

  /** Changes the table; what comes after that has next to no memory. */
  const change = (): Promise<void> =>
    session.transact(async () => {
      await session.run(
        'delete from changed where n % 3 = 0; update changed set c0 = -1 where n % 5 = 1',
      );
      await squeeze();
    });

  test.each([
    ['committed', 1000],
    ['rolled back', 8000],
  ])('is %s is told as the end, and nothing is tried again', async (_, rows) => {
    await makeTable(rows);
    let tries = 0;
    const load = openMeans().load(session, () => {
      tries += 1;
      return change();
    });
    await expect(load).rejects.toThrow(
      `Cannot use ${path}: DuckDB ran out of memory and gave up; repeat the command`,
    );
    expect(tries).toBe(1);
    expect(session.isBroken()).toBe(true);
    session.close();
    session = await open(path);
    const counted = await session.readRows(
      'select count(*) as n, count_if(c0 < 0) as changed from changed',
    );
    expect(counted).toEqual([{ n: rows, changed: 0 }]);
  });
});

test('memory that a load turned out to need is told, and taken back when the file is opened anew', async () => {
  const allowed: number[] = [];
  const watched: Session = {
    ...session,
    allow: (means) => {
      allowed.push(means.memoryMb);
      return session.allow(means);
    },
  };
  const told: unknown[] = [];
  const means = openMeans((_, meta) => told.push(meta));
  /** A list cannot be written aside. */
  const load = (rows: number) =>
    means.load(watched, () =>
      session.run(`select list(repeat('x', 1000) || i) from range(${rows}) as t(i)`),
    );
  await load(80_000);
  await load(1);
  means.startOver();
  await load(1);
  expect(allowed).toEqual([
    ...[duckdbLoadMemoryMb, 2 * duckdbLoadMemoryMb],
    ...[2 * duckdbLoadMemoryMb, duckdbLoadMemoryMb],
  ]);
  expect(told).toEqual([{ memoryMb: 2 * duckdbLoadMemoryMb }]);
});
