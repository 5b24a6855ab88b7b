import { HttpFailure } from '../../http/failure.ts';
import type { Answer, Http, HttpRequest } from '../../http/open-http.ts';
import type { Tokens } from './auth.ts';

/** Sends a request with the tenant's token of the moment. */
export type SendAuthorized = (request: Omit<HttpRequest, 'headers'>) => Promise<Answer>;

const isRefusedToken = (error: unknown): boolean =>
  error instanceof HttpFailure && error.facts.status === 401;

/**
 * Sends the attempts of one request. Each is built anew with the token of its moment. A 401 renews the token once per
 * request: the second one is final, because then it is not the token's age.
 */
export const createSendAuthorized = (settings: {
  http: Pick<Http, 'send'>;
  tokens: Tokens;
  appKey: string;
}): SendAuthorized => {
  const { http, tokens, appKey } = settings;
  let renewed = false;

  const send = (request: Omit<HttpRequest, 'headers'>, token: string): Promise<Answer> =>
    http.send({
      ...request,
      headers: {
        authorization: `Bearer ${token}`,
        'st-app-key': appKey,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });

  return async (request) => {
    const token = await tokens.current();
    try {
      return await send(request, token);
    } catch (error) {
      if (renewed || !isRefusedToken(error)) throw error;
      renewed = true;
      return send(request, await tokens.renew(token));
    }
  };
};
