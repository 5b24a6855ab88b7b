import { expect, test } from '@jest/globals';
import {
  openCosts,
  openTally,
  sharesOf,
  splitCost,
} from '../../../src/warehouses/bigquery/costs.ts';
import type { Batch } from '../../../src/model.ts';

const batch = (loadId: string, bytes: number) => ({ loadId, bytes }) as Batch;

test('batches that were staged together share the cost by their bytes, to the last byte', () => {
  const cost = { bytesBilled: 100, slotMs: 10 };
  expect(splitCost([batch('a', 1), batch('b', 1), batch('c', 1)], cost)).toEqual([
    { loadId: 'a', bytesBilled: 34, slotMs: 4 },
    { loadId: 'b', bytesBilled: 33, slotMs: 3 },
    { loadId: 'c', bytesBilled: 33, slotMs: 3 },
  ]);
  expect(splitCost([batch('a', 0), batch('b', 0)], cost)).toEqual([
    { loadId: 'a', bytesBilled: 100, slotMs: 10 },
    { loadId: 'b', bytesBilled: 0, slotMs: 0 },
  ]);
});

test('shares of a cost that is not known yet come to one', () => {
  const shares = (...bytes: number[]) => [
    ...sharesOf(bytes.map((size, index) => batch(String(index), size))).values(),
  ];
  expect(shares(5)).toEqual(['1.000000000']);
  expect(shares(1, 1, 1)).toEqual(['0.333333334', '0.333333333', '0.333333333']);
  expect(shares(0, 0)).toEqual(['1.000000000', '0.000000000']);
});

test('costs add up by entity and step until they are taken, and can be given back', () => {
  const costs = openCosts();
  const tally = openTally(costs.count);
  tally.count({ entity: 'jobs', step: 'stage' }, { bytesBilled: 5, slotMs: 1 });
  tally.count({ entity: 'jobs', step: 'stage' }, { bytesBilled: 6, slotMs: 2 });
  costs.count({ entity: 'jobs', step: 'commit' }, { bytesBilled: 7, slotMs: 3 });
  expect(tally.sum()).toEqual({ bytesBilled: 11, slotMs: 3 });
  const steps = [
    { entity: 'jobs', step: 'stage', jobs: 2, bytesBilled: 11, slotMs: 3 },
    { entity: 'jobs', step: 'commit', jobs: 1, bytesBilled: 7, slotMs: 3 },
  ];
  const taken = costs.take();
  expect(taken).toEqual(steps);
  expect(costs.take()).toEqual([]);
  costs.count({ entity: 'jobs', step: 'commit' }, { bytesBilled: 1, slotMs: 0 });
  costs.giveBack(taken);
  expect(costs.take()).toEqual([
    { entity: 'jobs', step: 'commit', jobs: 2, bytesBilled: 8, slotMs: 3 },
    steps[0],
  ]);
});
