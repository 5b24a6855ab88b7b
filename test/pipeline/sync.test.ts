import { describe, expect, test } from '@jest/globals';
import { SourceError, WarehouseError } from '../../src/errors.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import { sync } from '../../src/pipeline/sync.ts';
import { thingEntity, type Thing } from './support/memory-source.ts';
import { day, failures, history, now, range, thing, useRig } from './support/rig.ts';

const rig = useRig();
const { warehouse, depsFor, prepared, stored, expectVerified } = rig;

describe('sync', () => {
  const options = { now, since: null, lookbackMs: 0 };

  test('after a backfill sees what changed while the backfill ran', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    const first = thing(1, history[0]?.createdOn ?? '', day(3, 15, 13), 'changed meanwhile');
    source.onPage = (_, count) => {
      if (count === 5)
        source.things.set('things', [first, ...history.slice(1), thing(50, day(3, 15, 14))]);
    };
    await backfill([entity], range, depsFor(source, { streamsInFlight: 1 }));
    source.onPage = () => undefined;
    await sync([entity], { ...options, now: day(3, 16) }, depsFor(source));
    expect(await stored(entity)).toEqual(source.things.get('things'));
    await expectVerified([entity]);
  });

  test('goes on from the token, and leaves the warehouse alone when nothing is new', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    source.things.get('things')?.push(thing(60, day(3, 15, 13)));
    await sync([entity], options, depsFor(source));
    const asked = source.asked.length;
    const before = await warehouse().readControls('1', 'things');
    const result = await sync([entity], options, depsFor(source));
    expect(source.asked).toHaveLength(asked + 1);
    expect(await warehouse().readControls('1', 'things')).toEqual(before);
    expect(result).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  });

  test('without any cursor reads the last 7 days', async () => {
    const entity = thingEntity('things');
    const recent = thing(70, day(3, 10));
    const source = await prepared([entity], [...history, recent]);
    await sync([entity], options, depsFor(source));
    const ids = (await stored(entity)).map(({ id }) => id);
    expect(ids).toContain(70);
    expect(ids).not.toContain(1);
  });

  test('--since with a later date than the cursor opens no gap', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    await sync([entity], options, depsFor(source));
    const changed = { ...history[0], modifiedOn: day(3, 20), name: 'changed between' } as Thing;
    source.things.set('things', [changed, ...history.slice(1)]);
    await sync([entity], { ...options, now: day(4, 2), since: day(4, 1) }, depsFor(source));
    await sync([entity], { ...options, now: day(4, 3) }, depsFor(source));
    expect((await stored(entity))[0]).toEqual(changed);
  });

  test('--since that was interrupted goes on, and one that ended begins anew', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    await sync([entity], options, depsFor(source));
    const since = { ...options, since: '2024-01-01T07:00:00.000Z' };
    const fail = (_: string, count: number): void => {
      if (count === 5) throw new SourceError('Cannot read: down');
    };
    source.asked.length = 0;
    source.onPage = fail;
    await sync([entity], since, depsFor(source, { streamsInFlight: 1 }));
    source.onPage = () => undefined;
    await sync([entity], since, depsFor(source));
    expect(source.asked.length).toBeLessThanOrEqual(7 + 3);
    expect(await stored(entity)).toEqual(history);
    source.asked.length = 0;
    await sync([entity], since, depsFor(source));
    expect(source.asked).toHaveLength(7 + 1);
  });

  test('a sync that stored nothing does not hide where a later backfill began', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    source.onPage = () => {
      throw new SourceError('Cannot read: 401', { status: 401 });
    };
    await sync([entity], options, depsFor(source));
    source.onPage = () => undefined;
    await backfill([entity], range, depsFor(source));
    const changed = { ...history[0], modifiedOn: day(3, 16), name: 'changed' } as Thing;
    source.things.set('things', [changed, ...history.slice(1)]);
    await sync([entity], { ...options, now: day(4, 20) }, depsFor(source));
    expect((await stored(entity))[0]).toEqual(changed);
  });

  test('a whole entity whose record a backfill marked deleted gets it back when it is there again', async () => {
    const entity = thingEntity('things', { backfill: 'whole', sync: 'whole' });
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    await sync([entity], options, depsFor(source));
    source.things.set('things', history.slice(1));
    await backfill([entity], { ...range, force: true }, depsFor(source));
    expect(await stored(entity)).toEqual(history.slice(1));
    source.things.set('things', history);
    await sync([entity], options, depsFor(source));
    expect(await stored(entity)).toEqual(history);
  });

  test.each(['feed', 'whole', 'modified'] as const)(
    'one that takes up an interrupted one (%s) reads on to the present, not to the present of that one',
    async (kind) => {
      const entity = thingEntity('things', { sync: kind });
      const source = await prepared([entity]);
      await backfill([entity], range, depsFor(source));
      const first = { ...history[0], modifiedOn: day(3, 15, 13), name: 'first change' } as Thing;
      source.things.set('things', [first, ...history.slice(1)]);
      const failing = depsFor(source, {
        warehouse: {
          ...warehouse(),
          stage: () => Promise.reject(new WarehouseError('Cannot stage: pulled the plug')),
        },
      });
      expect(failures(await sync([entity], { ...options, now: day(3, 16) }, failing))).toEqual([
        'things failed',
      ]);
      const second = { ...first, modifiedOn: day(3, 17, 13), name: 'second change' };
      source.things.set('things', [second, ...history.slice(1)]);
      await sync([entity], { ...options, now: day(3, 18) }, depsFor(source));
      expect((await stored(entity))[0]).toEqual(second);
      await expectVerified([entity]);
    },
  );

  test('--since reads from that date whatever the cursor says', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    await sync([entity], options, depsFor(source));
    await sync([entity], { ...options, since: '2024-01-01T07:00:00.000Z' }, depsFor(source));
    expect(await stored(entity)).toEqual(history);
  });

  test('a whole entity: gone keys become _deleted, come back, and an unchanged one is not committed', async () => {
    const entity = thingEntity('things', { backfill: 'whole', sync: 'whole' });
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    source.things.set('things', history.slice(1));
    expect(await sync([entity], options, depsFor(source))).toMatchObject({ deleted: 1 });
    expect(await stored(entity)).toEqual(history.slice(1));
    const controls = await warehouse().readControls('1', 'things');
    source.things.set('things', history.slice(1).reverse());
    await sync([entity], options, depsFor(source));
    expect(await warehouse().readControls('1', 'things')).toEqual(controls);
    source.things.set('things', history);
    await sync([entity], options, depsFor(source));
    expect(await stored(entity)).toEqual(history);
    await expectVerified([entity]);
  });

  test('by modification: filters on modification alone and begins again where the last one began', async () => {
    const entity = thingEntity('things', { sync: 'modified' });
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    const old = { ...history[0], modifiedOn: day(3, 15, 13), name: 'an old one changed' } as Thing;
    source.things.set('things', [old, ...history.slice(1)]);
    await sync([entity], { ...options, now: day(3, 16) }, depsFor(source));
    expect((await stored(entity))[0]).toEqual(old);
    const control = (await warehouse().readControls('1', 'things')).find(
      ({ stream }) => stream === 'sync',
    );
    expect(control?.cursor).toEqual({ since: day(3, 16) });
  });
});
