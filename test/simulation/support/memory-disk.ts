import { constants } from 'node:fs';
import type { Files, OpenFile } from '../../../src/extract/files.ts';
import type { Random } from './random.ts';

/** What a file holds, and what of it would outlive a loss of power. */
type Inode = { bytes: Buffer; durable: Buffer };

/** A change of names: durable with the next sync of any file, as in a journaling file system. */
type Rename = () => void;

const failure = (code: string): Error => Object.assign(new Error(code), { code });

const writeAt = (bytes: Buffer, given: Buffer, position: number): Buffer => {
  const length = Math.max(bytes.length, position + given.length);
  const next = Buffer.alloc(length);
  bytes.copy(next);
  given.copy(next, position);
  return next;
};

/**
 * A disk in memory. A killed program leaves everything that it wrote; a loss of power only what was synced, and of the
 * rest whatever chance leaves: all, nothing, a part, or zeros in its place.
 */
export const createDisk = () => {
  const names = new Map<string, Inode>();
  let durableNames = new Map<string, Inode>();
  let pending: Rename[] = [];

  const change = (apply: (names: Map<string, Inode>) => void): void => {
    apply(names);
    pending.push(() => {
      apply(durableNames);
    });
  };

  const sync = (inode: Inode): void => {
    inode.durable = inode.bytes;
    for (const rename of pending) rename();
    pending = [];
  };

  const handle = (inode: Inode, appends: boolean): OpenFile => {
    let reached = appends ? inode.bytes.length : 0;
    return {
      read: (bytes, offset, length, position) => {
        const bytesRead = inode.bytes.copy(bytes, offset, position, position + length);
        return Promise.resolve({ bytesRead });
      },
      write: (bytes, offset, length, position) => {
        inode.bytes = writeAt(inode.bytes, bytes.subarray(offset, offset + length), position);
        return Promise.resolve({ bytesWritten: length });
      },
      writeFile: (text) => {
        const at = appends ? inode.bytes.length : reached;
        inode.bytes = writeAt(inode.bytes, Buffer.from(text), at);
        reached = inode.bytes.length;
        return Promise.resolve();
      },
      truncate: (length) => {
        const next = Buffer.alloc(length);
        inode.bytes.copy(next);
        inode.bytes = next;
        return Promise.resolve();
      },
      datasync: () => {
        sync(inode);
        return Promise.resolve();
      },
      sync: () => {
        sync(inode);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  };

  const files: Files = {
    mkdir: () => Promise.resolve(undefined),
    open: (path, flags) => {
      const creates = typeof flags === 'number' ? (flags & constants.O_CREAT) !== 0 : true;
      const known = names.get(path);
      if (known === undefined && !creates) return Promise.reject(failure('ENOENT'));
      const inode = known ?? { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
      if (known === undefined) change((all) => all.set(path, inode));
      if (flags === 'w') inode.bytes = Buffer.alloc(0);
      return Promise.resolve(handle(inode, flags === 'a'));
    },
    readFile: (path, encoding) => {
      const inode = names.get(path);
      if (inode === undefined) return Promise.reject(failure('ENOENT'));
      return Promise.resolve(inode.bytes.toString(encoding));
    },
    rename: (from, to) => {
      const inode = names.get(from);
      if (inode === undefined) return Promise.reject(failure('ENOENT'));
      change((all) => {
        all.delete(from);
        all.set(to, inode);
      });
      return Promise.resolve();
    },
    rm: (path) => {
      change((all) => {
        for (const name of [...all.keys()]) {
          if (name === path || name.startsWith(`${path}/`)) all.delete(name);
        }
      });
      return Promise.resolve();
    },
  };

  const tear = (inode: Inode, random: Random): void => {
    if (inode.bytes === inode.durable) return;
    const shorter = Math.min(inode.bytes.length, inode.durable.length);
    const length = shorter + random.below(1 + inode.bytes.length - shorter);
    const torn = inode.bytes.subarray(0, length);
    const zeros = writeAt(inode.bytes, Buffer.alloc(inode.bytes.length - length), length);
    inode.bytes = random.pick([inode.bytes, inode.durable, Buffer.from(torn), zeros]);
    inode.durable = inode.bytes;
  };

  return {
    files,
    /** What a file holds. */
    read: (path: string): Buffer => names.get(path)?.bytes ?? Buffer.alloc(0),
    /** Names of all files. */
    list: (): string[] => [...names.keys()],
    /** Some of the last changes of names are lost too, the latest first. */
    losePower: (random: Random): void => {
      for (const rename of pending.slice(0, random.below(pending.length + 1))) rename();
      pending = [];
      names.clear();
      for (const [name, inode] of durableNames) names.set(name, inode);
      durableNames = new Map(names);
      for (const inode of new Set(names.values())) tear(inode, random);
    },
  };
};

export type Disk = ReturnType<typeof createDisk>;
