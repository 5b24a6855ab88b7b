import { HttpFailure } from '../../../http/failure.ts';
import type { Http } from '../../../http/open-http.ts';
import {
  reportMaintenanceWaitMs,
  reportMaintenanceWaitsMax,
  retryAfterMaxMs,
} from '../../../limits.ts';
import type { Tokens } from '../auth.ts';
import { createSendAuthorized } from '../send-authorized.ts';

/** A request below `/reporting/v2/tenant/{tenant}/`; with a body it is a POST. */
export type ReportRequest = { path: string; query?: Record<string, string>; body?: string };

/**
 * Makes a request of the Reporting API until it succeeds, within bounds: retries and token as everywhere, and while
 * reports are suspended for maintenance (409) it waits.
 * @throws HttpFailure, or SourceError where the token fails.
 */
export type AskReport = <T>(request: ReportRequest, read: (body: Buffer) => T) => Promise<T>;

type AskSettings = {
  http: Http;
  tokens: Tokens;
  baseUrl: string;
  tenantId: string;
  appKey: string;
  log: (message: string, meta: Record<string, unknown>) => void;
};

const isMaintenance = (error: unknown): error is HttpFailure =>
  error instanceof HttpFailure &&
  error.facts.status === 409 &&
  (error.facts.retryAfterMs ?? 0) <= retryAfterMaxMs;

export const createAskReport = (settings: AskSettings): AskReport => {
  const { http, tokens, appKey, log } = settings;
  const tenant = encodeURIComponent(settings.tenantId);
  const root = `${settings.baseUrl.replace(/\/+$/, '')}/reporting/v2/tenant/${tenant}/`;

  return async ({ path, query = {}, body }, read) => {
    const url = `${root}${path}?${new URLSearchParams(query).toString()}`;
    const request = body === undefined ? { url } : { url, method: 'POST' as const, body };
    const send = createSendAuthorized({ http, tokens, appKey });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await http.retry(async () => read((await send(request)).body));
      } catch (error) {
        if (!isMaintenance(error)) throw error;
        error.attempts = attempt;
        if (attempt > reportMaintenanceWaitsMax) throw error;
        const waitMs = Math.max(reportMaintenanceWaitMs, error.facts.retryAfterMs ?? 0);
        log('reports are suspended for maintenance, waiting', { attempt, waitMs });
        await http.pause(waitMs);
      }
    }
  };
};
