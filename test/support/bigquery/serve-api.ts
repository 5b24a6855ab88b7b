import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeDiscovery } from './api/discovery.ts';
import { readMultipart } from './api/multipart.ts';
import { readJsonBody, type Api, type ApiRequest, type ApiResponse } from './api/request.ts';
import { findRoute, takesParameter } from './api/routes.ts';
import type { Uploads } from './api/uploads.ts';
import { explainFailure } from './engine/explain-failure.ts';
import type { Faults, RequestEffect, Subject } from './faults.ts';
import { errorAnswer } from './google-errors.ts';
import { Refusal, refusals, toErrorProto } from './refusals.ts';
import { describeJob, type LoggedRequest } from './request-log.ts';

export type ServeDeps = {
  api: Api;
  uploads: Uploads;
  faults: Faults;
  log: LoggedRequest[];
  url: () => string;
};

const prefix = '/bigquery/v2/';
const uploadPath = /^(?:\/resumable)?\/upload\/bigquery\/v2\/projects\/([^/]+)\/jobs$/;

const readRequest = async (incoming: IncomingMessage): Promise<ApiRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
};

/** The JSON of a request that has any: the whole body, or the first part of an upload. */
const peekBody = (request: ApiRequest): unknown => {
  const type = String(request.headers['content-type'] ?? '');
  try {
    if (type.startsWith('multipart/')) return readMultipart(request.body, type).metadata;
    return type.includes('json') ? readJsonBody(request) : undefined;
  } catch {
    return undefined;
  }
};

const describe = (request: ApiRequest, uploads: Uploads): Subject => {
  const [, jobInPath] = /\/(?:jobs|queries)\/([^/]+)/.exec(request.path) ?? [];
  const upload = uploads.find(request);
  const told = upload === undefined ? describeJob(peekBody(request)) : describeJob(upload.request);
  const query = request.query.toString();
  return {
    ...told,
    method: request.method,
    path: query === '' ? request.path : `${request.path}?${query}`,
    jobId: told.jobId ?? jobInPath,
  };
};

const checkCredentials = ({ headers }: ApiRequest): void => {
  if (/^Bearer .+$/.test(headers.authorization as string)) return;
  throw new Refusal(
    'required',
    'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    'Authorization',
  );
};

const checkProject = ({ world }: Api, method: string, projectId: string | undefined): void => {
  if (projectId === undefined || projectId === world.projectId) return;
  if (method === 'jobs.insert' || method === 'jobs.query') {
    throw new Refusal(
      'accessDenied',
      `Access Denied: Project ${projectId}: User does not have bigquery.jobs.create permission in project ${projectId}.`,
    );
  }
  throw refusals.notFound(`Project ${projectId}`);
};

const answerRoute = (api: Api, request: ApiRequest): Promise<ApiResponse> | ApiResponse => {
  const path = request.path.slice(prefix.length);
  const found = request.path.startsWith(prefix) ? findRoute(request.method, path) : undefined;
  if (found === undefined) throw refusals.unsupported(`${request.method} ${request.path}`);
  const { route, names } = found;
  checkProject(api, route.id, names.projectId);
  for (const name of request.query.keys()) {
    if (!takesParameter(route, name)) {
      throw refusals.invalid(
        `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. (Or the stand-in for BigQuery does not know it.)`,
        name,
      );
    }
  }
  return route.answer(api, request, names);
};

const answerUpload = (
  { api, uploads }: ServeDeps,
  request: ApiRequest,
  projectId: string,
  effect: RequestEffect | undefined,
): Promise<ApiResponse> => {
  if (request.method === 'PUT') {
    if (effect?.kind === 'forgetUpload') uploads.forget(request);
    return uploads.proceed(api, request, effect?.kind === 'keepBytes' ? effect.bytes : undefined);
  }
  if (request.method !== 'POST') throw refusals.unsupported(`${request.method} of an upload`);
  checkCredentials(request);
  checkProject(api, 'jobs.insert', projectId);
  return uploads.begin(api, request);
};

/** A token for whoever asks: the stand-in believes every token. */
const token: ApiResponse = {
  status: 200,
  body: { access_token: 'stand-in-token', expires_in: 3600, token_type: 'Bearer' },
};

