import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for what suites of one run share: named by FIELDMART_TEST_RUN, and removed when the run ends. */
export default async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fieldmart-run-'));
  process.env.FIELDMART_TEST_RUN = dir;
  globalThis.removeRun = () => rm(dir, { recursive: true, force: true });
};
