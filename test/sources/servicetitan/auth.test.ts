import { openHttp } from '../../../src/http/open-http.ts';
import type { Http } from '../../../src/http/open-http.ts';
import { openTokens } from '../../../src/sources/servicetitan/auth.ts';
import type { Tokens } from '../../../src/sources/servicetitan/auth.ts';
import { secrets, sourceErrorOf, token } from '../support/open-source.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
let http: Http;
let tokens: Tokens;
let now: number;

beforeEach(async () => {
  server = await startScriptedServer();
  now = Date.parse('2024-05-01T12:00:00Z');
  http = openHttp({
    urls: [server.url],
    requestsPerSecond: 1000,
    sleep: () => Promise.resolve(),
    limits: { requestAttemptsMax: 3 },
  });
  tokens = openTokens({
    http,
    authUrl: `${server.url}/connect/token`,
    clientId: secrets.clientId,
    clientSecret: secrets.clientSecret,
    now: () => now,
  });
});

afterEach(async () => {
  await http.close();
  await server.finish();
});

test('the request is a form of client credentials and nothing else', async () => {
  server.expect(token());
  await tokens.current();
  expect(server.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: secrets.clientId,
    client_secret: secrets.clientSecret,
  });
});

test('callers at the same time share one request', async () => {
  server.expect(token('a'));
  const all = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
  expect(all).toEqual(['a', 'a', 'a']);
});

test('a token is used until shortly before it expires', async () => {
  server.expect(token('a', 900));
  await tokens.current();
  now += 809_000;
  expect(await tokens.current()).toBe('a');
  server.expect(token('b', 900));
  now += 2000;
  expect(await tokens.current()).toBe('b');
});

test('a token with a short life is used for half of it', async () => {
  server.expect(token('a', 60));
  await tokens.current();
  now += 29_000;
  expect(await tokens.current()).toBe('a');
  server.expect(token('b', 60));
  now += 2000;
  expect(await tokens.current()).toBe('b');
});

test('callers whose token was refused share one renewal', async () => {
  server.expect(token('a'), token('b'));
  const stale = await tokens.current();
  expect(await Promise.all([tokens.renew(stale), tokens.renew(stale)])).toEqual(['b', 'b']);
  expect(await tokens.renew(stale)).toBe('b');
});

test('a failed renewal is tried again by the next caller', async () => {
  server.expect({ ...token(), reply: { status: 401, body: { error: 'invalid_client' } } });
  const error = await sourceErrorOf(tokens.current());
  expect(error.message).toMatch(
    /^Cannot get a token: 127\.0\.0\.1:\d+ answered 401; check ST_CLIENT_ID and ST_CLIENT_SECRET/,
  );
  server.expect(token('b'));
  expect(await tokens.current()).toBe('b');
});

test.each([
  ['no JSON', '<html></html>'],
  ['no token', { expires_in: 900 }],
  ['no life', { access_token: 'a' }],
  ['a token that is no header', { access_token: 'a\nb', expires_in: 900 }],
])('an answer with %s is asked for again', async (_name, body) => {
  server.expect({ ...token(), reply: { body } }, token('b'));
  expect(await tokens.current()).toBe('b');
});

test('a token endpoint that is down is an error after its attempts', async () => {
  server.expect(...[1, 2, 3].map(() => ({ ...token(), reply: { status: 503 } })));
  const error = await sourceErrorOf(tokens.current());
  expect(error.message).toContain('answered 503 at each of 3 attempts');
  expect(error.status).toBe(503);
});
