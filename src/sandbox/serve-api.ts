import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Access } from './access.ts';
import { answer } from './answer.ts';
import type { Fault, Faults } from './faults.ts';
import type { ListCache } from './list-records.ts';
import { ProblemError, problemText } from './problem.ts';
import type { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { answerReport, isReportPath } from './reports/answer-report.ts';
import type { RunReport } from './reports/run-report.ts';
import type { RequestLog } from './request-log.ts';
import { splitTenant } from './routes.ts';
import type { Route } from './routes.ts';
import { send, sendBroken, sendHtml } from './send.ts';

/** What the API's handlers share. */
export type ApiContext = {
  access: Access;
  faults: Faults;
  log: RequestLog;
  routes: Map<string, Route>;
  cache: ListCache;
  exportPageSize: number;
  /** Changes after this tick are too young for exports. */
  visibleUntil: () => number;
  /** Changes one record of the route's entity. */
  move: (route: Route, fault: Fault) => void;
  runReport: RunReport;
  requestNumber: number;
};

const refusals = {
  unauthorized: { status: 401, title: 'The token is not valid or has expired.' },
  forbidden: { status: 403, title: 'The application lacks the scope for this resource.' },
  rateLimit: {
    status: 429,
    title: 'Rate limit is exceeded. Try again in 1 seconds.',
    headers: { 'retry-after': '1' },
  },
  maintenance: { status: 409, title: 'The service is suspended for maintenance.' },
} satisfies Record<string, Problem>;

function sendProblem(context: ApiContext, response: ServerResponse, problem: Problem): void {
  context.log.noteRefused();
  const body = problemText(problem, `00-sandbox-${context.requestNumber}`);
  send(response, problem.status, body, {
    'content-type': 'application/problem+json',
    ...problem.headers,
  });
}

function sendStatus(context: ApiContext, response: ServerResponse, fault: Fault): void {
  const status = fault.status ?? 500;
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter);
  if (fault.html === true) {
    context.log.noteRefused();
    sendHtml(response, status, headers);
  } else {
    sendProblem(context, response, { status, title: `Injected ${status}`, headers });
  }
}

/** Never answers, or late. */
async function delay(fault: Fault): Promise<boolean> {
  if (fault.kind === 'stall') return true;
  if (fault.kind === 'slowAbovePageSize' && fault.ms === undefined) return true;
  await wait(fault.ms ?? 100);
  return false;
}

/** Answers in place of the API where a fault says so; true when the request is dealt with. */
async function sendFault(
  context: ApiContext,
  response: ServerResponse,
  fault: Fault,
): Promise<boolean> {
  const { kind } = fault;
  if (kind === 'stall' || kind === 'slow' || kind === 'slowAbovePageSize') return delay(fault);
  if (kind === 'status') sendStatus(context, response, fault);
  else if (kind === 'html200') sendHtml(response, 200);
  else if (kind in refusals) {
    sendProblem(context, response, refusals[kind as keyof typeof refusals]);
  } else {
    if (kind === 'expireTokens') context.access.expireAll();
    return false;
  }
  return true;
}

/** Sends a body of 200, broken where a fault says so. */
async function sendBody(
  response: ServerResponse,
  body: readonly Buffer[],
  struck: readonly Fault[],
): Promise<void> {
  for (const fault of struck) {
    if (await sendBroken(response, Buffer.concat(body), fault)) return;
  }
  send(response, 200, body);
}

const isStruck = (struck: readonly Fault[], kind: Fault['kind']): boolean =>
  struck.some((fault) => fault.kind === kind);

async function respond(
  context: ApiContext,
  route: Route,
  search: URLSearchParams,
  struck: readonly Fault[],
  response: ServerResponse,
): Promise<void> {
  for (const fault of struck) if (fault.kind === 'move') context.move(route, fault);
  const body = answer(route, search, {
    cache: context.cache,
    requestNumber: context.requestNumber,
    visibleUntil: context.visibleUntil(),
    exportPageSize: context.exportPageSize,
    bend: {
      repeatPage: isStruck(struck, 'repeatPage'),
      emptyPageWithMore: isStruck(struck, 'emptyPageWithMore'),
      repeatToken: isStruck(struck, 'repeatToken'),
    },
  });
  await sendBody(response, body, struck);
}

async function respondReport(
  context: ApiContext,
  request: IncomingMessage,
  asked: { path: string; search: URLSearchParams },
  struck: readonly Fault[],
  response: ServerResponse,
): Promise<void> {
  const report = {
    ...asked,
    method: request.method ?? '',
    body: await readBody(request),
    bend: {
      repeatPage: isStruck(struck, 'repeatPage'),
      emptyPageWithMore: isStruck(struck, 'emptyPageWithMore'),
    },
  };
  await sendBody(response, [Buffer.from(answerReport(report, context.runReport))], struck);
}

async function handle(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const split = splitTenant(url.pathname);
  const route = context.routes.get(split?.pattern ?? '');
  const asked = url.pathname + url.search;
  context.log.note(url.pathname, asked, route?.entity.name);
  const struck = context.faults.strike({
    url: asked,
    entity: route?.entity.name,
    pageSize: Number(url.searchParams.get('pageSize') ?? 50),
  });
  for (const fault of struck) if (await sendFault(context, response, fault)) return;
  if (split === undefined) throw new ProblemError({ status: 404, title: 'Resource not found' });
  context.access.check(request.headers, split.tenantId);
  if (isReportPath(split.pattern)) {
    const report = { path: split.pattern, search: url.searchParams };
    await respondReport(context, request, report, struck, response);
    return;
  }
  if (route === undefined) throw new ProblemError({ status: 404, title: 'Resource not found' });
  if (request.method !== 'GET')
    throw new ProblemError({ status: 405, title: 'Method not allowed' });
  await respond(context, route, url.searchParams, struck, response);
}

/** Answers one request to the API. */
export async function serveApi(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  context.requestNumber += 1;
  try {
    await handle(context, request, response, url);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    sendProblem(context, response, error.problem);
  }
}

/** Answers one token request. */
export async function serveToken(
  context: ApiContext,
  response: ServerResponse,
  body: string,
): Promise<void> {
  context.log.noteToken();
  const struck = context.faults.strike({ url: '/connect/token', isToken: true });
  for (const fault of struck) if (await sendFault(context, response, fault)) return;
  const granted = context.access.grant(new URLSearchParams(body));
  if (granted.status >= 400) context.log.noteRefused();
  for (const fault of struck) {
    if (await sendBroken(response, Buffer.from(granted.body), fault)) return;
  }
  send(response, granted.status, granted.body, granted.headers);
}
