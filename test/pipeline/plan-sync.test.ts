import { expect, test } from '@jest/globals';
import type { Entity } from '../../src/model.ts';
import { planSync } from '../../src/pipeline/plan-sync.ts';

const entity = (sync: Entity['sync']): Entity => ({
  name: 'jobs',
  table: 'raw_jobs',
  columns: [],
  key: { kind: 'id' },
  createdColumn: 'createdOn',
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { months: 12, calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync,
});

const options = {
  now: '2024-03-15T12:00:00.000Z',
  since: '2024-03-08T12:00:00.000Z',
  lookbackMs: 3_600_000,
};

test('a feed goes on from its token', () => {
  const planned = planSync(entity('feed'), { position: { token: 'abc' } }, options);
  expect(planned.position).toEqual({ token: 'abc' });
});

test('a feed without a token starts a day before the backfill began, whatever zone the source reads dates in', () => {
  const planned = planSync(entity('feed'), { since: '2024-03-10T00:30:00.000Z' }, options);
  expect(planned).toEqual({ read: { kind: 'feed', from: '2024-03-08' }, position: null });
});

test('a read by modification overlaps the last one and ends at the frozen present', () => {
  const planned = planSync(entity('modified'), { since: '2024-03-10T00:30:00.000Z' }, options);
  expect(planned.read).toEqual({
    kind: 'modified',
    window: { from: '2024-03-09T23:30:00.000Z', to: '2024-03-15T12:00:00.000Z' },
  });
});

test('a read that was interrupted between batches goes on with its own bounds', () => {
  const read = { kind: 'modified', window: { from: 'a', to: 'b' } } as const;
  expect(planSync(entity('modified'), { read, position: { page: 7 } }, options)).toEqual({
    read,
    position: { page: 7 },
  });
});
