import { expect, test } from '@jest/globals';
import { openCosts, openTally, splitCost } from '../../../src/warehouses/bigquery/costs.ts';
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

test('costs add up by entity and step until they are taken', () => {
  const costs = openCosts();
  const tally = openTally(costs.count);
  tally.count({ entity: 'jobs', step: 'stage' }, { bytesBilled: 5, slotMs: 1 });
  tally.count({ entity: 'jobs', step: 'stage' }, { bytesBilled: 6, slotMs: 2 });
  costs.count({ entity: 'jobs', step: 'commit' }, { bytesBilled: 7, slotMs: 3 });
  costs.countLoads([batch('a', 1)], tally.take());
  expect(costs.take()).toEqual({
    steps: [
      { entity: 'jobs', step: 'stage', jobs: 2, bytesBilled: 11, slotMs: 3 },
      { entity: 'jobs', step: 'commit', jobs: 1, bytesBilled: 7, slotMs: 3 },
    ],
    loads: [{ loadId: 'a', bytesBilled: 11, slotMs: 3 }],
  });
  expect(costs.take()).toEqual({ steps: [], loads: [] });
  expect(tally.take()).toEqual({ bytesBilled: 0, slotMs: 0 });
});
