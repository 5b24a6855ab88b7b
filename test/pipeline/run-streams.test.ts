import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Entity, Read } from '../../src/model.ts';
import type { Move } from '../../src/pipeline/move-stream.ts';
import { SourceError } from '../../src/errors.ts';
import { runStreams, type Outcome } from '../../src/pipeline/run-streams.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { memorySource, thingEntity, type MemorySource } from './support/memory-source.ts';
import { day, history } from './support/rig.ts';

const quiet = (): void => undefined;
const [jobs, bills, types] = [thingEntity('jobs'), thingEntity('bills'), thingEntity('types')];
const entities = [jobs, bills, types];

const moveOf = (entity: Entity, stream: string, read: Read): Move => ({
  ...{ entity, read, position: null },
  control: {
    ...{ tenantId: '1', entity: entity.name, stream, streamId: `${entity.name} ${stream}` },
    ...{ version: 0, cursor: null, done: false, rowsStored: 0, updatedAt: day(1, 1) },
  },
});

const windowOf = (entity: Entity, month: number): Move => {
  const window = { from: day(month, 1, 0), to: day(month + 1, 1, 0) };
  return moveOf(entity, `window ${month}`, { kind: 'window', window });
};

const feedOf = (entity: Entity): Move => moveOf(entity, 'feed', { kind: 'feed', from: null });

const feedAfterwards = (entity: Entity): Move => ({ ...feedOf(entity), afterOthers: true });

/** A source whose entities all hold the history. */
const filledSource = (): MemorySource => {
  const source = memorySource(entities, 10);
  for (const { name } of entities) source.things.set(name, history);
  return source;
};

const askedFor = ({ asked }: MemorySource): string[] =>
  asked.map(({ entity, read }) =>
    read.kind === 'window' ? `${entity} ${Number(read.window.from.slice(5, 7))}` : `${entity} feed`,
  );

type Deps = Parameters<typeof runStreams>[2];

/** A warehouse takes every batch at once. */
const depsFor = async (source: MemorySource, more: Partial<Deps> = {}): Promise<Deps> => ({
  source,
  commit: () => Promise.resolve(),
  spoolDir: join(await makeTempDir(), 'spool'),
  batchBytesMax: 1_000_000,
  log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
  signal: new AbortController().signal,
  onProgress: quiet,
  ...{ streamsInFlight: 1, readsInFlight: 1 },
  expectBatch: () => quiet,
  ...more,
});

describe('the order of streams', () => {
  test('feeds are begun first, all others in the order given', async () => {
    const source = filledSource();
    const moves = [windowOf(jobs, 1), windowOf(jobs, 2), feedOf(bills), windowOf(types, 1)];
    const outcomes = await runStreams(entities, moves, await depsFor(source));
    expect(askedFor(source)).toEqual([
      ...['bills feed', 'bills feed'],
      ...['jobs 1', 'jobs 2', 'types 1'],
    ]);
    expect(outcomes.map(({ entity, rows }) => [entity, rows])).toEqual([
      ['jobs', 14],
      ['bills', 20],
      ['types', 7],
    ]);
  });

  test('a feed that comes back for its next batch waits for one other stream, not for all', async () => {
    const source = filledSource();
    const moves = [feedOf(bills), ...[1, 2, 3].map((month) => windowOf(jobs, month))];
    let [turns, open] = [0, moves.length];
    /** Each page takes until every stream that is not done has asked for its turn; a turn is one page here. */
    source.onPage = async (_, count) => {
      while (turns - (count - 1) < open) await new Promise((resolve) => setImmediate(resolve));
    };
    const expectBatch = () => {
      turns += 1;
      return quiet;
    };
    const onProgress: Deps['onProgress'] = ({ kind }) => {
      if (kind === 'finished') open -= 1;
    };
    const more = { batchBytesMax: 1, streamsInFlight: 8, expectBatch, onProgress };
    await runStreams(entities, moves, await depsFor(source, more));
    const order = askedFor(source).map((asked) => asked.startsWith('bills'));
    const [first, last] = [order.indexOf(true), order.lastIndexOf(true)];
    expect(order.slice(first, last + 1)).toEqual([true, false, true]);
  });
});

