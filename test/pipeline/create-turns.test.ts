import { expect, test } from '@jest/globals';
import { createTurns } from '../../src/pipeline/create-turns.ts';

const later = () => new Promise((resolve) => setImmediate(resolve));

test('no more work at once than there are turns, though some fail', async () => {
  const takeTurn = createTurns(2);
  const seen = { now: 0, most: 0 };
  const work = async (fails: boolean): Promise<void> => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await later();
    seen.now -= 1;
    if (fails) throw new Error('failed');
  };
  const results = await Promise.allSettled(
    [true, false, true, true, false, false, true].map((fails) =>
      takeTurn(() => work(fails), { urgent: fails }),
    ),
  );
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  expect(seen).toEqual({ now: 0, most: 2 });
  await takeTurn(() => work(false), { urgent: false });
  expect(seen.now).toBe(0);
});

test('who waits goes in the order of asking, the urgent before the others', async () => {
  const takeTurn = createTurns(1);
  const order: string[] = [];
  const ask = (name: string, urgent: boolean) =>
    takeTurn(
      async () => {
        order.push(name);
        await later();
      },
      { urgent },
    );
  await Promise.all([
    ask('first', false),
    ask('second', false),
    ask('third', false),
    ask('urgent', true),
    ask('next urgent', true),
  ]);
  expect(order).toEqual(['first', 'urgent', 'next urgent', 'second', 'third']);
});
