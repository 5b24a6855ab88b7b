import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who a process is, beyond its number, which the system gives away again. */
export type Identity = {
  pid: number;
  /** When it began, by the system's count; null where the system does not say. */
  started: string | null;
  /** The machine, its boot and its namespace of numbers: elsewhere the same number is another process. */
  place: string;
};

const readOr = async <T>(reading: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await reading;
  } catch {
    return otherwise;
  }
};

/** The 22nd field of proc(5)'s `stat`; the second one, a name in brackets, may hold anything. */
const readStarted = async (pid: number | 'self'): Promise<string | null> => {
  const stat = await readOr(readFile(`/proc/${pid}/stat`, 'utf8'), '');
  return (
    stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19) ?? null
  );
};

const readPlace = async (): Promise<string> => {
  const boot = await readOr(readFile('/proc/sys/kernel/random/boot_id', 'utf8'), '');
  const namespace = await readOr(readlink('/proc/self/ns/pid'), '');
  return [hostname(), boot.trim(), namespace].join(' ');
};

/** This process. */
export const readIdentity = async (): Promise<Identity> => ({
  pid: process.pid,
  started: await readStarted('self'),
  place: await readPlace(),
});

/** A process of this number runs on this machine, ours or another's. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Whether a process still runs; null where it cannot be known from here: on another machine, in another container, or
 * where its number may have been given away.
 */
export const isRunning = async (other: Identity, self: Identity): Promise<boolean | null> => {
  if (other.place !== self.place) return null;
  if (!isAlive(other.pid)) return false;
  if (other.started === null) return null;
  return (await readStarted(other.pid)) === other.started;
};
