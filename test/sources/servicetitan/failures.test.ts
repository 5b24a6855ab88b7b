import { inspect } from 'node:util';
import type { SourceError } from '../../../src/errors.ts';
import type { Read, Source } from '../../../src/model.ts';
import { entities } from '../../../src/sources/servicetitan/entities/index.ts';
import {
  feedBody,
  idsOf,
  listBody,
  openSource,
  readAll,
  secrets,
  sourceErrorOf,
  token,
} from '../support/open-source.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import type { Reply, ScriptedServer } from '../support/scripted-server.ts';

const march: Read = {
  kind: 'window',
  window: { from: '2024-03-01T00:00:00.000Z', to: '2024-04-01T00:00:00.000Z' },
};
const path = '/accounting/v2/tenant/42/invoices';

let server: ScriptedServer;
let source: Source;

beforeEach(async () => {
  server = await startScriptedServer();
  source = openSource(server);
});

afterEach(async () => {
  await source.close();
  await server.finish();
});

/** Everything that any way of printing the error could show. */
const showAll = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { message, stack = '', cause } = error;
  const plain = inspect(error, { depth: null, showHidden: true });
  return [
    message,
    stack,
    JSON.stringify(error),
    plain,
    cause === undefined ? '' : showAll(cause),
  ].join();
};

const payload = 'a customer by name';

const expectNoSecret = (error: SourceError): void => {
  const shown = showAll(error);
  for (const secret of [...Object.values(secrets), 'token-1', 'Bearer', payload, 'feed-token']) {
    expect(shown).not.toContain(secret);
  }
  expect(error.message).not.toContain('\n');
};

const script = (...replies: Reply[]): void => {
  server.expect(token(), ...replies.map((reply) => ({ path, reply })));
};

const readInvoices = () => readAll(source, 'invoices', march);

const problem = (status: number): Reply => ({
  status,
  body: { title: payload, status, traceId: '00-4bf9-01', errors: { page: [payload] } },
});

const fails = async (): Promise<SourceError> => {
  const error = await sourceErrorOf(readInvoices());
  expectNoSecret(error);
  return error;
};

test.each([
  [400, /a filter or a stored continuation token is not accepted/],
  [403, /give the application the scope tn\.acc\.invoices:r/],
  [404, /check ST_TENANT_ID/],
  [409, /not an answer that the endpoint documents/],
])('%d is an error at once, with what to do', async (status, advice) => {
  script(problem(status));
  const error = await fails();
  expect(error.message).toMatch(
    new RegExp(
      `^Cannot read invoices 2024-03-01..2024-04-01: ServiceTitan answered ${status} at page 1`,
    ),
  );
  expect(error.message).toMatch(advice);
  expect(error).toMatchObject({ status, traceId: '00-4bf9-01', exitCode: 3 });
});

test.each(entities)('a 403 for $name names its scope', async ({ name, scope, ...entity }) => {
  const at = (entity.export ?? entity.list)?.path.replace('{tenant}', '42') ?? '';
  server.expect(token(), { path: at, reply: { status: 403 } });
  const kind = entity.export === undefined ? 'whole' : 'feed';
  const error = await sourceErrorOf(
    readAll(source, name, kind === 'feed' ? { kind, from: null } : { kind }),
  );
  expect(error.message).toContain(scope);
});

test('one 401 renews the token, and the request is made anew with it', async () => {
  server.expect(
    token('token-1'),
    { path, headers: { authorization: 'Bearer token-1' }, reply: { status: 401 } },
    token('token-2'),
    { path, headers: { authorization: 'Bearer token-2' }, reply: listBody([{ id: 1 }]) },
  );
  expect(idsOf(await readInvoices())).toEqual([1]);
});

test('pages read at once that meet a 401 share one renewal', async () => {
  server.expect(token('token-1'), token('token-2'));
  for (const bearer of ['token-1', 'token-2']) {
    const reply = bearer === 'token-1' ? { status: 401 } : listBody([]);
    const one = { path, headers: { authorization: `Bearer ${bearer}` }, reply };
    server.expect(one, one, one);
  }
  await Promise.all([readInvoices(), readInvoices(), readInvoices()]);
});

test('a second 401 is an error', async () => {
  server.expect(token(), token('token-2'));
  server.expect({ path, reply: problem(401) }, { path, reply: problem(401) });
  const error = await fails();
  expect(error.message).toContain('check ST_CLIENT_ID, ST_CLIENT_SECRET and ST_APP_KEY');
});

