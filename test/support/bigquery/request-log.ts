import type { Subject } from './faults.ts';

/** A request as tests look at it. */
export type LoggedRequest = {
  method: string;
  /** Without the query. */
  path: string;
  query: Readonly<Record<string, string>>;
  jobId: string | undefined;
  labels: Readonly<Record<string, string>>;
  /** Of a query job. */
  sql: string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  bytes: number;
  /** Of the answer; undefined when none was given, or it was lost. */
  status: number | undefined;
};

type JobLike = {
  jobReference?: { jobId?: unknown };
  configuration?: { labels?: unknown; query?: { query?: unknown } };
  /** Of jobs.query, which has no configuration. */
  query?: unknown;
  labels?: unknown;
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** What a body says of the job it is about. */
export const describeJob = (body: unknown): Pick<Subject, 'jobId' | 'labels' | 'sql'> => {
  if (typeof body !== 'object' || body === null) return {};
  const { jobReference, configuration, query, labels } = body as JobLike;
  return {
    jobId: text(jobReference?.jobId),
    labels: (configuration?.labels ?? labels) as Subject['labels'],
    sql: text(configuration?.query?.query) ?? text(query),
  };
};
