import type { Http } from '../../http/open-http.ts';
import type { Tokens } from './auth.ts';
import { cutRecords } from './cut-records.ts';
import type { Drift } from '../../model.ts';
import type { ApiRequest } from './requests.ts';
import { createSendAuthorized } from './send-authorized.ts';
import type { FieldWatch } from './watch-fields.ts';

/**
 * One response, cut, with what its envelope says; `receivedAt` is the UTC instant at which it was whole, `drift` what
 * the watch saw.
 */
export type CutPage<Envelope> = {
  body: Buffer;
  spans: number[];
  envelope: Envelope;
  receivedAt: string;
  drift: Drift[];
};

/**
 * Asks for one page, retries and token included. `readEnvelope` throws an HttpFailure of kind `body` where the envelope
 * is not what it should be, which is worth another attempt. Without a watch nothing is said to drift.
 * @throws HttpFailure, or SourceError where the token fails.
 */
export type AskPage = <Envelope>(
  request: ApiRequest,
  readEnvelope: (envelope: ReadonlyMap<string, unknown>) => Envelope,
  options: { watch: FieldWatch | undefined; timeouts?: boolean },
) => Promise<CutPage<Envelope>>;

type AskSettings = {
  http: Pick<Http, 'send' | 'retry'>;
  tokens: Tokens;
  baseUrl: string;
  appKey: string;
  now: () => number;
};

/** Asks with the token of the moment; see {@link createSendAuthorized}. */
export const createAskPage = ({ http, tokens, baseUrl, appKey, now }: AskSettings): AskPage => {
  const root = baseUrl.replace(/\/+$/, '');
  return (request, readEnvelope, { watch, ...options }) => {
    const url = `${root}${request.path}?${new URLSearchParams(request.query).toString()}`;
    const send = createSendAuthorized({ http, tokens, appKey });
    return http.retry(async () => {
      const { body } = await send({ url });
      const receivedAt = new Date(now()).toISOString();
      const { spans, envelope } = cutRecords(body, watch?.tally);
      const drift = watch?.drift() ?? [];
      return { body, spans, envelope: readEnvelope(envelope), receivedAt, drift };
    }, options);
  };
};
