import { z } from 'zod';
import { parseBody, parseJobRequest, type JobRequest } from '../jobs/configuration.ts';
import { nameJob, type Job } from '../jobs/job.ts';
import { writeJob, writeRows, writeSchema } from '../jobs/job-resource.ts';
import { Refusal } from '../refusals.ts';
import { nextToken, cutPage, readPage } from './paging.ts';
import { ok, readJsonBody, type Api, type ApiResponse, type Route } from './request.ts';
import { readFormat } from './table-data.ts';

const insert: Route = {
  id: 'jobs.insert',
  method: 'POST',
  path: 'projects/{projectId}/jobs',
  parameters: [],
  takesBody: true,
  answer: async ({ world, jobs }, request) => {
    const job = await jobs.insert(parseJobRequest(readJsonBody(request)), undefined);
    return ok(writeJob(world.projectId, job));
  },
};

const get: Route = {
  id: 'jobs.get',
  method: 'GET',
  path: 'projects/{projectId}/jobs/{jobId}',
  parameters: ['location'],
  answer: async ({ world, jobs }, { query }, { jobId = '' }) => {
    const { projectId } = world;
    world.access.check('bigquery.jobs.get', { kind: 'project', projectId });
    const job = jobs.find(jobId, query.get('location'));
    await jobs.settle(job);
    return ok(writeJob(projectId, job));
  },
};

const states = (query: URLSearchParams): string[] =>
  query.getAll('stateFilter').map((state) => state.toUpperCase());

const list: Route = {
  id: 'jobs.list',
  method: 'GET',
  path: 'projects/{projectId}/jobs',
  parameters: [
    ...['allUsers', 'maxResults', 'pageToken', 'parentJobId', 'projection', 'stateFilter'],
    ...['minCreationTime', 'maxCreationTime'],
  ],
  answer: ({ world, jobs, pages }, { query }) => {
    const { projectId } = world;
    world.access.check('bigquery.jobs.list', { kind: 'project', projectId });
    const wanted = states(query);
    const from = Number(query.get('minCreationTime') ?? 0);
    const to = Number(query.get('maxCreationTime') ?? Number.MAX_SAFE_INTEGER);
    const parent = query.get('parentJobId') ?? undefined;
    const all = jobs
      .list()
      .filter(({ creationTime }) => creationTime >= from && creationTime <= to)
      .filter(({ state }) => wanted.length === 0 || wanted.includes(state))
      .filter(({ parentJobId }) => parentJobId === parent);
    const { items, pageToken } = cutPage(all, query, { rowsMax: pages.listMax });
    return ok({
      kind: 'bigquery#jobList',
      jobs: items.map((job) => {
        const { configuration, ...rest } = writeJob(projectId, job);
        const more = query.get('projection') === 'full' ? { configuration } : {};
        return { ...rest, ...more, state: job.state, errorResult: job.errorResult };
      }),
      nextPageToken: pageToken,
    });
  },
};

const cancel: Route = {
  id: 'jobs.cancel',
  method: 'POST',
  path: 'projects/{projectId}/jobs/{jobId}/cancel',
  parameters: ['location'],
  answer: async ({ world, jobs }, { query }, { jobId = '' }) => {
    const job = jobs.find(jobId, query.get('location'));
    if (job.state !== 'DONE') await jobs.cancel(job);
    return ok({ kind: 'bigquery#jobCancelResponse', job: writeJob(world.projectId, job) });
  },
};

type Format = { int64Timestamp: boolean };

/** The rows of a job, or that it is not done yet; an error of the job is the answer's. */
const answerResults = async (
  { world, jobs, pages }: Api,
  job: Job,
  query: URLSearchParams,
  format: Format,
): Promise<Record<string, unknown>> => {
  await jobs.settle(job);
  const { projectId } = world;
  const reference = { projectId, jobId: job.jobId, location: job.location };
  if (job.state !== 'DONE') return { jobReference: reference, jobComplete: false };
  const { errorResult, result } = job;
  if (errorResult !== undefined) {
    throw new Refusal(errorResult.reason, errorResult.message, errorResult.location);
  }
  const statistics = (job.statistics.query ?? {}) as Record<string, unknown>;
  const page = readPage(query, pages);
  const rows = result?.rows.slice(page.start, page.start + page.count) ?? [];
  return {
    jobReference: reference,
    jobComplete: true,
    schema: result === undefined ? undefined : writeSchema(result),
    totalRows: result === undefined ? undefined : String(result.rows.length),
    ...(result === undefined || rows.length === 0
      ? {}
      : { rows: writeRows({ ...result, rows }, format) }),
    pageToken: nextToken(page, result?.rows.length ?? 0),
    totalBytesProcessed: job.statistics.totalBytesProcessed,
    cacheHit: false,
    numDmlAffectedRows: statistics.numDmlAffectedRows,
    dmlStats: statistics.dmlStats,
  };
};

