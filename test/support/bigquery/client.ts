import type { Bigquery } from './start-bigquery.ts';

/** An answer of the stand-in's; a body that is no JSON is under `text`. */
export type Answered = { status: number; body: Record<string, unknown>; headers: Headers };

/** A job as the API writes it, as far as tests look at it. */
export type JobResource = {
  jobReference: { jobId: string; location: string };
  status: {
    state: string;
    errorResult?: { reason: string; message: string; location?: string };
    errors?: { reason: string; message: string }[];
  };
  statistics: {
    totalBytesProcessed?: string;
    numChildJobs?: string;
    query?: Record<string, unknown>;
    load?: Record<string, string>;
    copy?: Record<string, string>;
  };
  configuration: Record<string, unknown>;
};

export type RunOptions = {
  jobId?: string;
  location?: string;
  /** More of `configuration.query`. */
  query?: object;
  /** More of `configuration`. */
  configuration?: object;
};

const readBody = async (answer: Response): Promise<Record<string, unknown>> => {
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  return isJson ? (JSON.parse(text) as Record<string, unknown>) : { text };
};

/** Calls the API as a client would, without any library. */
export const createClient = ({ url, projectId }: Pick<Bigquery, 'url' | 'projectId'>) => {
  const base = `${url}/bigquery/v2/projects/${projectId}`;
  const headers = { authorization: 'Bearer any', 'content-type': 'application/json' };

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answered> => {
    const answer = await fetch(path.startsWith('http') ? path : `${base}${path}`, {
      method,
      headers: { ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await readBody(answer), headers: answer.headers };
  };

  const start = (sql: string, options: RunOptions = {}): Promise<Answered> => {
    const { jobId, location, query, configuration } = options;
    return call('POST', '/jobs', {
      jobReference: {
        projectId,
        ...(jobId === undefined ? {} : { jobId }),
        ...(location === undefined ? {} : { location }),
      },
      configuration: { query: { query: sql, useLegacySql: false, ...query }, ...configuration },
    });
  };

  /** Asks for a job, which waits for its end unless it is slow or held. */
  const look = async (jobId: string, location = 'US'): Promise<JobResource> => {
    const { body } = await call('GET', `/jobs/${jobId}?location=${location}`);
    return body as unknown as JobResource;
  };

  /**
   * Starts a query job and waits for its end.
   * @throws Error when it is not accepted.
   */
  const run = async (sql: string, options: RunOptions = {}): Promise<JobResource> => {
    const { status, body } = await start(sql, options);
    if (status !== 200) throw new Error(JSON.stringify(body.error));
    const job = body as unknown as JobResource;
    if (job.status.state === 'DONE') return job;
    return look(job.jobReference.jobId, job.jobReference.location);
  };

  /**
   * The rows of a query, each cell as the API writes it.
   * @throws Error when the query fails.
   */
  const rows = async (sql: string, more: object = {}): Promise<unknown[][]> => {
    const { body } = await call('POST', '/queries', {
      ...{ query: sql, useLegacySql: false, formatOptions: { useInt64Timestamp: true } },
      ...more,
    });
    if (body.error !== undefined) throw new Error(JSON.stringify(body.error));
    const found = (body.rows ?? []) as { f: { v: unknown }[] }[];
    return found.map(({ f }) => f.map(({ v }) => v));
  };

  return { call, start, look, run, rows };
};
