import { describe, expect, test } from '@jest/globals';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import { SourceError, WarehouseError } from '../../src/errors.ts';
import type { Page, Source } from '../../src/model.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { PipelineDeps } from '../../src/pipeline/run-moves.ts';
import { sync } from '../../src/pipeline/sync.ts';
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

  test('gives back the memory of a page that is written, after it was counted', async () => {
    const entity = thingEntity('things');
    const heavy = history.map((one) => ({ ...one, name: 'n'.repeat(10_000) }));
    const source = await prepared([entity], heavy);
    const pages: Page[] = [];
    let bytes = 0;
    const keeping: Source = {
      ...source,
      readPage: async (...args) => {
        const page = await source.readPage(...args);
        pages.push(page);
        return page;
      },
    };
    const onProgress: PipelineDeps['onProgress'] = (progress) => {
      if (progress.kind === 'page') bytes += progress.bytes;
    };
    const deps = { ...depsFor(source, { onProgress }), source: keeping };
    expect(failures(await backfill([entity], range, deps))).toEqual([]);
    expect(bytes).toBeGreaterThan(200_000);
    expect(pages.map(({ lines }) => lines.length).filter((length) => length > 0)).toEqual([]);
    expect(await stored(entity)).toEqual(heavy);
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

  test('with --force, killed and repeated, reads no window a third time', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    const one = depsFor(source, { streamsInFlight: 1 });
    await backfill([entity], range, one);
    source.asked.length = 0;
    source.onPage = (_, count) => {
      if (count === 6) throw new SourceError('Cannot read: down');
    };
    const forced = { ...range, force: true };
    expect(failures(await backfill([entity], forced, one))).toEqual(['things failed']);
    source.onPage = () => undefined;
    expect(failures(await backfill([entity], forced, one))).toEqual([]);
    expect(source.asked).toHaveLength(9);
    source.asked.length = 0;
    await backfill([entity], forced, one);
    expect(source.asked).toHaveLength(8);
  });

  test('reads the feed after the list where the feed says more, as far back as the list', async () => {
    const entity = thingEntity('things', { feed: { completes: true, fromStart: false } });
    const source = await prepared([entity]);
    const feeds = () =>
      source.asked.filter(({ read }) => read.kind === 'feed').map(({ read }) => read);
    let [planned, finished] = [0, 0];
    const onProgress: PipelineDeps['onProgress'] = (progress) => {
      if (progress.kind === 'planned') planned += progress.parts;
      if (progress.kind === 'finished') finished += 1;
    };
    await backfill([entity], range, depsFor(source, { onProgress }));
    expect([planned, finished]).toEqual([4, 4]);
    expect(feeds()[0]).toEqual({ kind: 'feed', from: '2023-12-31' });
    expect(source.asked.slice(0, 8).every(({ read }) => read.kind === 'window')).toBe(true);
    source.asked.length = 0;
    await backfill([entity], range, depsFor(source));
    expect(source.asked).toEqual([]);
    await backfill([entity], { ...range, now: day(3, 20) }, depsFor(source));
    expect(feeds()[0]).toEqual({ kind: 'feed', from: '2024-03-14' });
    expect(await stored(entity)).toEqual(history);
    await expectVerified([entity]);
  });

  test('a feed after the list that was interrupted still goes as far back', async () => {
    const entity = thingEntity('things', { feed: { completes: true, fromStart: false } });
    const source = await prepared([entity]);
    source.onPage = (_, count) => {
      if (count === 9) throw new SourceError('Cannot read: down');
    };
    await backfill([entity], range, depsFor(source));
    source.onPage = () => undefined;
    source.asked.length = 0;
    await backfill([entity], { ...range, now: day(3, 20) }, depsFor(source));
    const feed = source.asked.find(({ read }) => read.kind === 'feed');
    expect(feed?.read).toEqual({ kind: 'feed', from: '2023-12-31' });
  });

  test('of a window that is a complete set, pages from before a sync moved are void', async () => {
    const windows = { months: 12, calendar: false, replaces: true };
    const entity = thingEntity('things', { windows });
    const source = await prepared([entity]);
    const one = depsFor(source, { streamsInFlight: 1 });
    const interrupted = async (failing: number) => {
      source.asked.length = 0;
      source.onPage = (_, count) => {
        if (count === failing) throw new SourceError('Cannot read: down');
      };
      await backfill([entity], range, one);
      source.onPage = () => undefined;
      return source.asked.map(({ position }) => position);
    };
    expect(await interrupted(3)).toEqual([null, { offset: 3 }, { offset: 6 }]);
    expect(await interrupted(2)).toEqual([{ offset: 6 }, { offset: 9 }]);
    await sync([entity], { now: range.now, since: null, lookbackMs: 0 }, one);
    source.things.set('things', history.slice(1));
    expect((await interrupted(99))[0]).toBeNull();
  });

  test('another database does not take over what was spooled for the first', async () => {
    const entity = thingEntity('things', { backfill: 'whole' });
    const source = await prepared([entity]);
    source.onPage = (_, count) => {
      if (count === 3) throw new SourceError('Cannot read: down');
    };
    await backfill([entity], range, depsFor(source));
    source.onPage = () => undefined;
    source.asked.length = 0;
    const path = join(rig.dir(), 'other.duckdb');
    const other = await openDuckdb({ path, datasetPrefix: '', now: () => new Date(range.now) });
    await other.prepare([entity]);
    await backfill([entity], range, depsFor(source, { warehouse: other }));
    await other.close();
    expect(source.asked).toHaveLength(7);
  });

  test('deletes a spool that a kill after the last commit left', async () => {
    const entity = thingEntity('things', { backfill: 'whole' });
    const source = await prepared([entity]);
    await backfill([entity], range, depsFor(source));
    const left = join(rig.dir(), 'spool', '1', 'things', 'backfill_whole');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'records.ndjson'), '{"id":1}');
    await backfill([entity], range, depsFor(source));
    await expect(stat(left)).rejects.toThrow('ENOENT');
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
      if (entity === 'bad') throw new SourceError('Cannot read bad: 403', { ofEntity: true });
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

  test('after a stop nothing more is asked for, though other windows wait for their turn', async () => {
    const entity = thingEntity('things');
    const source = await prepared([entity]);
    const stop = new AbortController();
    source.onPage = (_, count) => {
      if (count === 3) stop.abort();
    };
    const deps = depsFor(source, { signal: stop.signal, streamsInFlight: 8, readsInFlight: 1 });
    expect(failures(await backfill([entity], range, deps))).toEqual(['things stopped']);
    expect(source.asked).toHaveLength(3);
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