test('an attempt after a long wait carries the token of its own time', async () => {
  let now = Date.parse('2024-05-01T12:00:00Z');
  await source.close();
  source = openSource(server, {
    now: () => now,
    sleep: () => {
      now += 850_000;
      return Promise.resolve();
    },
  });
  server.expect(
    token('token-1'),
    { path, headers: { authorization: 'Bearer token-1' }, reply: { status: 503 } },
    token('token-2'),
    { path, headers: { authorization: 'Bearer token-2' }, reply: listBody([{ id: 1 }]) },
  );
  expect(idsOf(await readInvoices())).toEqual([1]);
});

test('429 to the end is an error that says what to lower', async () => {
  script(problem(429), problem(429), problem(429));
  const error = await fails();
  expect(error.message).toContain('at each of 3 attempts');
  expect(error.message).toContain('lower ST_REQUESTS_PER_SECOND');
});

test('a wait of an hour is an error that says so', async () => {
  script({ status: 429, headers: { 'retry-after': '3600' } });
  expect((await fails()).message).toContain('asks to wait 3600 s');
});

test('a 503 in HTML passes', async () => {
  script({ status: 503, body: '<html>down</html>' }, listBody([{ id: 1 }]));
  expect(idsOf(await readInvoices())).toEqual([1]);
});

test.each<[string, Reply]>([
  ['HTML', { body: `<html>${payload}</html>` }],
  [
    'half a page',
    { body: `{"page":1,"hasMore":false,"data":[{"id":1},{"id":2,"name":"${payload}` },
  ],
  ['a bare array', { body: [{ name: payload }] }],
  ['no hasMore', { body: { data: [] } }],
])('a 200 with %s is asked for again, then an error', async (_name, reply) => {
  script(reply, listBody([{ id: 1 }]));
  expect(idsOf(await readInvoices())).toEqual([1]);
  server.expect(...[1, 2, 3].map(() => ({ path, reply })));
  expect((await fails()).message).toContain('not what the endpoint documents');
});

test('a reset in mid-body passes, and to the end is an error', async () => {
  const reset: Reply = {
    act: (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(`{"data":[{"name":"${payload}"`, () => response.destroy());
    },
  };
  script(reset, listBody([{ id: 1 }]));
  expect(idsOf(await readInvoices())).toEqual([1]);
  server.expect(...[1, 2, 3].map(() => ({ path, reply: reset })));
  expect((await fails()).message).toMatch(/the connection to 127\.0\.0\.1:\d+ broke/);
});

test('an answer that is no HTTP is an error without its text', async () => {
  const raw: Reply = {
    act: (response) => response.socket?.end(`HTTP/1.1 2x0 ${payload}\r\n\r\n${payload}`),
  };
  script(raw, raw, raw);
  await fails();
});

test('a redirect is an error', async () => {
  script({ status: 302, headers: { location: `http://elsewhere.example/${payload}` } });
  expect((await fails()).message).toContain('redirect, which is never followed');
});

test('a refused token request shows no secret', async () => {
  const body = { error: 'invalid_client', error_description: secrets.clientSecret };
  server.expect({ ...token(), reply: { status: 400, body } });
  expect((await fails()).message).toMatch(/^Cannot get a token/);
});

test('a feed that is refused does not show its token', async () => {
  const feed = '/accounting/v2/tenant/42/export/invoices';
  server.expect(token(), { path: feed, reply: feedBody([], 'feed-token', true) });
  server.expect({ path: feed, reply: problem(400) });
  const error = await sourceErrorOf(readAll(source, 'invoices', { kind: 'feed', from: null }));
  expectNoSecret(error);
  expect(error.message).toContain('answered 400 at the feed');
});

test('a host out of reach is named with the variable to check', async () => {
  const gone = await startScriptedServer();
  await gone.finish();
  await source.close();
  source = openSource(server, { baseUrl: gone.url });
  server.expect(token());
  const error = await fails();
  expect(error.message).toMatch(/127\.0\.0\.1:\d+ is out of reach \(ECONNREFUSED\)/);
  expect(error.message).toContain('check the network and ST_BASE_URL');
});

test('a token endpoint without TLS where it should have it names its variable', async () => {
  await source.close();
  source = openSource(server, { authUrl: server.url.replace('http', 'https') });
  expect((await fails()).message).toMatch(/no trusted TLS connection to .* check ST_AUTH_URL/);
});

test('an entity of another source is a bug', async () => {
  const [entity] = source.entities;
  if (entity === undefined) throw new Error('there is no entity');
  const other = { ...entity, name: 'things' };
  await expect(source.readPage(other, march, null)).rejects.toThrow('no entity things');
});
