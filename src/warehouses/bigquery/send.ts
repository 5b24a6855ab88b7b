import { BigqueryFailure, mayPass, readFailure } from './failure.ts';

/** Time and chance, as arguments. */
export type Pace = {
  sleep: (ms: number) => Promise<void>;
  random: () => number;
  limits: {
    /** One request. The client library's own requests have no timeout. */
    requestTimeoutMs: number;
    requestAttemptsMax: number;
    retryDelayMinMs: number;
    retryDelayMaxMs: number;
  };
};

/** Half of the delay is certain, the other half is chance, so that many callers spread. */
export const delayMsOf = ({ random, limits }: Pace, attempt: number): number => {
  const full = Math.min(limits.retryDelayMaxMs, limits.retryDelayMinMs * 2 ** (attempt - 1));
  return Math.round((full / 2) * (1 + random()));
};

const withTimeout = async <T>(request: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const facts = { status: null, reason: 'timeout' };
      reject(new BigqueryFailure(`no answer within ${timeoutMs / 1000} s`, facts));
    }, timeoutMs);
  });
  try {
    return await Promise.race([request, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Sends a request, again while its failure may pass: only for what does no harm when it is carried out twice.
 * @param request Gets told whether an earlier attempt may have been carried out.
 * @throws BigqueryFailure when it is refused, or when the attempts are over.
 */
export const send = async <T>(pace: Pace, request: (again: boolean) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withTimeout(request(attempt > 1), pace.limits.requestTimeoutMs);
    } catch (error) {
      const failure = readFailure(error);
      if (failure === undefined) throw error;
      if (!mayPass(failure) || attempt >= pace.limits.requestAttemptsMax) throw failure;
    }
    await pace.sleep(delayMsOf(pace, attempt));
  }
};
