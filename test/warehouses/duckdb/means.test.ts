import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  duckdbHeavyRecordBytes,
  duckdbHeavyRecordTimes,
  duckdbLoadMemoryMb,
  duckdbRowGroupRows,
} from '../../../src/limits.ts';
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
  /** One more row is in the log: with an empty one DuckDB writes nothing when it closes or detaches the file. */
  const makeTable = async (rows: number): Promise<void> => {
    const values = Array.from({ length: 40 }, (_, n) => `random() as c${n}`).join(', ');
    await session.run(
      `create table changed as select range as n, ${values} from range(${rows}); checkpoint;
      insert into changed (n, c0) values (-1, 0)`,
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

  const told = (): string =>
    `Cannot use ${path}: DuckDB ran out of memory and gave up; repeat the command`;

  const failToChange = async (rows: number): Promise<void> => {
    await makeTable(rows);
    let tries = 0;
    const load = openMeans().load(session, () => {
      tries += 1;
      return change();
    });
    await expect(load).rejects.toThrow(told());
    expect(tries).toBe(1);
    expect(session.isBroken()).toBe(true);
  };

  /** Nothing of the change was made, and it can be made. */
  const expectUnchanged = async (rows: number): Promise<void> => {
    const counted = await session.readRows(
      'select count(*) as n, count_if(c0 < 0) as changed from changed',
    );
    expect(counted).toEqual([{ n: rows + 1, changed: 0 }]);
    expect(await session.run('delete from changed where n % 3 = 0')).toBe(Math.ceil(rows / 3));
  };

  test('is committed ends all work, until the file is opened anew', async () => {
    await failToChange(1000);
    expect(await session.renew()).toBe(true);
    expect(session.isBroken()).toBe(false);
    await session.allow({ threads: 1, freedMb: 1, memoryMb: memoryMbMax });
    await expectUnchanged(1000);
  });

  test('is committed leaves nothing in the file that is closed then', async () => {
    await failToChange(1000);
    session.close();
    session = await open(path);
    await expectUnchanged(1000);
  });

  test('is rolled back ends all work, until the program begins again', async () => {
    await failToChange(8000);
    await expect(session.renew()).rejects.toThrow(told());
    session.close();
    session = await open(path);
    await expectUnchanged(8000);
  });
});

/** The session, and what it was allowed. */
const watch = (): { watched: Session; allowed: number[] } => {
  const allowed: number[] = [];
  const watched: Session = {
    ...session,
    allow: (means) => {
      allowed.push(means.memoryMb);
      return session.allow(means);
    },
  };
  return { watched, allowed };
};

test('memory that a load turned out to need is told, and taken back when the file is opened anew', async () => {
  const { watched, allowed } = watch();
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

describe('heavy records', () => {
  const heavy = { rows: 100, bytes: 100 * (duckdbHeavyRecordBytes + 1) };
  const light = { rows: 1_000_000, bytes: 1_000_000 * duckdbHeavyRecordBytes };

  test('get more memory from the first, until the file is opened anew', async () => {
    const { watched, allowed } = watch();
    const told: unknown[] = [];
    const means = openMeans((_, meta) => told.push(meta));
    const load = () => means.load(watched, () => Promise.resolve());
    means.makeRoomFor([light]);
    await load();
    means.makeRoomFor([light, heavy]);
    await load();
    means.makeRoomFor([light]);
    await load();
    means.startOver();
    await load();
    const more = duckdbLoadMemoryMb + Math.ceil((duckdbHeavyRecordTimes * heavy.bytes) / 1e6);
    expect(allowed).toEqual([duckdbLoadMemoryMb, more, more, duckdbLoadMemoryMb]);
    expect(told).toEqual([]);
  });

  test('get no more than there is', async () => {
    const { watched, allowed } = watch();
    const means = openMeans();
    means.makeRoomFor([{ rows: 1, bytes: 1e9 }]);
    await means.load(watched, () => Promise.resolve());
    expect(allowed).toEqual([memoryMbMax]);
    expect(means.ofLoads()).toEqual({ memoryMb: memoryMbMax, maxMb: memoryMbMax });
  });
});

test('loads that ran out of memory for good get twice what they had', () => {
  const told: unknown[] = [];
  const means = openMeans((_, meta) => told.push(meta));
  means.startOver(duckdbLoadMemoryMb);
  expect(means.ofLoads()).toEqual({ memoryMb: 2 * duckdbLoadMemoryMb, maxMb: memoryMbMax });
  means.startOver(300);
  expect(means.ofLoads()).toEqual({ memoryMb: memoryMbMax, maxMb: memoryMbMax });
  expect(told).toEqual([{ memoryMb: 2 * duckdbLoadMemoryMb }, { memoryMb: memoryMbMax }]);
});
