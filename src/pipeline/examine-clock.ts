import { ConfigError } from '../errors.ts';
import { clockSkewMsMax } from '../limits.ts';
import type { Examination } from '../model.ts';

/** A server's clock, and the machine's; milliseconds since 1970. */
export type Clocks = {
  /** Whose clock: `ServiceTitan`. */
  of: string;
  /** The server's instant; undefined where it does not say. */
  readClock: () => Promise<number | undefined>;
  now: () => number;
};

/** The header tells whole seconds, so that on average it is half of one behind. */
const roundingMs = 500;

/** Compares this machine's clock with a server's, in the middle between question and answer. */
export const examineClock = ({ of, readClock, now }: Clocks): Examination => ({
  about: `clock against ${of}`,
  look: async () => {
    const askedAt = now();
    const serverMs = await readClock();
    if (serverMs === undefined) return `${of} does not tell the time`;
    const skewMs = (askedAt + now()) / 2 - (serverMs + roundingMs);
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    if (Math.abs(skewMs) <= clockSkewMsMax) return `within ${Math.max(1, seconds)} s`;
    throw new ConfigError(
      `Cannot trust this machine's clock: it is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${of}'s; ` +
        'have it set by a time server',
    );
  },
});
