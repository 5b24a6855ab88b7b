import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/** A request that a test expects, once, and what it is answered. */
export type Expected = {
  method?: 'GET' | 'POST';
  path: string;
  /** All query parameters; not checked where absent. */
  query?: Record<string, string>;
  /** Some of the headers. */
  headers?: Record<string, string>;
  reply: Reply;
};

/** An answer; `act` takes over the response altogether. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | { act: (response: ServerResponse, request: IncomingMessage) => void };

export type Received = {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: string;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const toReceived = async (request: IncomingMessage): Promise<Received> => {
  const url = new URL(request.url ?? '', 'http://loopback');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: await readBody(request),
  };
};

const fits = (expected: Expected, received: Received): boolean =>
  (expected.method ?? 'GET') === received.method &&
  expected.path === received.path &&
  (expected.query === undefined || isDeepStrictEqual(expected.query, received.query)) &&
  Object.entries(expected.headers ?? {}).every(([name, text]) => received.headers[name] === text);

const answer = (reply: Reply, response: ServerResponse, request: IncomingMessage): void => {
  if ('act' in reply) {
    reply.act(response, request);
    return;
  }
  const { status = 200, headers = {}, body = '' } = reply;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(raw ? body : JSON.stringify(body));
};

/**
 * A server on a free loopback port that answers what a test scripted, each expectation once, the first that fits first.
 * `finish` throws when a request came that no expectation fits, or an expectation was never used.
 */
export const startScriptedServer = async () => {
  const open: Expected[] = [];
  const received: Received[] = [];
  const unmatched: Received[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const got = await toReceived(request);
    received.push(got);
    const index = open.findIndex((expected) => fits(expected, got));
    const [expected] = index < 0 ? [] : open.splice(index, 1);
    if (expected === undefined) {
      unmatched.push(got);
      response.writeHead(418).end();
      return;
    }
    answer(expected.reply, response, request);
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    expect: (...expected: Expected[]) => {
      open.push(...expected);
    },
    /** Takes back what was expected and not asked yet. */
    withdraw: () => {
      open.length = 0;
    },
    finish: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const show = ({ path, query }: { path: string; query?: Record<string, string> }) =>
        `${path} ${JSON.stringify(query)}`;
      if (unmatched.length > 0) throw new Error(`not expected: ${unmatched.map(show).join('; ')}`);
      if (open.length > 0) throw new Error(`never asked: ${open.map(show).join('; ')}`);
    },
  };
};

export type ScriptedServer = Awaited<ReturnType<typeof startScriptedServer>>;
