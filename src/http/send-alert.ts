import { alertCharactersMax, alertTimeoutMs } from '../limits.ts';

/** As Slack's message format asks for. See https://api.slack.com/reference/surfaces/formatting#escaping. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What went wrong, without the address: that one is a secret. */
const stateOf = (error: unknown, timeoutMs: number): string => {
  const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
  if (name === 'TimeoutError') return `no answer in ${timeoutMs / 1000} seconds`;
  const { code } = Object(cause) as { code?: unknown };
  return typeof code === 'string' ? code : 'no connection';
};

/**
 * Tells an incoming webhook, in Slack's format, one line; once, since whoever calls has bad news already.
 * @returns null when it was taken, otherwise in a few words why not. Never throws.
 */
export const sendAlert = async (
  url: string,
  text: string,
  timeoutMs = alertTimeoutMs,
): Promise<string | null> => {
  const [line = ''] = text.split('\n');
  const cut = line.length > alertCharactersMax ? `${line.slice(0, alertCharactersMax)}…` : line;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'fieldmart' },
      body: JSON.stringify({ text: escape(cut) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok ? null : `status ${response.status}`;
  } catch (error) {
    return stateOf(error, timeoutMs);
  }
};
