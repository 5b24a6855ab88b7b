import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

declare global {
  /** What environment.js removes. */
  var madeDirs: string[];
}

/** A new empty folder that is removed when the test file has ended, after all its hooks. */
export const makeTempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'fieldmart-'));
  globalThis.madeDirs.push(dir);
  return dir;
};
