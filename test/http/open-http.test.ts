import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { HttpFailure } from '../../src/http/failure.ts';
import { openHttp } from '../../src/http/open-http.ts';
import type { Http, HttpSettings } from '../../src/http/open-http.ts';
import { startScriptedServer } from '../sources/support/scripted-server.ts';
import type { Reply, ScriptedServer } from '../sources/support/scripted-server.ts';

const now = Date.parse('2024-03-01T07:00:00Z');

let server: ScriptedServer;
let slept: number[];
let http: Http;

const open = (settings: Partial<HttpSettings> = {}): Http =>
  openHttp({
    urls: [server.url],
    requestsPerSecond: 1000,
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
    random: () => 0,
    ...settings,
    limits: { requestAttemptsMax: 3, ...settings.limits },
  });

beforeEach(async () => {
  server = await startScriptedServer();
  slept = [];
  http = open();
});

afterEach(async () => {
  await http.close();
  await server.finish();
});

const reopen = async (settings: Partial<HttpSettings>): Promise<void> => {
  await http.close();
  http = open(settings);
};

const script = (...replies: Reply[]): void => {
  server.expect(...replies.map((reply) => ({ path: '/a', reply })));
};

const get = (url = `${server.url}/a`) => http.retry(() => http.send({ url, headers: {} }));

const failureOf = async (promise: Promise<unknown>): Promise<HttpFailure> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpFailure) return error;
  throw new Error(`expected an HttpFailure, got ${String(error)}`);
};

test('a body comes back byte by byte', async () => {
  script({ body: Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]) });
  expect([...(await get()).body]).toEqual([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
});

test.each([
  ['with its length', { 'content-length': '3000000' }, (body: Buffer) => body],
  ['in parts', {}, (body: Buffer) => body],
  ['zipped', { 'content-encoding': 'gzip' }, (body: Buffer) => gzipSync(body, { level: 0 })],
])('a body of many reads is whole: %s', async (_how, headers, pack) => {
  const sent = Buffer.from(Uint32Array.from({ length: 750_000 }, (_, at) => at).buffer);
  const act = (response: ServerResponse): void => {
    response.writeHead(200, headers).write(pack(sent));
    response.end();
  };
  script({ act }, { act });
  const bodies = await Promise.all([get(), get()]);
  expect(bodies.map(({ body }) => body.equals(sent))).toEqual([true, true]);
});

test('a zipped body is unpacked, and a cut one asked for again', async () => {
  const zipped = gzipSync('{"a":1}');
  const headers = { 'content-encoding': 'gzip' };
  script({ headers, body: zipped.subarray(0, -9) }, { headers, body: zipped });
  expect((await get()).body.toString()).toBe('{"a":1}');
});

test('a zipped body that unpacks to more than allowed is too large', async () => {
  await reopen({ limits: { responseBytesMax: 1000 } });
  script({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('a'.repeat(5000)) });
  expect((await failureOf(get())).kind).toBe('tooLarge');
});

test('a body larger than allowed is not read to its end', async () => {
  await reopen({ limits: { responseBytesMax: 1000 } });
  script({ body: 'a'.repeat(5000) });
  expect((await failureOf(get())).kind).toBe('tooLarge');
});

test.each([400, 401, 403, 404, 409, 422, 501])('%d is not asked again', async (status) => {
  script({ status });
  const failure = await failureOf(get());
  expect(failure.facts.status).toBe(status);
  expect(slept).toEqual([]);
});

test.each([408, 429, 500, 502, 503, 504])('%d passes', async (status) => {
  script({ status, body: '<html>no JSON</html>' }, { body: 'fine' });
  expect((await get()).body.toString()).toBe('fine');
});

test('back-off doubles, half of it by chance, and ends with the attempts', async () => {
  await reopen({ random: () => 0.5, limits: { requestAttemptsMax: 5, retryDelayMaxMs: 1600 } });
  script(...Array.from({ length: 5 }, () => ({ status: 503 })));
  const failure = await failureOf(get());
  expect(failure.attempts).toBe(5);
  expect(slept).toEqual([375, 750, 1200, 1200]);
});

test.each([
  ['seconds', { 'retry-after': '7' }, '', 7000],
  [
    'a date',
    { date: 'Fri, 01 Mar 2024 07:00:00 GMT', 'retry-after': 'Fri, 01 Mar 2024 07:00:09 GMT' },
    '',
    9000,
  ],
  [
    'a date of a host whose clock is another',
    { date: 'Thu, 29 Feb 2024 23:00:00 GMT', 'retry-after': 'Thu, 29 Feb 2024 23:00:09 GMT' },
    '',
    9000,
  ],
  ['the title', {}, '{"title":"Rate limit is exceeded. Try again in 11 seconds."}', 11_000],
])('a wait given by %s is obeyed', async (_name, headers, body, ms) => {
  script({ status: 429, headers, body }, { body: 'fine' });
  await get();
  expect(slept).toEqual([250, ms]);
});

test('a wait holds every request to the host', async () => {
  script({ status: 429, headers: { 'retry-after': '7' } }, { body: 'fine' });
  await failureOf(http.send({ url: `${server.url}/a`, headers: {} }));
  await http.send({ url: `${server.url}/a`, headers: {} });
  expect(slept).toEqual([7000]);
});

