import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../extract/identity.ts';
import { makeFolders } from '../make-folders.ts';
import type { EntityProgress } from '../pipeline/progress.ts';

/**
 * The embedded warehouse lets one process in at a time. So that a long backfill can be watched, it leaves its figures
 * beside the spool now and then.
 */
export type ProgressSnapshot = { pid: number; at: string; entities: EntityProgress[] };

const snapshotFile = (spoolDir: string): string => join(spoolDir, 'progress.json');

/** Replaces the snapshot in one step. */
export const writeSnapshot = async (
  spoolDir: string,
  snapshot: ProgressSnapshot,
): Promise<void> => {
  const file = snapshotFile(spoolDir);
  makeFolders(spoolDir, 0o700);
  const draft = `${file}.${snapshot.pid}.new`;
  await writeFile(draft, JSON.stringify(snapshot), { mode: 0o600 });
  await rename(draft, file);
};

/** The snapshot of a run that is still going on; null when there is none. */
export const readSnapshot = async (spoolDir: string): Promise<ProgressSnapshot | null> => {
  try {
    const text = await readFile(snapshotFile(spoolDir), 'utf8');
    const snapshot = JSON.parse(text) as ProgressSnapshot;
    return isAlive(snapshot.pid) ? snapshot : null;
  } catch {
    return null;
  }
};
