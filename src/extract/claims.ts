import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WarehouseError } from '../errors.ts';
import { claimAttemptsMax, claimBeatMs, claimStaleMs } from '../limits.ts';
import { makeFolders } from '../make-folders.ts';
import { isRunning, readIdentity, type Identity } from './identity.ts';
import { explaining } from './spool.ts';

/** A folder that this process has for itself. */
export type Claim = {
  /** @throws WarehouseError when the claim was lost, as after a long stop: what stands in the folder may be another's. */
  check: () => Promise<void>;
  release: () => Promise<void>;
};

/**
 * Claims a folder.
 * @param what Completes "Cannot read …".
 * @throws WarehouseError, with its process id, when another process has it.
 */
export type TakeClaim = (dir: string, what: string) => Promise<Claim>;

export type ClaimOptions = {
  /** Who claims. Default: this process. */
  identity?: Identity;
  /** Default: the clock. */
  now?: () => number;
  /** From 0 to below 1. */
  random?: () => number;
};

const isIdentity = (value: unknown): value is Identity =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  Number.isSafeInteger(value.pid) &&
  'place' in value &&
  typeof value.place === 'string' &&
  'started' in value &&
  (value.started === null || typeof value.started === 'string');

const readClaim = async (file: string): Promise<Identity | null> => {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isIdentity(value) ? value : null;
  } catch {
    return null;
  }
};

/** When its holder last said that it is there, in milliseconds since 1970; null when the claim is gone. */
const readBeat = async (file: string): Promise<number | null> => {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return null;
  }
};

const explainHeld = (what: string, { pid }: Identity, isHere: boolean): WarehouseError =>
  new WarehouseError(
    `Cannot read ${what}: another fieldmart (pid ${pid}${isHere ? '' : ' on another machine or in another container'}) ` +
      'reads it into the same spool; wait for it to end, or stop it, and repeat the command',
  );

const explainLost = (what: string): WarehouseError =>
  new WarehouseError(
    `Cannot go on with ${what}: this process was stopped for so long that another one may have taken its spool; ` +
      'repeat the command',
  );

/**
 * Claims on folders, as files beside them: each claimant writes one of its own and then looks whether there are others,
 * so that at most one goes on; it removes those of processes that are gone. A killed process leaves its claim behind;
 * it is told by process id and start time, so that a number that was given away again does not count. Of a process that
 * cannot be looked at from here (another container on the same volume) the claim counts as long as it is renewed.
 */
export const openClaims = (options: ClaimOptions = {}): TakeClaim => {
  const { now = Date.now, random = Math.random } = options;

  const isHeld = async (file: string, holder: Identity, self: Identity): Promise<boolean> => {
    const running = await isRunning(holder, self);
    if (running !== null) return running;
    const beat = await readBeat(file);
    return beat !== null && now() - beat < claimStaleMs;
  };

  /** The process that has a claim beside ours; what is left of dead ones is removed. */
  const findHolder = async (dir: string, own: string, self: Identity): Promise<Identity | null> => {
    const prefix = `${basename(dir)}.claim-`;
    const names = (await readdir(dirname(dir))).filter((name) => name.startsWith(prefix));
    for (const name of names) {
      const file = join(dirname(dir), name);
      if (file === own) continue;
      const holder = await readClaim(file);
      if (holder !== null && (await isHeld(file, holder, self))) return holder;
      await rm(file, { force: true });
    }
    return null;
  };

  const hold = (file: string, what: string): Claim => {
    const beat = setInterval(() => {
      // One that is gone is noticed by `check`.
      utimes(file, new Date(now()), new Date(now())).catch(() => undefined);
    }, claimBeatMs);
    beat.unref();
    return {
      check: async () => {
        if ((await readBeat(file)) === null) throw explainLost(what);
      },
      release: async () => {
        clearInterval(beat);
        await rm(file, { force: true });
      },
    };
  };

  const take: TakeClaim = async (dir, what) => {
    const self = options.identity ?? (await readIdentity());
    makeFolders(dirname(dir), 0o700);
    for (let attempt = 1; ; attempt += 1) {
      const file = `${dir}.claim-${randomUUID()}`;
      const draft = join(dirname(dir), `.${basename(file)}`);
      await writeFile(draft, JSON.stringify(self), { mode: 0o600, flag: 'wx' });
      await rename(draft, file);
      const holder = await findHolder(dir, file, self);
      if (holder === null) return hold(file, what);
      await rm(file, { force: true });
      if (attempt >= claimAttemptsMax) throw explainHeld(what, holder, holder.place === self.place);
      // Two that came at once have both seen the other; by chance one comes back first.
      await wait(50 + random() * 200);
    }
  };
  return (dir, what) => explaining(dir, () => take(dir, what));
};