test('a wait longer than the limit is a refusal', async () => {
  script({ status: 429, headers: { 'retry-after': '3600' } });
  const failure = await failureOf(get());
  expect(failure.facts.retryAfterMs).toBe(3_600_000);
  expect(slept).toEqual([]);
});

test('the trace id of a problem is kept, anything odd in its place is not', async () => {
  script({ status: 400, body: { traceId: '00-abc-01', title: 'x' } });
  expect((await failureOf(get())).facts.traceId).toBe('00-abc-01');
  script({ status: 400, body: { traceId: 'a b <script>' } });
  expect((await failureOf(get())).facts.traceId).toBeUndefined();
  const errors = { From: ['Iris Quill is no date'], 'Iris Quill': ['x'], 'x y': [] };
  script({ status: 400, body: { errors } });
  expect((await failureOf(get())).facts.fields).toEqual(['From']);
  script({ status: 400, body: { errors: 'From' } });
  expect((await failureOf(get())).facts.fields).toBeUndefined();
});

test('a reset in mid-body is asked again', async () => {
  script(
    {
      act: (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"data":', () => response.destroy());
      },
    },
    { body: 'fine' },
  );
  expect((await get()).body.toString()).toBe('fine');
});

test('a body shorter than its content-length is asked again', async () => {
  script(
    {
      act: (response) => {
        response.writeHead(200, { 'content-length': '100', connection: 'close' });
        response.write('{"data":', () => response.socket?.end());
      },
    },
    { body: 'fine' },
  );
  expect((await get()).body.toString()).toBe('fine');
});

test('a body that promises more than is allowed, and sends little, is asked again', async () => {
  script(
    {
      act: (response) => {
        response.writeHead(200, { 'content-length': '99999999999999', connection: 'close' });
        response.write('{"data":', () => response.socket?.end());
      },
    },
    { body: 'fine' },
  );
  expect((await get()).body.toString()).toBe('fine');
});

test('what comes after the end of a body is no part of it', async () => {
  const act = (response: ServerResponse): void => {
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine and more');
  };
  script({ act }, { body: 'fine' });
  expect((await get()).body.toString()).toBe('fine');
  expect((await get()).body.toString()).toBe('fine');
});

test('no answer in time is a timeout, retried unless the caller says otherwise', async () => {
  await reopen({ limits: { requestTimeoutMs: 300 } });
  script({ act: () => undefined }, { body: 'fine' });
  expect((await get()).body.toString()).toBe('fine');
  script({ act: () => undefined });
  const send = () => http.send({ url: `${server.url}/a`, headers: {} });
  expect((await failureOf(http.retry(send, { timeouts: false }))).kind).toBe('timeout');
});

test('a body that trickles meets the timeout of the whole request', async () => {
  await reopen({ limits: { requestTimeoutMs: 300 } });
  script({
    act: (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    },
  });
  const startedAt = performance.now();
  const send = () => http.send({ url: `${server.url}/a`, headers: {} });
  expect((await failureOf(http.retry(send, { timeouts: false }))).kind).toBe('timeout');
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

test('a redirect is not followed', async () => {
  script({ status: 302, headers: { location: 'http://elsewhere.example/' } });
  expect((await failureOf(get())).kind).toBe('redirect');
});

test('a host that never answered is given up early', async () => {
  const gone = await startScriptedServer();
  await gone.finish();
  await reopen({
    urls: [server.url, gone.url],
    limits: { requestAttemptsMax: 9, firstContactAttemptsMax: 2 },
  });
  const failure = await failureOf(get(`${gone.url}/a`));
  expect(failure.kind).toBe('unreachable');
  expect(failure.facts.code).toBe('ECONNREFUSED');
  expect(failure.attempts).toBe(2);
});

test('plain HTTP behind an https address is a TLS failure', async () => {
  const secure = server.url.replace('http:', 'https:');
  await reopen({ urls: [secure] });
  expect((await failureOf(get(`${secure}/a`))).kind).toBe('tls');
});

test('a host that was not opened is a bug', () => {
  expect(() => http.send({ url: 'https://elsewhere.example/', headers: {} })).toThrow('not opened');
});

test('an error that is no failure of a request is thrown at once', async () => {
  const bug = new TypeError('bug');
  await expect(http.retry(() => Promise.reject(bug))).rejects.toBe(bug);
  expect(slept).toEqual([]);
});

test('the rate limit holds over any second', async () => {
  await reopen({ requestsPerSecond: 10 });
  const at: number[] = [];
  const note: Reply = {
    act: (response) => {
      at.push(performance.now());
      response.end();
    },
  };
  script(...Array.from({ length: 15 }, () => note));
  await Promise.all(Array.from({ length: 15 }, () => get()));
  expect((at[10] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(900);
});

test('no more requests than allowed are in flight', async () => {
  await reopen({ limits: { requestsInFlightMax: 2 } });
  let inFlight = 0;
  let most = 0;
  const slow: Reply = {
    act: (response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.end();
      }, 20);
    },
  };
  script(...Array.from({ length: 6 }, () => slow));
  await Promise.all(Array.from({ length: 6 }, () => get()));
  expect(most).toBe(2);
});

test('closing breaks off what waits', async () => {
  await http.close();
  http = openHttp({
    urls: [server.url],
    requestsPerSecond: 1000,
    log: () => void setTimeout(() => void http.close(), 10),
    limits: { retryDelayMinMs: 60_000 },
  });
  script({ status: 503 });
  expect((await failureOf(get())).kind).toBe('closed');
});