describe('a stream that comes after the others of its entity', () => {
  const told = (outcomes: Outcome[]): string[] =>
    outcomes.map(({ entity, outcome, rows }) => `${entity} ${outcome} ${rows}`);

  test('is not begun before all of them are committed, though nothing else is read', async () => {
    const source = filledSource();
    const committed: string[] = [];
    const commit: Deps['commit'] = async (_, { stream }) => {
      await new Promise((resolve) => setImmediate(resolve));
      committed.push(stream);
    };
    let before: string[] = [];
    source.onPage = () => {
      if (askedFor(source).at(-1) === 'jobs feed') before = [...committed].sort();
    };
    const windows = [1, 2, 3].map((month) => windowOf(jobs, month));
    const many = { streamsInFlight: 8, readsInFlight: 8, commit };
    await runStreams(entities, [feedAfterwards(jobs), ...windows], await depsFor(source, many));
    expect(before).toEqual(['window 1', 'window 2', 'window 3']);
  });

  test('is said to be awaited by the others, and by nothing else', async () => {
    const source = filledSource();
    const awaited = new Set<string>();
    const commit: Deps['commit'] = (_, { entity, stream }, options) => {
      awaited.add(`${entity} ${stream} ${options.awaited}`);
      return Promise.resolve();
    };
    const moves = [windowOf(jobs, 1), windowOf(bills, 1), feedAfterwards(jobs)];
    await runStreams(entities, moves, await depsFor(source, { commit }));
    expect([...awaited].sort()).toEqual([
      'bills window 1 false',
      'jobs feed false',
      'jobs window 1 true',
    ]);
  });

  test('is begun once they have ended, while another entity still reads and others wait', async () => {
    const source = filledSource();
    const both = await depsFor(source, { streamsInFlight: 2, readsInFlight: 2 });
    const followed = new Promise<void>((resolve) => {
      source.onPage = () => {
        const last = askedFor(source).at(-1);
        if (last === 'jobs feed') resolve();
        return last === 'bills 1' ? followed : undefined;
      };
    });
    const bulk = [1, 2, 3].map((month) => windowOf(bills, month));
    const moves = [windowOf(jobs, 1), ...bulk, windowOf(types, 1), feedAfterwards(jobs)];
    const outcomes = await runStreams(entities, moves, both);
    const order = askedFor(source);
    expect(order.indexOf('jobs feed')).toBeGreaterThan(order.indexOf('jobs 1'));
    expect(order.indexOf('jobs feed')).toBeLessThan(order.indexOf('bills 3'));
    expect(told(outcomes)).toEqual(['jobs ok 27', 'bills ok 20', 'types ok 7']);
  });

  test('is begun at once where they have ended before the run, and alone too', async () => {
    const source = filledSource();
    const outcomes = await runStreams(entities, [feedAfterwards(bills)], await depsFor(source));
    expect(askedFor(source)).toEqual(['bills feed', 'bills feed']);
    expect(told(outcomes)).toEqual(['jobs ok 0', 'bills ok 20', 'types ok 0']);
  });

  test('lets the others of its entity go before those of entities without one', async () => {
    const source = filledSource();
    const kinds = [windowOf(types, 1), windowOf(types, 2)];
    const moves = [...kinds, windowOf(jobs, 1), feedOf(bills), feedAfterwards(jobs)];
    await runStreams(entities, moves, await depsFor(source));
    // Whoever waits when the last of them ends takes its place; the feed gets the next one.
    expect([...new Set(askedFor(source))]).toEqual([
      ...['bills feed', 'jobs 1', 'types 1', 'jobs feed', 'types 2'],
    ]);
  });

  test.each([1, 2])('is not begun when window %i of its entity failed', async (failing) => {
    const source = filledSource();
    source.onPage = () => {
      if (askedFor(source).at(-1) !== `jobs ${failing}`) return;
      throw new SourceError('Cannot read jobs: 403', { ofEntity: true });
    };
    const moves = [jobs, bills].flatMap((entity) => [
      ...[windowOf(entity, 1), windowOf(entity, 2)],
      feedAfterwards(entity),
    ]);
    const both = await depsFor(source, { streamsInFlight: 2, readsInFlight: 2 });
    const outcomes = await runStreams(entities, moves, both);
    expect(askedFor(source)).not.toContain('jobs feed');
    expect(askedFor(source)).toContain('bills feed');
    expect(told(outcomes).slice(1)).toEqual(['bills ok 34', 'types ok 0']);
    expect(outcomes[0]).toMatchObject({ outcome: 'failed', message: 'Cannot read jobs: 403' });
  });

  test('is not begun after a stop, and its entity is told as stopped', async () => {
    const source = filledSource();
    const stop = new AbortController();
    const commit = (): Promise<void> => {
      stop.abort();
      return Promise.resolve();
    };
    const moves = [windowOf(jobs, 1), feedAfterwards(jobs)];
    const stopped = await depsFor(source, { signal: stop.signal, commit });
    const outcomes = await runStreams(entities, moves, stopped);
    expect(askedFor(source)).toEqual(['jobs 1']);
    expect(told(outcomes)[0]).toBe('jobs stopped 7');
  });

  test('is not begun after another entity ended the run', async () => {
    const source = filledSource();
    let readJobs = (): void => undefined;
    const jobsRead = new Promise<void>((resolve) => (readJobs = resolve));
    source.onPage = async (entity) => {
      if (entity === 'jobs') readJobs();
      else await jobsRead.then(() => Promise.reject(new SourceError('Cannot read: unreachable')));
    };
    // The batch of jobs is committed once the other stream has failed.
    let fail = (): void => undefined;
    const failed = new Promise<void>((resolve) => (fail = resolve));
    const claim: Deps['claim'] = (_, what) => {
      const release = () => {
        if (what.startsWith('bills')) setImmediate(fail);
        return Promise.resolve();
      };
      return Promise.resolve({ check: () => Promise.resolve(), release });
    };
    const both = { streamsInFlight: 2, readsInFlight: 2 };
    const deps = await depsFor(source, { ...both, commit: () => failed, claim });
    const moves = [windowOf(jobs, 1), windowOf(bills, 1), feedAfterwards(jobs)];
    const outcomes = await runStreams(entities, moves, deps);
    expect(askedFor(source).sort()).toEqual(['bills 1', 'jobs 1']);
    expect(told(outcomes)).toEqual(['jobs stopped 7', 'bills failed 0', 'types ok 0']);
  });

  test('that fails keeps the rows of the others, and what went wrong', async () => {
    const source = filledSource();
    source.onPage = () => {
      if (askedFor(source).at(-1) === 'jobs feed') throw new SourceError('Cannot read: down');
    };
    const moves = [windowOf(jobs, 1), feedAfterwards(jobs)];
    const outcomes = await runStreams(entities, moves, await depsFor(source));
    expect(outcomes[0]).toMatchObject({ outcome: 'failed', rows: 7, message: 'Cannot read: down' });
  });
});
