import { HttpFailure } from '../../http/failure.ts';
import type { Http } from '../../http/open-http.ts';
import type { Tokens } from './auth.ts';
import { cutRecords } from './cut-records.ts';
import type { ApiRequest } from './requests.ts';

/** One response, cut, with what its envelope says; `receivedAt` is the UTC instant at which it was whole. */
export type CutPage<Envelope> = {
  body: Buffer;
  spans: number[];
  envelope: Envelope;
  receivedAt: string;
};

/**
 * Asks for one page, retries and token included. `readEnvelope` throws an HttpFailure of kind `body` where the envelope
 * is not what it should be, which is worth another attempt.
 * @throws HttpFailure, or SourceError where the token fails.
 */
export type AskPage = <Envelope>(
  request: ApiRequest,
  readEnvelope: (envelope: ReadonlyMap<string, unknown>) => Envelope,
  options?: { timeouts?: boolean },
) => Promise<CutPage<Envelope>>;

type AskSettings = {
  http: Pick<Http, 'send' | 'retry'>;
  tokens: Tokens;
  baseUrl: string;
  appKey: string;
  now: () => number;
};

const isRefusedToken = (error: unknown): boolean =>
  error instanceof HttpFailure && error.facts.status === 401;

/**
 * Each attempt is built anew with the token of its moment. A 401 renews the token once per page: the second one is
 * final, because then it is not the token's age.
 */
export const createAskPage = ({ http, tokens, baseUrl, appKey, now }: AskSettings): AskPage => {
  const root = baseUrl.replace(/\/+$/, '');

  const send = async (token: string, url: string) => {
    const { body } = await http.send({
      url,
      headers: {
        authorization: `Bearer ${token}`,
        'st-app-key': appKey,
        accept: 'application/json',
      },
    });
    const receivedAt = new Date(now()).toISOString();
    return { body, receivedAt };
  };

  return (request, readEnvelope, options) => {
    const url = `${root}${request.path}?${new URLSearchParams(request.query).toString()}`;
    let renewed = false;

    const sendAuthorized = async () => {
      const token = await tokens.current();
      try {
        return await send(token, url);
      } catch (error) {
        if (renewed || !isRefusedToken(error)) throw error;
        renewed = true;
        return send(await tokens.renew(token), url);
      }
    };

    return http.retry(async () => {
      const { body, receivedAt } = await sendAuthorized();
      const { spans, envelope } = cutRecords(body);
      return { body, spans, envelope: readEnvelope(envelope), receivedAt };
    }, options);
  };
};
