import { openHttp } from '../../http/open-http.ts';
import type { Http, HttpLimits, HttpSettings } from '../../http/open-http.ts';
import { openTokens } from './auth.ts';
import type { Tokens } from './auth.ts';

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
  now: () => number;
  log: (message: string, meta: Record<string, unknown>) => void;
};

/** The way to one tenant: its hosts' pools and its token. Nothing is sent yet. */
export const openConnection = (settings: ConnectionSettings): Connection => {
  const { baseUrl, authUrl, clientId, clientSecret } = settings;
  const { now = Date.now, log = () => undefined } = settings;
  const http = openHttp({ ...settings, urls: [baseUrl, authUrl] });
  return { http, tokens: openTokens({ http, authUrl, clientId, clientSecret, now }), now, log };
};