const answer = async (
  deps: ServeDeps,
  request: ApiRequest,
  effect: RequestEffect | undefined,
): Promise<ApiResponse> => {
  const { api, url } = deps;
  try {
    if (request.path === '/token') return token;
    const isDiscovery = /^\/(?:\$discovery\/rest|discovery\/v1\/apis\/bigquery\/v2\/rest)$/;
    if (isDiscovery.test(request.path)) return { status: 200, body: writeDiscovery(url()) };
    const [, projectId] = uploadPath.exec(request.path) ?? [];
    if (projectId !== undefined) return await answerUpload(deps, request, projectId, effect);
    checkCredentials(request);
    return await answerRoute(api, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isHeader = error.location === 'Authorization' || error.location === 'If-Match';
    const locationType = isHeader ? 'header' : error.location === 'query' ? 'parameter' : undefined;
    const proto = toErrorProto(explainFailure(error));
    return errorAnswer(locationType === undefined ? proto : { ...proto, locationType });
  }
};

const toText = (body: unknown): string => {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
};

/** What comes of a request: an answer or half of it, a dead connection, or nothing at all. */
type Fate =
  { kind: 'answered' | 'halved'; answer: ApiResponse } | { kind: 'lost' } | { kind: 'hanging' };

const isBefore = (effect: RequestEffect): boolean =>
  (effect.kind === 'answer' && effect.afterWork !== true) ||
  ((effect.kind === 'lose' || effect.kind === 'hang') && effect.what === 'request');

/** What the fault does in place of the answer. */
const suffer = (effect: RequestEffect, answered: ApiResponse | undefined): Fate => {
  if (effect.kind === 'answer') return { kind: 'answered', answer: effect.answer };
  if (effect.kind === 'truncate' && answered !== undefined) {
    return { kind: 'halved', answer: answered };
  }
  return effect.kind === 'hang' ? { kind: 'hanging' } : { kind: 'lost' };
};

/** Does what a request asks, unless a fault is in the way. */
const decide = async (
  deps: ServeDeps,
  request: ApiRequest,
  effect: RequestEffect | undefined,
): Promise<Fate> => {
  if (effect !== undefined && isBefore(effect)) return suffer(effect, undefined);
  const answered = await answer(deps, request, effect);
  return effect === undefined || effect.kind === 'forgetUpload'
    ? { kind: 'answered', answer: answered }
    : suffer(effect, answered);
};

const handle = async (deps: ServeDeps, request: ApiRequest): Promise<Fate> => {
  const subject = describe(request, deps.uploads);
  const logged: LoggedRequest = {
    ...{ method: request.method, path: request.path, headers: request.headers },
    query: Object.fromEntries(request.query),
    ...{ jobId: subject.jobId, labels: subject.labels ?? {}, sql: subject.sql },
    ...{ bytes: request.body.length, status: undefined },
  };
  deps.log.push(logged);
  const fate = await decide(deps, request, deps.faults.findForRequest(subject));
  if (fate.kind === 'answered') logged.status = fate.answer.status;
  return fate;
};

const headersOf = (deps: ServeDeps, given: ApiResponse): Record<string, string> => ({
  'content-type': 'application/json; charset=UTF-8',
  date: deps.api.world.now().toUTCString(),
  ...given.headers,
});

/** Reads a request, does what it asks and answers it, unless a fault is in the way. */
export const serveApi = async (
  deps: ServeDeps,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const fate = await handle(deps, await readRequest(incoming));
  if (fate.kind === 'hanging') return;
  if (fate.kind === 'lost') {
    response.destroy();
    return;
  }
  const { status } = fate.answer;
  const bytes = Buffer.from(toText(fate.answer.body));
  const headers = headersOf(deps, fate.answer);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (fate.kind === 'answered') response.end(bytes);
  else response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
};

/** A request that is asked in the same process, without a connection. */
export type DirectRequest = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer | undefined;
};

export type DirectAnswer = { status: number; headers: Headers; text: string };

/**
 * The same without a connection.
 * @throws Error when a fault takes the connection.
 */
export const askApi = async (
  deps: ServeDeps,
  { method, url, headers, body = Buffer.alloc(0) }: DirectRequest,
): Promise<DirectAnswer> => {
  const { pathname: path, searchParams: query } = new URL(url);
  const lowered = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const given = { method, path, query, headers: Object.fromEntries(lowered), body };
  const fate = await handle(deps, given);
  if (fate.kind !== 'answered') throw Object.assign(new Error('read'), { code: 'ECONNRESET' });
  const { answer: answered } = fate;
  return {
    status: answered.status,
    headers: new Headers(headersOf(deps, answered)),
    text: toText(answered.body),
  };
};
