import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SourceError, WarehouseError } from '../../src/errors.ts';
import type { Entity } from '../../src/model.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { PipelineDeps, RunResult } from '../../src/pipeline/run-moves.ts';
import { sync } from '../../src/pipeline/sync.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { openDuckdb } from '../../src/warehouses/duckdb/open-duckdb.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import {
  memorySource,
  thingEntity,
  type MemorySource,
  type Thing,
} from './support/memory-source.ts';

const quiet = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
const now = '2024-03-15T12:00:00.000Z';
const range = {
  from: '2024-01-01T07:00:00.000Z',
  to: null,
  now,
  timeZone: 'America/Phoenix',
  force: false,
};

const thing = (
  id: number,
  createdOn: string,
  modifiedOn = createdOn,
  name = `thing ${id}`,
): Thing => ({
  id,
  createdOn,
  modifiedOn,
  name,
});

const day = (month: number, date: number, hour = 12): string =>
  new Date(Date.UTC(2024, month - 1, date, hour)).toISOString();

const history = Array.from({ length: 20 }, (_, index) =>
  thing(index + 1, day(1 + (index % 3), 10, index % 24)),
);

let warehouse: Warehouse;
let dir: string;

beforeEach(async () => {
  dir = await makeTempDir();
  warehouse = await openDuckdb({
    path: join(dir, 'test.duckdb'),
    datasetPrefix: '',
    now: () => new Date(now),
  });
});

afterEach(() => warehouse.close());

const depsFor = (source: MemorySource, more: Partial<PipelineDeps> = {}): PipelineDeps => ({
  source,
  warehouse,
  spoolDir: join(dir, 'spool'),
  batchBytesMax: 1_000_000,
  log: quiet,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onCommitted: () => Promise.resolve(),
  runId: 'run',
  streamsInFlight: 2,
  clock: () => new Date(now),
  ...more,
});

const prepared = async (entities: Entity[], things: Thing[] = history): Promise<MemorySource> => {
  const source = memorySource(entities);
  for (const { name } of entities) source.things.set(name, [...things]);
  await warehouse.prepare(entities);
  return source;
};

const stored = async (entity: Entity): Promise<Thing[]> => {
  const rows = await warehouse.query(
    `select payload from st_raw.${entity.table} where not _deleted order by id`,
  );
  return rows.map(({ payload }) => JSON.parse(String(payload)) as Thing);
};

const failures = ({ outcomes }: RunResult): string[] =>
  outcomes
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ entity, outcome }) => `${entity} ${outcome}`);

const expectVerified = async (entities: Entity[]): Promise<void> => {
  const verified = await verify(warehouse, { entities, tenantId: '1' });
  expect(verified.filter(({ ok }) => !ok)).toEqual([]);
};

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
      ...warehouse,
      stage: (...args) =>
        step === 'stage' ? run(() => warehouse.stage(...args)) : warehouse.stage(...args),
      commit: (...args) =>
        step === 'commit' ? run(() => warehouse.commit(...args)) : warehouse.commit(...args),
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
    const before = await warehouse.readControls('1', 'things');
    const result = await sync([entity], options, depsFor(source));
    expect(source.asked).toHaveLength(asked + 1);
    expect(await warehouse.readControls('1', 'things')).toEqual(before);
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
    const controls = await warehouse.readControls('1', 'things');
    source.things.set('things', history.slice(1).reverse());
    await sync([entity], options, depsFor(source));
    expect(await warehouse.readControls('1', 'things')).toEqual(controls);
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
    const control = (await warehouse.readControls('1', 'things')).find(
      ({ stream }) => stream === 'sync',
    );
    expect(control?.cursor).toEqual({ since: day(3, 16) });
  });
});

describe('two runs on one stream', () => {
  const race = async (change: Thing[]): Promise<{ outcome: string[]; rows: Thing[] }> => {
    const entity = thingEntity('things', { backfill: 'whole' });
    const source = await prepared([entity]);
    const other = depsFor(source, { spoolDir: join(dir, 'other-spool') });
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
