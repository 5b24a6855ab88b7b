import { beforeEach, describe, expect, test } from '@jest/globals';
import { explainFailure } from '../../../src/warehouses/duckdb/explain-failure.ts';
import { createRenewal } from '../../../src/warehouses/duckdb/renewal.ts';

/** The error that is told for one of DuckDB. */
const told = (message: string): Error =>
  explainFailure(new Error(message), 'x.duckdb') ?? new Error(`A bug: ${message}`);

const endOfMemory = told(
  'TransactionContext Error: Failed to commit: failed to pin block of size 256.0 KiB (121.9 MiB/122.0 MiB used)',
);

const maxMb = 512;
let memoryMb: number;
let events: string[];
let opensAnew: boolean;

const means = {
  ofLoads: () => ({ memoryMb, maxMb }),
  startOver: (notEnoughMb?: number) => {
    memoryMb = notEnoughMb === undefined ? 128 : 2 * notEnoughMb;
  },
};

const renew = (): Promise<boolean> => {
  events.push('renewed');
  return Promise.resolve(opensAnew);
};

/** A commit that needs so much. */
const needing = (neededMb: number) => (): Promise<string> => {
  events.push(`${memoryMb}`);
  return memoryMb < neededMb ? Promise.reject(endOfMemory) : Promise.resolve('made');
};

beforeEach(() => {
  memoryMb = 128;
  events = [];
  opensAnew = true;
});

describe('a commit that runs out of memory', () => {
  test('is made again with more of it, each time in a file that is opened anew', async () => {
    const { commit } = createRenewal(16, means, renew);
    expect(await commit(needing(300))).toBe('made');
    expect(events).toEqual(['128', 'renewed', '256', 'renewed', '512']);
  });

  test('is told as the end where there is no more memory to be had', async () => {
    const { commit } = createRenewal(16, means, renew);
    await expect(commit(needing(600))).rejects.toBe(endOfMemory);
    expect(events).toEqual(['128', 'renewed', '256', 'renewed', '512']);
  });

  test('is told as the end where the file cannot be opened anew', async () => {
    opensAnew = false;
    const { commit } = createRenewal(16, means, renew);
    await expect(commit(needing(300))).rejects.toBe(endOfMemory);
    expect(events).toEqual(['128', 'renewed']);
  });

  test('is one of those after which the file is opened anew, and gives the memory back then', async () => {
    const { commit } = createRenewal(2, means, renew);
    for (const neededMb of [200, 1, 1]) await commit(needing(neededMb));
    expect(events).toEqual(['128', 'renewed', '256', '256', 'renewed', '128']);
  });
});

test('another error is no reason to try again', async () => {
  const { load } = createRenewal(16, means, renew);
  const other = told('Out of Memory Error: could not allocate');
  await expect(load(() => Promise.reject(other))).rejects.toBe(other);
  expect(events).toEqual([]);
});

test('a checkpoint that ran out of memory ends the works beside it too', async () => {
  const checkpoint = told(
    'IO Error: Database "warehouse" has been invalidated because checkpointing failed. Detach and reattach it ' +
      'before using it again. Original error: failed to pin block of size 256.0 KiB (121.8 MiB/122.0 MiB used)',
  );
  const { load } = createRenewal(16, means, renew);
  const works = [() => Promise.reject(checkpoint), () => Promise.resolve('staged')];
  expect(await load(async () => works.shift()?.())).toBe('staged');
  expect(events).toEqual(['renewed']);
});
