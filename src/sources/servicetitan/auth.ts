import { HttpFailure } from '../../http/failure.ts';
import type { Http } from '../../http/open-http.ts';
import { tokenRenewEarlyMs } from '../../limits.ts';
import { explainTokenFailure } from './explain-failure.ts';

export type Tokens = {
  /** The tenant's token, fetched or renewed where needed; callers at the same time share one request. */
  current: () => Promise<string>;
  /** A token other than `stale`, which the API has refused: the one fetched since, or a new one. */
  renew: (stale: string) => Promise<string>;
  /** Asks for the token ahead of its use, once. What goes wrong is met again, and told, by who needs the token. */
  prepare: () => Promise<void>;
};

type TokenSettings = {
  http: Pick<Http, 'send' | 'retry'>;
  /** The token endpoint in full. */
  authUrl: string;
  clientId: string;
  clientSecret: string;
  now: () => number;
};

/** A token and when to renew it, in milliseconds since 1970. */
type Token = { text: string; renewAt: number };

const readToken = (body: Buffer, askedAt: number): Token => {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpFailure('body');
  }
  const members = Object(answer) as Record<string, unknown>;
  const { access_token: text, expires_in: seconds } = members;
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) throw new HttpFailure('body');
  if (typeof seconds !== 'number' || !(seconds > 0)) throw new HttpFailure('body');
  const lifeMs = seconds * 1000;
  return { text, renewAt: askedAt + lifeMs - Math.min(tokenRenewEarlyMs, lifeMs / 2) };
};

/**
 * OAuth 2 client credentials, as section "Authentication" of ServiceTitan's documentation has them: no scope is asked
 * for and there is no refresh token, so a token is simply fetched anew. It lives in memory only. `current` and `renew`
 * throw SourceError when the token endpoint refuses or stays unreachable.
 */
export const openTokens = (settings: TokenSettings): Tokens => {
  const { http, authUrl, clientId, clientSecret, now } = settings;
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;

  const fetchToken = async (): Promise<Token> => {
    const askedAt = now();
    const { body } = await http.send({
      url: authUrl,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
    });
    return readToken(body, askedAt);
  };

  const replace = async (): Promise<Token> => {
    try {
      token = await http.retry(fetchToken);
      return token;
    } catch (error) {
      throw explainTokenFailure(error);
    } finally {
      pending = undefined;
    }
  };

  const current = async (): Promise<string> => {
    if (token !== undefined && now() < token.renewAt) return token.text;
    pending ??= replace();
    return (await pending).text;
  };

  const prepare = async (): Promise<void> => {
    try {
      token ??= await fetchToken();
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
    }
  };

  return {
    current,
    prepare,
    renew: async (stale) => {
      if (token?.text === stale) token = undefined;
      return current();
    },
  };
};
