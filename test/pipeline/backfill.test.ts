import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { SourceError, WarehouseError } from '../../src/errors.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { thingEntity, type Thing } from './support/memory-source.ts';
import { day, failures, history, range, thing, useRig } from './support/rig.ts';

const rig = useRig();
const { warehouse, depsFor, prepared, stored, expectVerified } = rig;

describe('backfill', () => {
  test('stores every record of the range, and a repeated command reads nothing again', async () => {
    const entity = thingEntity('things');
    const source = await prepared(
      [entity],
      [...history, thing(99, day(4, 1)), thing(98, '2023-12-31T00:00:00.000Z')],
    );
    expect(failures(await backfill([entity], range, depsFor(source)))).toEqual([]);
    expect(await stored(entity)).toEqual(history);
    const asked = source.asked.length;
    expect(failures(await backfill([entity], range, depsFor(source)))).toEqual([]);
    expect(source.asked).toHaveLength(asked);
    await expectVerified([entity]);
  });

  test('with --force reads again what was finished', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    const changed = history.map((one) => ({ ...one, modifiedOn: day(3, 15), name: 'changed' }));
    source.things.set('things', changed);
    await backfill([entity], { ...range, force: true }, depsFor(source));
    expect(await stored(entity)).toEqual(changed);
    await expectVerified([entity]);
  });

  test('seals by bytes: many small batches give the same table as one', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    const result = await backfill([entity], range, depsFor(source, { batchBytesMax: 1 }));
    expect(result.inserted).toBe(history.length);
    expect(await stored(entity)).toEqual(history);
    await expectVerified([entity]);
  });

  test('fetches no journaled page again, wherever the source fails', async () => {
    const pages = 8;
    for (let failing = 1; failing <= pages; failing += 1) {
      const name = `things${failing}`;
      const own = thingEntity(name);
      const source = await prepared([own]);
      source.onPage = (_, count) => {
        if (count === failing) throw new SourceError('Cannot read: down', { status: 503 });
      };
      const deps = depsFor(source, { streamsInFlight: 1 });
      expect(failures(await backfill([own], range, deps))).toEqual([`${name} failed`]);
      source.onPage = () => undefined;
      expect(failures(await backfill([own], range, deps))).toEqual([]);
      expect(await stored(own)).toEqual(history);
      expect(source.asked).toHaveLength(pages + 1);
    }
  });

  test('an entity without its scope fails alone; a source that is down ends the run', async () => {
    const [good, bad] = [thingEntity('good'), thingEntity('bad')];
    const source = await prepared([bad, good]);
    source.onPage = (entity) => {
      if (entity === 'bad') throw new SourceError('Cannot read bad: 403', { status: 403 });
    };
    const refused = await backfill([bad, good], range, depsFor(source));
    expect(failures(refused)).toEqual(['bad failed']);
    expect(await stored(good)).toEqual(history);
    const [other, next] = [thingEntity('other'), thingEntity('next')];
    const down = await prepared([other, next]);
    down.onPage = () => {
      throw new SourceError('Cannot read: unreachable');
    };
    const ended = await backfill([other, next], range, depsFor(down, { streamsInFlight: 1 }));
    expect(failures(ended)).toEqual(['other failed', 'next stopped']);
    expect(down.asked).toHaveLength(1);
  });

  test('a stop keeps what was fetched and gives up the page in flight', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    const stop = new AbortController();
    source.onPage = (_, count) => {
      if (count !== 3) return undefined;
      stop.abort();
      return new Promise<void>(() => undefined);
    };
    const deps = depsFor(source, { signal: stop.signal, streamsInFlight: 1 });
    expect(failures(await backfill([entity], range, deps))).toEqual(['things stopped']);
    source.onPage = () => undefined;
    expect(failures(await backfill([entity], range, depsFor(source)))).toEqual([]);
    expect(await stored(entity)).toEqual(history);
    expect(source.asked).toHaveLength(9);
  });
});

describe('a failing warehouse', () => {
  /** Fails at the n-th call of a step, before or after the step was carried out. */
  const failing = (step: 'stage' | 'commit', moment: 'before' | 'after', at: number): Warehouse => {
    let count = 0;
    const run = async <T>(work: () => Promise<T>): Promise<T> => {
      count += 1;
      if (count !== at) return work();
      if (moment === 'after') await work();
      throw new WarehouseError(`Cannot ${step}: pulled the plug`);
    };
    return {
      ...warehouse(),
      stage: (...args) =>
        step === 'stage' ? run(() => warehouse().stage(...args)) : warehouse().stage(...args),
      commit: (...args) =>
        step === 'commit' ? run(() => warehouse().commit(...args)) : warehouse().commit(...args),
    };
  };

  test.each([
    ['stage', 'before'],
    ['stage', 'after'],
    ['commit', 'before'],
    ['commit', 'after'],
  ] as const)(
    'at %s, %s it: repeating the command ends in the same table',
    async (step, moment) => {
      for (const at of [1, 2, 3]) {
        const entity = thingEntity(`things${at}`);
        const source = await prepared([entity]);
        const broken = depsFor(source, {
          warehouse: failing(step, moment, at),
          streamsInFlight: 1,
        });
        expect(failures(await backfill([entity], range, broken))).toEqual([
          `${entity.name} failed`,
        ]);
        expect(failures(await backfill([entity], range, depsFor(source)))).toEqual([]);
        expect(await stored(entity)).toEqual(history);
        expect(source.asked).toHaveLength(8);
        await expectVerified([entity]);
      }
    },
  );
});

describe('two runs on one stream', () => {
  const race = async (change: Thing[]): Promise<{ outcome: string[]; rows: Thing[] }> => {
    const entity = thingEntity('things', { backfill: 'whole' });
    const source = await prepared([entity]);
    const other = depsFor(source, { spoolDir: join(rig.dir(), 'other-spool') });
    let interfered = false;
    source.onPage = async () => {
      if (interfered) return;
      interfered = true;
      await backfill([entity], range, other);
      source.things.set('things', change);
    };
    const outcome = failures(await backfill([entity], range, depsFor(source)));
    await expectVerified([entity]);
    return { outcome, rows: await stored(entity) };
  };

  test('with the same content: the second finds its load in the ledger and changes nothing', async () => {
    expect(await race(history)).toEqual({ outcome: [], rows: history });
  });

  test('with other content: the second is stopped by the fence, and nothing is doubled', async () => {
    const more = [...history, thing(77, day(3, 1))];
    expect(await race(more)).toEqual({ outcome: ['things failed'], rows: history });
  });
});
