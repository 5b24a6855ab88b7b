import { expect, test } from '@jest/globals';
import type { Batch, Entity } from '../../src/model.ts';
import {
  createCommitter as createAny,
  type CommitterOptions,
  type StageGroup,
} from '../../src/pipeline/committer.ts';

const entity = (name: string): Entity => ({ name }) as Entity;
const batch = (loadId: string, bytes = 10): Batch => ({ loadId, bytes }) as Batch;

/** A committer of batches that nobody awaits, unless told. */
const createCommitter = (stageGroup: StageGroup, options: CommitterOptions) => {
  const { commit, expect: expectBatch } = createAny(stageGroup, options);
  return {
    expect: expectBatch,
    commit: (of: Entity, sealed: Batch, awaited = false) => commit(of, sealed, { awaited }),
  };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

const recording = (fail: (ids: string[]) => boolean = () => false) => {
  const groups: string[][] = [];
  const stageGroup: StageGroup = async (_, batches) => {
    await turn();
    const ids = batches.map(({ loadId }) => loadId);
    if (fail(ids)) throw new Error(`failed ${ids.join()}`);
    return async () => {
      await turn();
      groups.push(ids);
    };
  };
  return { groups, stageGroup };
};

/** No timer ever goes off, and one group is committed at a time. */
const patient = { gatherMsMax: 1000, commitsAtOnce: 1, after: () => () => undefined };

test('batches that wait while one is committed go together, entity by entity', async () => {
  const { groups, stageGroup } = recording();
  const { commit } = createCommitter(stageGroup, { bytesMax: 1000, ...patient });
  const [jobs, invoices] = [entity('jobs'), entity('invoices')];
  await Promise.all([
    commit(jobs, batch('1')),
    commit(jobs, batch('2')),
    commit(invoices, batch('3')),
    commit(jobs, batch('4')),
    commit(invoices, batch('5')),
  ]);
  expect(groups).toEqual([['1'], ['2', '4'], ['3', '5']]);
});

test('a group holds no more bytes than allowed, but always one batch', async () => {
  const { groups, stageGroup } = recording();
  const { commit } = createCommitter(stageGroup, { bytesMax: 25, ...patient });
  const jobs = entity('jobs');
  const sizes = [5, 99, 10, 10, 10];
  await Promise.all(sizes.map((bytes, index) => commit(jobs, batch(String(index), bytes))));
  expect(groups).toEqual([['0'], ['1'], ['2', '3'], ['4']]);
});

test('of full groups the one that waited longest goes first, however much waits of others', async () => {
  const { groups, stageGroup } = recording();
  const { commit } = createCommitter(stageGroup, { bytesMax: 25, ...patient });
  const [jobs, bills, types] = [entity('jobs'), entity('bills'), entity('types')];
  await Promise.all([
    commit(types, batch('1', 5)),
    commit(jobs, batch('2', 25)),
    commit(types, batch('3', 5)),
    commit(bills, batch('4', 25)),
    commit(jobs, batch('5', 25)),
    commit(jobs, batch('6', 25)),
  ]);
  expect(groups).toEqual([['1'], ['2'], ['4'], ['5'], ['6'], ['3']]);
});

test('a failed group is told to each of its batches and stops no other', async () => {
  const { groups, stageGroup } = recording((ids) => ids.includes('2'));
  const { commit } = createCommitter(stageGroup, { bytesMax: 1000, ...patient });
  const results = await Promise.allSettled([
    commit(entity('jobs'), batch('1')),
    commit(entity('bad'), batch('2')),
    commit(entity('good'), batch('3')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(groups).toEqual([['1'], ['3']]);
});

test('batches gather while more are expected, until they are enough', async () => {
  const { groups, stageGroup } = recording();
  const { commit, expect: expectBatch } = createCommitter(stageGroup, {
    bytesMax: 25,
    ...patient,
  });
  const jobs = entity('jobs');
  const [first, second] = [expectBatch(jobs), expectBatch(jobs)];
  const commits = [commit(jobs, batch('1')), commit(jobs, batch('2'))];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(groups).toEqual([]);
  commits.push(commit(jobs, batch('3')));
  await Promise.all(commits.slice(0, 2));
  expect(groups).toEqual([['1', '2']]);
  first();
  first();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(groups).toEqual([['1', '2']]);
  second();
  await Promise.all(commits);
  expect(groups).toEqual([['1', '2'], ['3']]);
});

test('the entity of which most waits goes first', async () => {
  const { groups, stageGroup } = recording();
  const { commit, expect: expectBatch } = createCommitter(stageGroup, {
    bytesMax: 1000,
    ...patient,
  });
  const arrived = expectBatch(entity('types'));
  const commits = [
    commit(entity('jobs'), batch('1', 5)),
    commit(entity('invoices'), batch('2', 50)),
  ];
  arrived();
  await Promise.all(commits);
  expect(groups).toEqual([['2'], ['1']]);
});

test('a batch waits no longer than it may for one that does not come', async () => {
  const { groups, stageGroup } = recording();
  let goOff = (): void => undefined;
  let isCalledOff = false;
  const after = (ms: number, run: () => void) => {
    expect(ms).toBe(1000);
    goOff = run;
    return () => {
      isCalledOff = true;
    };
  };
  const options = { ...patient, bytesMax: 1000, after };
  const { commit, expect: expectBatch } = createCommitter(stageGroup, options);
  const jobs = entity('jobs');
  const noMore = expectBatch(entity('types'));
  const done = Promise.all([commit(jobs, batch('1')), commit(jobs, batch('2'))]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(groups).toEqual([]);
  goOff();
  await done;
  expect(groups).toEqual([['1', '2']]);
  expect(isCalledOff).toBe(true);
  noMore();
});

/** Steps that end when they are told to, in the order in which they began. */
const byHand = () => {
  const events: string[] = [];
  const pending = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const step = (name: string) =>
    new Promise<void>((resolve, reject) => {
      events.push(name);
      pending.set(name, { resolve, reject });
    });
  const stageGroup: StageGroup = async (_, batches) => {
    const ids = batches.map(({ loadId }) => loadId).join();
    await step(`stage ${ids}`);
    return () => step(`commit ${ids}`);
  };
  const end = async (name: string, error?: Error) => {
    if (error === undefined) pending.get(name)?.resolve();
    else pending.get(name)?.reject(error);
    await turn();
  };
  return { events, stageGroup, end };
};

test('a full group is staged while the one before is committed, and commits keep their order', async () => {
  const { events, stageGroup, end } = byHand();
  const { commit } = createCommitter(stageGroup, { bytesMax: 10, ...patient });
  const jobs = entity('jobs');
  const done = Promise.allSettled(['1', '2', '3'].map((id) => commit(jobs, batch(id))));
  await end('stage 1');
  expect(events).toEqual(['stage 1', 'commit 1', 'stage 2']);
  await end('stage 2');
  expect(events).toEqual(['stage 1', 'commit 1', 'stage 2']);
  await end('commit 1');
  expect(events.slice(3)).toEqual(['commit 2', 'stage 3']);
  await end('stage 3');
  await end('commit 2', new Error('lost'));
  await end('commit 3');
  expect((await done).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('what is less than a full group waits for the commit before it', async () => {
  const { events, stageGroup, end } = byHand();
  const { commit } = createCommitter(stageGroup, { bytesMax: 25, ...patient });
  const jobs = entity('jobs');
  const done = ['1', '2'].map((id) => commit(jobs, batch(id)));
  await end('stage 1');
  done.push(commit(jobs, batch('3', 5)));
  await turn();
  expect(events).toEqual(['stage 1', 'commit 1']);
  await end('commit 1');
  expect(events).toEqual(['stage 1', 'commit 1', 'stage 2,3']);
  await end('stage 2,3');
  await end('commit 2,3');
  await Promise.all(done);
});

test('groups of different entities are committed side by side, those of one entity one after the other', async () => {
  const { events, stageGroup, end } = byHand();
  const { commit } = createCommitter(stageGroup, { ...patient, bytesMax: 10, commitsAtOnce: 2 });
  const [jobs, bills, types] = [entity('jobs'), entity('bills'), entity('types')];
  const done = [
    ...['1', '2'].map((id) => commit(jobs, batch(id))),
    commit(bills, batch('3')),
    commit(types, batch('4')),
  ];
  await end('stage 1');
  expect(events.splice(0)).toEqual(['stage 1', 'commit 1', 'stage 3']);
  await end('stage 3');
  expect(events.splice(0)).toEqual(['commit 3', 'stage 4']);
  await end('stage 4');
  expect(events).toEqual([]);
  await end('commit 3');
  expect(events.splice(0)).toEqual(['commit 4', 'stage 2']);
  await end('stage 2');
  await end('commit 4');
  expect(events).toEqual([]);
  await end('commit 1');
  expect(events).toEqual(['commit 2']);
  await end('commit 2');
  await Promise.all(done);
});

test('a group that cannot be staged leaves the commits that are under way alone', async () => {
  const { events, stageGroup, end } = byHand();
  const { commit } = createCommitter(stageGroup, { ...patient, bytesMax: 10, commitsAtOnce: 2 });
  const names = ['jobs', 'bad', 'types'];
  const done = Promise.allSettled(names.map((name) => commit(entity(name), batch(name))));
  await end('stage jobs');
  await end('stage bad', new Error('bad'));
  expect(events).toEqual(['stage jobs', 'commit jobs', 'stage bad', 'stage types']);
  await end('stage types');
  await end('commit types');
  await end('commit jobs');
  expect((await done).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('what is awaited is committed once no more of its entity is expected, whatever else gathers', async () => {
  const { events, stageGroup, end } = byHand();
  const options = { ...patient, bytesMax: 100, commitsAtOnce: 2 };
  const { commit, expect: expectBatch } = createCommitter(stageGroup, options);
  const [jobs, bills] = [entity('jobs'), entity('bills')];
  const [moreJobs, moreBills] = [expectBatch(jobs), expectBatch(bills)];
  const done = [commit(bills, batch('1', 50)), commit(jobs, batch('2', 5), true)];
  await turn();
  expect(events).toEqual([]);
  moreJobs();
  await end('stage 2');
  expect(events).toEqual(['stage 2', 'commit 2']);
  await end('commit 2');
  moreBills();
  await end('stage 1');
  await end('commit 1');
  await Promise.all(done);
});

test('small groups are committed as soon as there is room for one, when nothing more is expected', async () => {
  const { events, stageGroup, end } = byHand();
  const { commit } = createCommitter(stageGroup, { ...patient, bytesMax: 100, commitsAtOnce: 2 });
  const done = ['jobs', 'bills', 'types'].map((name) => commit(entity(name), batch(name)));
  await end('stage jobs');
  await end('stage bills');
  expect(events).toEqual(['stage jobs', 'commit jobs', 'stage bills', 'commit bills']);
  await end('commit bills');
  expect(events.at(-1)).toBe('stage types');
  await end('stage types');
  await end('commit jobs');
  await end('commit types');
  await Promise.all(done);
});
