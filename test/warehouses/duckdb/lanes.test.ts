import { expect, test } from '@jest/globals';
import { createLanes } from '../../../src/warehouses/duckdb/lanes.ts';
import type { Session } from '../../../src/warehouses/duckdb/open-session.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Connections by their numbers, and what became of them. */
const opening = () => {
  const events: string[] = [];
  let opened = 0;
  const open = (): Promise<Session> => {
    const name = String((opened += 1));
    events.push(`open ${name}`);
    const close = (): void => void events.push(`close ${name}`);
    return Promise.resolve({ name, close } as unknown as Session);
  };
  return { events, open };
};

const nameOf = (session: Session): string => (session as unknown as { name: string }).name;

/** Works that end when they are told to. */
const byHand = () => {
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  const work = (name: string) => async (on: Session) => {
    begun.push(`${name} on ${nameOf(on)}`);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name;
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await turn();
  };
  return { begun, work, end };
};

test('as many works as there are lanes run side by side, each connection opened when it is needed', async () => {
  const { events, open } = opening();
  const { begun, work, end } = byHand();
  const lanes = createLanes(2, open);
  expect(lanes.areBusy()).toBe(false);
  const first = lanes.use(work('a'));
  await turn();
  expect(events).toEqual(['open 1']);
  expect(lanes.areBusy()).toBe(true);
  const others = [lanes.use(work('b')), lanes.use(work('c'))];
  await turn();
  expect(begun).toEqual(['a on 1', 'b on 2']);
  await end('a');
  expect(await first).toBe('a');
  expect(begun).toEqual(['a on 1', 'b on 2', 'c on 1']);
  await end('b');
  await end('c');
  expect(await Promise.all(others)).toEqual(['b', 'c']);
  expect(events).toEqual(['open 1', 'open 2']);
  expect(lanes.areBusy()).toBe(false);
});

test('what is to run while all are closed waits for those who work, and they for it', async () => {
  const { events, open } = opening();
  const { begun, work, end } = byHand();
  const lanes = createLanes(2, open);
  const before = [lanes.use(work('a')), lanes.use(work('b'))];
  await turn();
  let go = (): void => undefined;
  const alone = lanes.whileClosed(async () => {
    events.push('alone');
    await new Promise<void>((resolve) => (go = resolve));
  });
  await end('b');
  const after = [lanes.use(work('c')), lanes.use(work('d'))];
  await turn();
  expect(events).not.toContain('alone');
  await end('a');
  await turn();
  expect(events).toEqual(['open 1', 'open 2', expect.anything(), expect.anything(), 'alone']);
  expect(new Set(events.slice(2, 4))).toEqual(new Set(['close 1', 'close 2']));
  expect(begun).toHaveLength(2);
  go();
  await alone;
  await turn();
  expect(begun.slice(2).map((text) => text.slice(-4))).toEqual(['on 3', 'on 4']);
  await end('c');
  await end('d');
  await Promise.all([...before, ...after]);
});

test('a work that fails, and a connection that cannot be opened, leave the lane to the next', async () => {
  const { open } = opening();
  let refuse = true;
  const lanes = createLanes(1, () => (refuse ? Promise.reject(new Error('held')) : open()));
  await expect(lanes.use(() => Promise.resolve())).rejects.toThrow('held');
  refuse = false;
  await expect(lanes.use(() => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  expect(await lanes.use((on) => Promise.resolve(nameOf(on)))).toBe('1');
  expect(lanes.areBusy()).toBe(false);
});