const getResults: Route = {
  id: 'jobs.getQueryResults',
  method: 'GET',
  path: 'projects/{projectId}/queries/{jobId}',
  parameters: [
    ...['location', 'maxResults', 'pageToken', 'startIndex', 'timeoutMs'],
    'formatOptions.useInt64Timestamp',
  ],
  answer: async (api, { query }, { jobId = '' }): Promise<ApiResponse> => {
    const job = api.jobs.find(jobId, query.get('location'));
    if (job.configuration.query === undefined) {
      throw new Refusal('invalid', `Job ${nameJob(api.world.projectId, job)} is not a query job`);
    }
    const results = await answerResults(api, job, query, readFormat(query));
    return ok({ kind: 'bigquery#getQueryResultsResponse', ...results });
  },
};

/** The body of jobs.query; what is not named here belongs to the job's configuration. */
const queryRequest = z.looseObject({
  kind: z.string().optional(),
  query: z.string(),
  location: z.string().optional(),
  labels: z.unknown().optional(),
  dryRun: z.boolean().optional(),
  maxResults: z.number().optional(),
  timeoutMs: z.union([z.string(), z.number()]).optional(),
  jobTimeoutMs: z.union([z.string(), z.number()]).optional(),
  requestId: z.string().optional(),
  jobCreationMode: z.string().optional(),
  formatOptions: z.strictObject({ useInt64Timestamp: z.boolean().optional() }).optional(),
});

/** Jobs by the id of the request that made them: the same request again is the same job. */
const requested = new WeakMap<Api, Map<string, JobRequest & { job: Job }>>();

const findOrInsert = async (
  api: Api,
  requestId: string | undefined,
  request: JobRequest,
): Promise<Job> => {
  const known = requested.get(api) ?? new Map<string, JobRequest & { job: Job }>();
  requested.set(api, known);
  const old = requestId === undefined ? undefined : known.get(requestId);
  if (old !== undefined) return old.job;
  const job = await api.jobs.insert(request, undefined);
  if (requestId !== undefined) known.set(requestId, { ...request, job });
  return job;
};

const query: Route = {
  id: 'jobs.query',
  method: 'POST',
  path: 'projects/{projectId}/queries',
  parameters: [],
  takesBody: true,
  answer: async (api, request) => {
    const body = parseBody(queryRequest, readJsonBody(request), 'queryRequest');
    const { location, labels, dryRun, maxResults, jobTimeoutMs, requestId, formatOptions } = body;
    const ours = [
      'kind',
      'location',
      'labels',
      'dryRun',
      'maxResults',
      'timeoutMs',
      'jobTimeoutMs',
    ];
    const others = [...ours, 'requestId', 'jobCreationMode', 'formatOptions'];
    const asked = Object.fromEntries(
      Object.entries(body).filter(([name]) => !others.includes(name)),
    );
    const jobRequest = parseJobRequest({
      jobReference: location === undefined ? {} : { location },
      configuration: {
        ...(labels === undefined ? {} : { labels }),
        ...(dryRun === undefined ? {} : { dryRun }),
        ...(jobTimeoutMs === undefined ? {} : { jobTimeoutMs }),
        query: asked,
      },
    });
    const kind = 'bigquery#queryResponse';
    const job = await findOrInsert(api, requestId, jobRequest);
    if (dryRun === true) {
      const { schema } = (job.statistics.query ?? {}) as { schema?: unknown };
      const { totalBytesProcessed } = job.statistics;
      return ok({ kind, jobComplete: true, schema, totalBytesProcessed, cacheHit: false });
    }
    const page = new URLSearchParams(
      maxResults === undefined ? {} : { maxResults: String(maxResults) },
    );
    const format = { int64Timestamp: formatOptions?.useInt64Timestamp === true };
    return ok({ kind, ...(await answerResults(api, job, page, format)) });
  },
};

export const jobRoutes: readonly Route[] = [insert, get, list, cancel, getResults, query];
