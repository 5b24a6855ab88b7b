import { WarehouseError } from '../../errors.ts';
import { isStandIn, type Address, type Client } from './connect.ts';
import { BigqueryFailure, readFailure } from './failure.ts';

/** One request of Google's; its body is sent as it is. */
export type Question = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Buffer;
  timeoutMs: number;
};

/** An answer, whatever its status: a redirect is one too. */
export type Answer = { status: number; headers: Headers; text: string };

/** Whether a request with credentials may go there: to the API itself, or to another host of Google's. */
const isAllowed = (url: URL, address: Address): boolean => {
  const { apiEndpoint } = address;
  if (apiEndpoint !== null && new URL(apiEndpoint).origin === url.origin) return true;
  if (isStandIn(address)) return false;
  return url.protocol === 'https:' && url.hostname.endsWith('.googleapis.com') && url.port === '';
};

/**
 * Makes one request with Google's credentials. Redirects are not followed, and nothing is sent to a host that is not
 * Google's (an answer may name one: the address of an upload).
 * @throws WarehouseError for another host; whatever Google's library throws without an answer.
 */
export const ask = async (
  client: Client,
  address: Address,
  { method, url, headers = {}, body, timeoutMs }: Question,
): Promise<Answer> => {
  const target = new URL(url);
  if (!isAllowed(target, address)) {
    throw new WarehouseError(
      `Cannot ask BigQuery: credentials are not sent to ${target.host}, which is no host of Google's; check ` +
        'BIGQUERY_API_ENDPOINT and the proxy in between',
    );
  }
  const answer = await client.authClient.request<unknown>({
    ...{ method, url, headers, timeout: timeoutMs, retry: false, redirect: 'manual' as const },
    ...(body !== undefined && { data: body }),
    ...{ responseType: 'text' as const, validateStatus: () => true },
  });
  const { status, data } = answer;
  const text = typeof data === 'string' ? data : '';
  return { status, headers: new Headers(answer.headers), text };
};

/** What an answer that is a refusal says. */
export const refusalOf = ({ status, text }: Answer, { host }: URL): BigqueryFailure => {
  if (status >= 300 && status < 400) {
    return new BigqueryFailure(host, { status, reason: 'redirect' });
  }
  const error = Object.assign(new Error(`status ${status}`), { response: { status, data: text } });
  return (
    readFailure(error) ?? new BigqueryFailure(`status ${status}`, { status, reason: 'refused' })
  );
};
