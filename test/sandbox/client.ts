import { request } from 'node:http';
import { entities } from '../../src/sources/servicetitan/entities/index.ts';
import type { ServiceTitanEntity } from '../../src/sources/servicetitan/entity.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Body = Record<string, Json>;
export type Answer = {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  body: Body;
  data: Body[];
};

/** A sandbox under test, a clock that stands still unless it is moved, and a client that has a token. */
export type Bench = {
  sandbox: Sandbox;
  clock: { ms: number };
  get: (path: string, query?: Record<string, string>, headers?: Headers) => Promise<Answer>;
  list: (name: string, query?: Record<string, string>) => Promise<Answer>;
  export: (name: string, query?: Record<string, string>) => Promise<Answer>;
  token: () => Promise<string>;
  close: () => Promise<void>;
};
type Headers = Record<string, string>;

/** A JSON value as text: a string without its quotes. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

export const start = Date.UTC(2026, 2, 4, 20, 0, 0);

export function send(
  url: string,
  options: { method?: string; headers?: Headers; body?: string; timeoutMs?: number } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, timeoutMs = 10_000 } = options;
    const sent = request(url, { method, headers, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const parsed = parse(text);
        const data = Array.isArray(parsed.data) ? (parsed.data as Body[]) : [];
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: parsed,
          data,
        });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', reject);
    sent.end(body);
  });
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

export function contractOf(name: string): ServiceTitanEntity {
  const entity = entities.find((candidate) => candidate.name === name);
  if (entity === undefined) throw new Error(`no contract for ${name}`);
  return entity;
}

export function pathOf(name: string, kind: 'list' | 'export'): string {
  const endpoint = contractOf(name)[kind];
  if (endpoint === undefined) throw new Error(`${name} has no ${kind}`);
  return endpoint.path.replace('{tenant}', '4711');
}

export async function askToken(sandbox: Sandbox, secret = 'cs1.sandbox-secret'): Promise<Answer> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'cid.sandbox',
    client_secret: secret,
  };
  return send(`${sandbox.url}/connect/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

export async function openBench(options: Partial<SandboxOptions> = {}): Promise<Bench> {
  const clock = { ms: start };
  const sandbox = await startSandbox({ now: () => new Date(clock.ms), scale: 0.004, ...options });
  const token = async () => asText((await askToken(sandbox)).body.access_token);
  let known = await token();
  const get: Bench['get'] = async (path, query = {}, headers = {}) => {
    const url = `${sandbox.url}${path}?${new URLSearchParams(query).toString()}`;
    const keys = { authorization: `Bearer ${known}`, 'st-app-key': 'ak1.sandbox' };
    return send(url, { headers: { ...keys, ...headers } });
  };
  return {
    sandbox,
    clock,
    get,
    list: (name, query) => get(pathOf(name, 'list'), query),
    export: (name, query) => get(pathOf(name, 'export'), query),
    token: async () => (known = await token()),
    close: () => sandbox.close(),
  };
}

/** Reads a list page by page to its end. */
export async function readList(
  bench: Bench,
  name: string,
  query: Record<string, string> = {},
): Promise<Body[]> {
  const rows: Body[] = [];
  for (let page = 1; ; page++) {
    const answer = await bench.list(name, { pageSize: '300', ...query, page: String(page) });
    if (answer.status !== 200) throw new Error(answer.text);
    rows.push(...answer.data);
    if (answer.body.hasMore !== true) return rows;
  }
}

/** Reads an export on from a token to its end. */
export async function readFeed(
  bench: Bench,
  name: string,
  from?: string,
  query: Record<string, string> = {},
): Promise<{ rows: Body[]; token: string; pages: number }> {
  const rows: Body[] = [];
  let token = from;
  for (let pages = 1; ; pages++) {
    const answer = await bench.export(
      name,
      token === undefined ? query : { ...query, from: token },
    );
    if (answer.status !== 200) throw new Error(answer.text);
    rows.push(...answer.data);
    token = asText(answer.body.continueFrom);
    if (answer.body.hasMore !== true) return { rows, token, pages };
  }
}

export const idsOf = (rows: readonly Body[]): (number | null)[] =>
  rows.map(({ id }) => (typeof id === 'number' ? id : null));
export const parseAll = (lines: Iterable<string>): Body[] =>
  [...lines].map((line) => JSON.parse(line) as Body);
