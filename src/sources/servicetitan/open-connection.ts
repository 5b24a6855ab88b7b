import { openHttp } from '../../http/open-http.ts';
import type { Http, HttpLimits, HttpSettings } from '../../http/open-http.ts';
import { openTokens } from './auth.ts';
import type { Tokens } from './auth.ts';
import { createSourceClock } from './source-clock.ts';
import type { SourceClock } from './source-clock.ts';

/** Where one tenant is, and how to be let in. */
export type ConnectionSettings = {
  /** Address of the API, without a path. */
  baseUrl: string;
  /** Address of the token endpoint, with its path. */
  authUrl: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  appKey: string;
  requestsPerSecond: number;
  limits?: Partial<HttpLimits>;
} & Pick<HttpSettings, 'now' | 'sleep' | 'random' | 'log' | 'onRequest'>;

export type Connection = {
  http: Http;
  tokens: Tokens;
  /** The source's clock. */
  now: () => number;
  /** How far it is ahead of this machine's, in milliseconds, as the source's first answer says. */
  readSkewMs?: () => Promise<number>;
  log: (message: string, meta: Record<string, unknown>) => void;
};

/** Sends as before, and lets the clock see when. */
const watchClock =
  (send: Http['send'], clock: SourceClock, now: () => number): Http['send'] =>
  async (request) => {
    const sentAt = now();
    const answer = await send(request);
    const { serverMs } = answer;
    if (serverMs !== undefined) clock.observe({ date: serverMs, sentAt, receivedAt: now() });
    return answer;
  };

/** The way to one tenant: its hosts' pools and its token. Nothing is sent yet. */
export const openConnection = (settings: ConnectionSettings): Connection => {
  const { baseUrl, authUrl, clientId, clientSecret } = settings;
  const { now = Date.now, log = () => undefined } = settings;
  const opened = openHttp({ ...settings, urls: [baseUrl, authUrl] });
  const clock = createSourceClock(now);
  const http = { ...opened, send: watchClock(opened.send, clock, now) };
  const tokens = openTokens({ http, authUrl, clientId, clientSecret, now });
  const readSkewMs = async (): Promise<number> => {
    await tokens.prepare();
    return clock.skewMs();
  };
  return { http, tokens, now: clock.now, readSkewMs, log };
};
