import { describe, expect, test } from '@jest/globals';
import type { Control, Entity } from '../../src/model.ts';
import {
  planBackfill,
  plannedCursor,
  type BackfillRange,
} from '../../src/pipeline/plan-backfill.ts';

const entity = (more: Partial<Entity> = {}): Entity => ({
  name: 'jobs',
  table: 'raw_jobs',
  columns: [],
  key: { kind: 'id' },
  createdColumn: 'createdOn',
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { months: 1, calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync: 'feed',
  ...more,
});

const range = (more: Partial<BackfillRange> = {}): BackfillRange => ({
  from: '2024-01-01T07:00:00.000Z',
  to: null,
  now: '2024-03-15T12:00:00.000Z',
  timeZone: 'America/Phoenix',
  ...more,
});

const asControls = (reads: ReturnType<typeof planBackfill>): Control[] =>
  reads.map((planned) => ({
    tenantId: '1',
    entity: planned.entity.name,
    stream: planned.stream,
    streamId: planned.stream,
    version: 1,
    cursor: plannedCursor(planned),
    done: true,
    rowsStored: 0,
    updatedAt: '',
  }));

const bounds = (reads: ReturnType<typeof planBackfill>): string[] =>
  reads.map(({ read }) =>
    read.kind === 'window' ? `${read.window.from} ${read.window.to}` : read.kind,
  );

describe('planBackfill', () => {
  test('cuts the range into months of the tenant’s time zone, up to now', () => {
    expect(bounds(planBackfill(entity(), [], range()))).toEqual([
      '2024-01-01T07:00:00.000Z 2024-02-01T07:00:00.000Z',
      '2024-02-01T07:00:00.000Z 2024-03-01T07:00:00.000Z',
      '2024-03-01T07:00:00.000Z 2024-03-15T12:00:00.000Z',
    ]);
  });

  test('cuts it into windows as wide as the entity’s, and keeps those that were narrower before', () => {
    const from = '2022-07-15T07:00:00.000Z';
    const wide = entity({ windows: { months: 12, calendar: false, replaces: false } });
    expect(bounds(planBackfill(wide, [], range({ from })))).toEqual([
      '2022-07-15T07:00:00.000Z 2023-07-01T07:00:00.000Z',
      '2023-07-01T07:00:00.000Z 2024-03-15T12:00:00.000Z',
    ]);
    const months = planBackfill(entity(), [], range());
    expect(bounds(planBackfill(wide, asControls(months), range({ from })))).toEqual([
      '2022-07-15T07:00:00.000Z 2023-07-01T07:00:00.000Z',
      '2023-07-01T07:00:00.000Z 2024-01-01T07:00:00.000Z',
      ...bounds(months),
    ]);
  });

  test('a repeated command plans the same streams and adds only what has come since', () => {
    const first = planBackfill(entity(), [], range());
    const again = planBackfill(
      entity(),
      asControls(first),
      range({ now: '2024-04-02T00:00:00.000Z' }),
    );
    expect(again.slice(0, 3)).toEqual(first);
    expect(bounds(again.slice(3))).toEqual([
      '2024-03-15T12:00:00.000Z 2024-04-01T07:00:00.000Z',
      '2024-04-01T07:00:00.000Z 2024-04-02T00:00:00.000Z',
    ]);
  });

  test('an earlier --from adds only the months before', () => {
    const first = planBackfill(entity(), [], range());
    const earlier = range({ from: '2023-12-01T07:00:00.000Z' });
    const wider = planBackfill(entity(), asControls(first), earlier);
    expect(wider).toHaveLength(4);
    expect(wider[0]?.stream).toBe('backfill 2023-12-01T07:00:00.000Z..2024-01-01T07:00:00.000Z');
  });

  test('calendar dates: both readings of a local day are covered, and what lies ahead is one window', () => {
    const dated = entity({ windows: { months: 1, calendar: true, replaces: true } });
    const reads = bounds(planBackfill(dated, [], range()));
    expect(reads[0]).toBe('2024-01-01T00:00:00.000Z 2024-01-01T07:00:00.000Z');
    expect(reads.at(-1)).toMatch(/^2024-04-01T07:00:00.000Z 2026-03/);
    const bounded = planBackfill(dated, [], range({ to: '2024-02-01T07:00:00.000Z' }));
    expect(bounds(bounded)).toEqual([
      reads[0],
      '2024-01-01T07:00:00.000Z 2024-02-01T07:00:00.000Z',
    ]);
  });

  test('a feed is read once, from a day before the date; a later --from is covered by it', () => {
    const fed = entity({ backfill: 'feed' });
    const first = planBackfill(fed, [], range());
    expect(first).toMatchObject([
      { stream: 'backfill feed 2023-12-31', read: { kind: 'feed', from: '2023-12-31' } },
    ]);
    const later = planBackfill(fed, asControls(first), range({ from: '2024-03-01T07:00:00.000Z' }));
    expect(later[0]?.stream).toBe('backfill feed 2023-12-31');
    const earlier = planBackfill(
      fed,
      asControls(first),
      range({ from: '2020-03-01T07:00:00.000Z' }),
    );
    expect(earlier[0]?.stream).toBe('backfill feed 2020-02-29');
  });

  test('a reference entity is read whole', () => {
    expect(planBackfill(entity({ backfill: 'whole' }), [], range())).toMatchObject([
      { stream: 'backfill whole', read: { kind: 'whole' } },
    ]);
  });
});
