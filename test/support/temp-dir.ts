import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const made: string[] = [];

afterAll(async () => {
  await Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true })));
});

/** A new empty folder that is removed when the test file ends. */
export const makeTempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'fieldmart-'));
  made.push(dir);
  return dir;
};
