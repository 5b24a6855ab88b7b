import { clockTrustedMsMax } from '../../limits.ts';

/** The source's clock, as far as its answers tell. */
export type SourceClock = {
  /** Milliseconds since 1970 by the source's clock; by this machine's as long as no answer says otherwise. */
  now: () => number;
  /** How far the source's clock is ahead of this machine's. */
  skewMs: () => number;
  /** Takes note of the `Date` of an answer to a request, all in milliseconds since 1970. */
  observe: (answer: { date: number; sentAt: number; receivedAt: number }) => void;
};

/**
 * Creates the clock. `Date` has whole seconds and was written between sending and receiving, so each answer leaves a
 * range for the difference; the difference known so far is kept while it lies in there. Where both clocks agree it is
 * 0 to the millisecond.
 * @param now This machine's clock.
 */
export const createSourceClock = (now: () => number): SourceClock => {
  let skewMs = 0;
  return {
    now: () => now() + skewMs,
    skewMs: () => skewMs,
    observe: ({ date, sentAt, receivedAt }) => {
      const least = date - receivedAt;
      const most = date + 999 - sentAt;
      if (Math.abs(least) > clockTrustedMsMax) return;
      skewMs = Math.min(Math.max(skewMs, least), most);
    },
  };
};
