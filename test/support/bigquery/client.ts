import type { Bigquery } from './start-bigquery.ts';

/** A JSON answer of the stand-in's. */
export type Answered = { status: number; body: Record<string, unknown>; headers: Headers };

/** Calls the API as a client would, without any library. */
export const createClient = ({ url, projectId }: Bigquery) => {
  const base = `${url}/bigquery/v2/projects/${projectId}`;
  const headers = { authorization: 'Bearer any', 'content-type': 'application/json' };

  const call = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await fetch(path.startsWith('http') ? path : `${base}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
    return {
      status: answer.status,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
      headers: answer.headers,
    };
  };

  /** Starts a query job and waits for its end. */
  const run = async (
    sql: string,
    more: { jobId?: string; query?: object; configuration?: object; location?: string } = {},
  ): Promise<Record<string, never>> => {
    const { jobId, location } = more;
    const started = await call('POST', '/jobs', {
      ...{ jobReference: { ...(jobId && { jobId }), ...(location && { location }) } },
      configuration: {
        query: { query: sql, useLegacySql: false, ...more.query },
        ...more.configuration,
      },
    });
    if (started.status !== 200) return started.body as Record<string, never>;
    const { jobReference } = started.body as { jobReference: { jobId: string; location: string } };
    const path = `/jobs/${jobReference.jobId}?location=${jobReference.location}`;
    return (await call('GET', path)).body as Record<string, never>;
  };

  /** The rows of a query, each cell as the API writes it. */
  const rows = async (sql: string, more: object = {}): Promise<unknown[][]> => {
    const { body } = await call('POST', '/queries', {
      ...{ query: sql, useLegacySql: false, formatOptions: { useInt64Timestamp: true } },
      ...more,
    });
    if (body.error !== undefined) throw new Error(JSON.stringify(body.error));
    const found = (body.rows ?? []) as { f: { v: unknown }[] }[];
    return found.map(({ f }) => f.map(({ v }) => v));
  };

  return { call, run, rows };
};
