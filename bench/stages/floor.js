/** The floor: the same bytes over HTTP, written to disk and synced, with nothing done to them. */
import { runStage } from '../run-stage.js';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { Pool } from 'undici';
import { readsInFlightMax } from '../../dist/limits.js';

/** Writes the body as it comes; the same file takes page after page, as a spool does. */
const fetchPage = async (pool, path, file) => {
  const { body } = await pool.request({ path, method: 'GET' });
  let bytes = 0;
  for await (const chunk of body) {
    await file.write(chunk);
    bytes += chunk.length;
  }
  await file.datasync();
  return bytes;
};

await runStage(async ({ url, dir, paths }) => {
  const pool = new Pool(url, { connections: readsInFlightMax });
  const limit = pLimit(readsInFlightMax);
  let bytes = 0;
  const list = typeof paths === 'string' ? JSON.parse(readFileSync(paths, 'utf8')) : paths;
  await Promise.all(
    list.map((path, index) =>
      limit(async () => {
        const file = await open(join(dir, `floor-${index}`), 'w');
        const size = await fetchPage(pool, path, file);
        bytes += size;
        await file.close();
      }),
    ),
  );
  await pool.close();
  return { bytes, requests: list.length };
});
