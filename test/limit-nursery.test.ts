import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** Makes many objects, of which some live on, and prints the largest size of V8's new space in bytes. */
const script = (before: string): string => `
  import { once } from 'node:events';
  import { getHeapSpaceStatistics } from 'node:v8';
  import { Worker } from 'node:worker_threads';
  import { limitNursery } from './dist/limit-nursery.js';
  const sizeOf = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
  ${before}
  let [max, alive] = [0, []];
  for (let made = 0; made < 2e6; made += 1) {
    alive.push({ made });
    if (alive.length > 30_000) alive = [];
    if (made % 10_000 === 0) max = Math.max(max, sizeOf());
  }
  console.log(max);
  process.exit();
`;

const measure = async (before: string): Promise<number> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '--eval', script(before)],
  ]);
  return Number(stdout);
};

const startThread = `
  const thread = new Worker('./dist/warehouses/duckdb/columns/extract-thread.js', { execArgv: [] });
  thread.postMessage({ entity: null, batches: [], path: '' });
  await once(thread, 'message');
`;

test('the memory for new objects grows no more, and not either once a thread has started', async () => {
  const [free, limited, threaded] = await Promise.all([
    measure(''),
    measure('limitNursery();'),
    measure(`limitNursery(); ${startThread}`),
  ]);
  expect(free).toBeGreaterThan(4_200_000);
  expect(limited).toBeLessThanOrEqual(2_100_000);
  expect(threaded).toBeLessThanOrEqual(4_200_000);
});
