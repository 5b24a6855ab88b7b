import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const memoryDir = '/dev/shm';

/** Many times what a run has there at once. In a container there may be less. */
const roomMin = 2 * 1024 ** 3;

/** Whether files in memory have room, and programs among them may be started, which some suites write. */
const canUseMemory = async () => {
  try {
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .map((line) => line.split(' '));
    const [, , type, options = ''] = mounts.findLast(([, dir]) => dir === memoryDir) ?? [];
    if (type !== 'tmpfs' || !/^rw\b/.test(options) || /\bnoexec\b/.test(options)) return false;
    const { bavail, bsize } = await statfs(memoryDir);
    return bavail * bsize >= roomMin;
  } catch {
    return false;
  }
};

/** A folder for temporary files that is set is the one that is used. */
const findPlace = async () =>
  process.env.TMPDIR === undefined && (await canUseMemory()) ? memoryDir : tmpdir();

/**
 * A folder for all that the suites of one run write: what they share is in it too, which is named by FIELDMART_TEST_RUN.
 * It is removed when the run ends. Suites open thousands of databases; waiting for a disk at each commit, the run took
 * a third longer.
 */
export default async () => {
  const { TMPDIR } = process.env;
  const dir = await mkdtemp(join(await findPlace(), 'fieldmart-run-'));
  process.env.FIELDMART_TEST_RUN = dir;
  process.env.TMPDIR = dir;
  globalThis.removeRun = async () => {
    await rm(dir, { recursive: true, force: true });
    // With --watch another run follows in this process.
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  };
};
