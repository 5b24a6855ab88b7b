import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of this run of the tests alone: see open-run.js. */
const folderOfRun = process.env.FIELDMART_TEST_RUN ?? '';

/**
 * Copies a file that suites of one run share to `path`; where no suite has made it yet, makes it first. Two that make it
 * at once do the same work, and the later one's takes the place of the other's in one step.
 * @param make writes the file at a path where nothing is.
 */
export const copyMade = async (
  name: string,
  path: string,
  make: (path: string) => Promise<void>,
): Promise<void> => {
  const made = join(folderOfRun, name);
  try {
    await copyFile(made, path);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await make(path);
  const draft = `${made}.${process.pid}`;
  await copyFile(path, draft);
  await rename(draft, made);
};
