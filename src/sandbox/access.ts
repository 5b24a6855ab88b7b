import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from './problem.ts';

export type Credentials = {
  clientId: string;
  clientSecret: string;
  appKey: string;
  tenantId: string;
};

/** Gives out tokens and checks requests. */
export type Access = {
  /** Answers a token request: status and body. */
  grant(form: URLSearchParams): { status: number; body: string; headers?: Record<string, string> };
  /** @throws ProblemError when key, token or tenant are wrong. */
  check: (headers: IncomingHttpHeaders, tenantId: string) => void;
  expireAll: () => void;
};

const tokenRequestsPerSecondMax = 20;

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const refuse = (status: number, title: string): never => {
  throw new ProblemError({ status, title });
};

/** Tokens live by the client's clock, whatever time has passed in the sandbox. */
export function createAccess(options: {
  credentials: Credentials;
  tokenLifetimeMs: number;
  nowMs: () => number;
  seed: number;
}): Access {
  const { credentials, tokenLifetimeMs, nowMs } = options;
  const expiries = new Map<string, number>();
  let asked: number[] = [];
  let given = 0;

  const newToken = (): string => {
    given += 1;
    const body = createHash('sha256').update(`${options.seed}/${given}`).digest('base64url');
    return `eyJzYW5kYm94Ijoi${given}.${body}`;
  };

  return {
    grant(form) {
      const now = nowMs();
      asked = asked.filter((time) => time > now - 1000);
      if (asked.length >= tokenRequestsPerSecondMax) {
        const headers = { 'retry-after': '1' };
        return { status: 429, body: '{"error":"slow_down"}', headers };
      }
      asked.push(now);
      if (form.get('grant_type') !== 'client_credentials') {
        return { status: 400, body: '{"error":"unsupported_grant_type"}' };
      }
      const known =
        equal(form.get('client_id') ?? '', credentials.clientId) &&
        equal(form.get('client_secret') ?? '', credentials.clientSecret);
      if (!known) return { status: 401, body: '{"error":"invalid_client"}' };
      const token = newToken();
      expiries.set(token, now + tokenLifetimeMs);
      const body = JSON.stringify({
        access_token: token,
        expires_in: Math.floor(tokenLifetimeMs / 1000),
        token_type: 'Bearer',
        scope: 'sandbox',
      });
      return { status: 200, body };
    },
    check(headers, tenantId) {
      if (headers['st-app-key'] !== credentials.appKey)
        refuse(401, 'The application key is not valid.');
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
      if ((expiries.get(token) ?? 0) <= nowMs())
        refuse(401, 'The token is not valid or has expired.');
      if (tenantId !== credentials.tenantId)
        refuse(403, 'The application is not connected to this tenant.');
    },
    expireAll() {
      expiries.clear();
    },
  };
}
