import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import pThrottle from 'p-throttle';
import { Pool } from 'undici';
import {
  firstContactAttemptsMax,
  requestAttemptsMax,
  requestTimeoutMs,
  requestsInFlightMax,
  responseBytesMax,
  retryAfterMaxMs,
  retryDelayMaxMs,
  retryDelayMinMs,
} from '../limits.ts';
import { HttpFailure, failureOf } from './failure.ts';
import { readBody } from './read-body.ts';
import { readRefusal } from './read-refusal.ts';
import { createRetry } from './retry.ts';
import type { Retry } from './retry.ts';
import { unzipBody } from './unzip-body.ts';

export type HttpRequest = {
  /** Absolute; its origin is one of those opened. */
  url: string;
  method?: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string;
};

/** A 2xx answer, whole and unpacked. */
export type Answer = {
  status: number;
  /** Nothing else is in its memory, which can be given back when it is of no more use. */
  body: Buffer;
  /** The server's clock when it answered, in milliseconds since 1970, where it says so. */
  serverMs?: number;
};

/** The bounds of one request and its retries; each defaults to the constant of its name in limits.ts. */
export type HttpLimits = {
  requestTimeoutMs: number;
  requestAttemptsMax: number;
  firstContactAttemptsMax: number;
  requestsInFlightMax: number;
  responseBytesMax: number;
  retryDelayMinMs: number;
  retryDelayMaxMs: number;
  retryAfterMaxMs: number;
};

export type HttpSettings = {
  /** The servers to talk to: addresses whose origins count, once each. */
  urls: readonly string[];
  /** Requests a second to each host, evenly enforced: no interval of a second sees more. */
  requestsPerSecond: number;
  limits?: Partial<HttpLimits>;
  /** Milliseconds since 1970. Default: the clock. */
  now?: () => number;
  /** Waits; should reject when the signal aborts. Default: a timer. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1, for the jitter. Default: Math.random. */
  random?: () => number;
  log?: (message: string, meta: Record<string, unknown>) => void;
  /** Called before each request is sent, retries too. */
  onRequest?: () => void;
};

export type Http = {
  /**
   * Makes one request, once.
   * @throws HttpFailure for everything but a whole 2xx answer.
   */
  send: (request: HttpRequest) => Promise<Answer>;
  /** Makes an attempt until it succeeds or its failure is not worth another. */
  retry: Retry;
  /**
   * Waits.
   * @throws HttpFailure of kind `closed` when the program ends meanwhile.
   */
  pause: (ms: number) => Promise<void>;
  /** Breaks off what is in flight; nothing is sent afterwards. */
  close: () => Promise<void>;
};

type Host = {
  name: string;
  pool: Pool;
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  answered: boolean;
  /** No request before this instant: the host asked to wait. */
  quietUntil: number;
};

const defaults: HttpLimits = {
  requestTimeoutMs,
  requestAttemptsMax,
  firstContactAttemptsMax,
  requestsInFlightMax,
  responseBytesMax,
  retryDelayMinMs,
  retryDelayMaxMs,
  retryAfterMaxMs,
};

const sleepByTimer = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal });
};

/** The length that a response says its body has; undefined where it says none, or none that can be. */
const readLength = (header: unknown): number | undefined =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

const readClock = (date: unknown): Pick<Answer, 'serverMs'> => {
  const serverMs = Date.parse(String(date));
  return Number.isNaN(serverMs) ? {} : { serverMs };
};

const throttleOf = (requestsPerSecond: number, signal: AbortSignal) => {
  const limit = Math.max(1, Math.floor(requestsPerSecond));
  return pThrottle({ limit, interval: (limit / requestsPerSecond) * 1000, strict: true, signal });
};

/**
 * Opens one pool of kept-alive connections per host, each with a bound on requests at once, a rate limit and timeouts.
 * Redirects are not followed. Timeouts count from when a request's turn has come.
 */
