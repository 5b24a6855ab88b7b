import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Entity, Read } from '../../src/model.ts';
import type { Move } from '../../src/pipeline/move-stream.ts';
import { runStreams } from '../../src/pipeline/run-streams.ts';
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

type Deps = Parameters<typeof runStreams>[1];

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
    const outcomes = await runStreams(moves, await depsFor(source));
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
    let [waiting, open] = [0, moves.length];
    /** Each page takes until every stream that is not done asks for its turn. */
    source.onPage = async () => {
      while (waiting < open) await new Promise((resolve) => setImmediate(resolve));
    };
    const expectBatch = () => {
      waiting += 1;
      return () => {
        waiting -= 1;
      };
    };
    const onProgress: Deps['onProgress'] = ({ kind }) => {
      if (kind === 'finished') open -= 1;
    };
    const more = { batchBytesMax: 1, streamsInFlight: 8, expectBatch, onProgress };
    await runStreams(moves, await depsFor(source, more));
    const order = askedFor(source).map((asked) => asked.startsWith('bills'));
    const [first, last] = [order.indexOf(true), order.lastIndexOf(true)];
    expect(order.slice(first, last + 1)).toEqual([true, false, true]);
  });
});
