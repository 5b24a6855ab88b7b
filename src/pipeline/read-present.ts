import { clockSkewMsMax } from '../limits.ts';
import { shiftInstant } from './local-dates.ts';
import type { PipelineDeps } from './run-moves.ts';

/**
 * The present by the source's clock. Its stamps are compared with what a run notes as its beginning: a machine whose
 * clock is ahead would begin the next read too late.
 * @param now UTC instant by this machine's clock.
 */
export const readPresent = async (
  now: string,
  { source, log }: Pick<PipelineDeps, 'source' | 'log'>,
): Promise<string> => {
  const skewMs = (await source.readSkewMs?.()) ?? 0;
  if (Math.abs(skewMs) > clockSkewMsMax) {
    log.warn('this machine’s clock is wrong by the source’s, which is gone by; set the clock', {
      seconds: Math.round(-skewMs / 1000),
    });
  }
  return shiftInstant(now, skewMs);
};