export const openHttp = (settings: HttpSettings): Http => {
  const limits = { ...defaults, ...settings.limits };
  const { now = Date.now, sleep = sleepByTimer, random = Math.random, log } = settings;
  const closing = new AbortController();

  const pause = async (ms: number): Promise<void> => {
    try {
      await sleep(ms, closing.signal);
    } finally {
      closing.signal.throwIfAborted();
    }
  };

  const openHost = (origin: string): Host => {
    const slots = pLimit(limits.requestsInFlightMax);
    const throttle = throttleOf(settings.requestsPerSecond, closing.signal);
    const start = throttle(() => Promise.resolve());
    const host: Host = {
      name: new URL(origin).host,
      pool: new Pool(origin, {
        connections: limits.requestsInFlightMax,
        maxResponseSize: limits.responseBytesMax,
        headersTimeout: limits.requestTimeoutMs,
        bodyTimeout: limits.requestTimeoutMs,
        connectTimeout: Math.min(30_000, limits.requestTimeoutMs),
      }),
      inTurn: (work) =>
        slots(async () => {
          const quietMs = host.quietUntil - now();
          if (quietMs > 0) await pause(quietMs);
          await start();
          return work();
        }),
      answered: false,
      quietUntil: 0,
    };
    return host;
  };

  const hosts = new Map<string, Host>();
  for (const url of settings.urls) {
    const { origin } = new URL(url);
    if (!hosts.has(origin)) hosts.set(origin, openHost(origin));
  }

  const unpack = async (encoding: unknown, packed: Buffer): Promise<Buffer> => {
    if (encoding === undefined || encoding === 'identity') return packed;
    if (encoding !== 'gzip') throw new HttpFailure('body');
    return unzipBody(packed, limits.responseBytesMax);
  };

  const refuse = (
    host: Host,
    { status, body, ...clock }: Answer,
    retryAfter: unknown,
  ): HttpFailure => {
    if (status >= 300 && status < 400)
      return new HttpFailure('redirect', { host: host.name, status });
    const refusal = readRefusal({
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body,
      // A wait until an instant is meant by the clock of who asks for it.
      now: clock.serverMs ?? now(),
    });
    if (refusal.retryAfterMs !== undefined && refusal.retryAfterMs <= limits.retryAfterMaxMs) {
      host.quietUntil = Math.max(host.quietUntil, now() + refusal.retryAfterMs);
    }
    return new HttpFailure('status', { host: host.name, status, ...clock, ...refusal });
  };

  const exchange = async (host: Host, request: HttpRequest): Promise<Answer> => {
    const { pathname, search } = new URL(request.url);
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
    }, limits.requestTimeoutMs);
    try {
      settings.onRequest?.();
      const { statusCode, headers, body } = await host.pool.request({
        path: pathname + search,
        method: request.method ?? 'GET',
        headers: { 'accept-encoding': 'gzip', 'user-agent': 'fieldmart', ...request.headers },
        body: request.body ?? null,
        signal: late.signal,
      });
      host.answered = true;
      const packed = await readBody(body, readLength(headers['content-length']));
      const whole = await unpack(headers['content-encoding'], packed);
      const answer = { status: statusCode, body: whole, ...readClock(headers.date) };
      if (statusCode >= 200 && statusCode < 300) return answer;
      throw refuse(host, answer, headers['retry-after']);
    } catch (error) {
      if (late.signal.aborted) throw new HttpFailure('timeout', { host: host.name });
      throw failureOf(error, { host: host.name, firstContact: !host.answered });
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    send: (request) => {
      const host = hosts.get(new URL(request.url).origin);
      if (host === undefined) throw new Error('The request is for a host that was not opened.');
      return host.inTurn(() => exchange(host, request));
    },
    retry: createRetry({
      limits,
      random,
      sleep: pause,
      signal: closing.signal,
      log: log ?? (() => undefined),
    }),
    pause,
    close: async () => {
      closing.abort(new HttpFailure('closed'));
      await Promise.all([...hosts.values()].map(({ pool }) => pool.destroy()));
    },
  };
};
