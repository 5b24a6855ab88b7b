import pRetry from 'p-retry';
import { HttpFailure } from './failure.ts';

/**
 * Makes an attempt again while its HttpFailure may pass: 408, 429, 5xx, broken connections, cut or senseless bodies,
 * hosts out of reach, and timeouts unless `timeouts` is false. Anything else is thrown at once.
 * @throws HttpFailure with `attempts` when they are over.
 */
export type Retry = <T>(attempt: () => Promise<T>, options?: { timeouts?: boolean }) => Promise<T>;

type RetrySettings = {
  limits: {
    requestAttemptsMax: number;
    firstContactAttemptsMax: number;
    retryDelayMinMs: number;
    retryDelayMaxMs: number;
    retryAfterMaxMs: number;
  };
  random: () => number;
  sleep: (ms: number) => Promise<void>;
  signal: AbortSignal;
  log: (message: string, meta: Record<string, unknown>) => void;
};

const isPassingStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501);

/** Creates the one retry loop of the program: exponential back-off with jitter, a server's wish obeyed. */
export const createRetry = ({ limits, random, sleep, signal, log }: RetrySettings): Retry => {
  const attemptsMaxOf = (failure: HttpFailure): number =>
    failure.kind === 'unreachable' && failure.facts.firstContact === true
      ? limits.firstContactAttemptsMax
      : limits.requestAttemptsMax;

  const mayPass = (failure: HttpFailure, timeouts: boolean): boolean => {
    const { status = 0, retryAfterMs = 0 } = failure.facts;
    switch (failure.kind) {
      case 'status':
        return isPassingStatus(status) && retryAfterMs <= limits.retryAfterMaxMs;
      case 'timeout':
        return timeouts;
      case 'cut':
      case 'body':
      case 'unreachable':
        return true;
      case 'redirect':
      case 'tooLarge':
      case 'tls':
      case 'closed':
        return false;
    }
  };

  /** Half of the delay is certain, the other half is chance, so that many callers spread. */
  const delayMsOf = (attempt: number): number => {
    const full = Math.min(limits.retryDelayMaxMs, limits.retryDelayMinMs * 2 ** (attempt - 1));
    return Math.round((full / 2) * (1 + random()));
  };

  return (attempt, { timeouts = true } = {}) =>
    pRetry(attempt, {
      retries: limits.requestAttemptsMax - 1,
      minTimeout: 0,
      maxTimeout: 0,
      signal,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (!(error instanceof HttpFailure)) throw error;
        error.attempts = attemptNumber;
        if (!mayPass(error, timeouts) || attemptNumber >= attemptsMaxOf(error)) throw error;
        const delayMs = delayMsOf(attemptNumber);
        const { host, status, code, retryAfterMs } = error.facts;
        const facts = { kind: error.kind, host, status, code, retryAfterMs };
        log('request failed, asking again', { ...facts, attempt: attemptNumber, delayMs });
        await sleep(delayMs);
      },
    });
};
