/**
 * Serves recorded responses of the sandbox as bytes from disk: `node bench/serve-recorded.js DIR SCALE NOW`. What was
 * never asked before is asked of a real sandbox, once, and recorded. So the sandbox costs nothing while something is
 * timed, and any request that the program may make has the right answer.
 *
 * Time passes with `POST /sandbox/advance {"hours": n}`, and stands at the beginning again after `POST /bench/rewind`.
 * `GET /bench/counts` tells how often each URL was asked for since the last time.
 */
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { URL } from 'node:url';
import { request as ask } from 'undici';

const [dir = '', scale = '', now = ''] = process.argv.slice(2);
const token = JSON.stringify({
  access_token: 'recorded',
  expires_in: 86_400,
  token_type: 'Bearer',
});

/** Hours that passed since the beginning, advance by advance. */
let advances = [];
let counts = new Map();
let recorded = 0;

/** The real sandbox, which is only started when something is missing. */
let sandbox = null;

const post = async (url, path, body) => {
  const answer = await ask(url + path, { method: 'POST', body });
  return answer.body.text();
};

const startSandbox = () =>
  new Promise((resolve, reject) => {
    const script = new URL('start-sandbox.js', import.meta.url);
    const child = fork(script, [scale, now], { execArgv: ['--max-old-space-size=16000'] });
    child.once('exit', () => reject(new Error('the sandbox ended')));
    child.once('message', ({ url }) => resolve({ child, url, advances: [], authorization: null }));
  });

const authorize = async (url) => {
  const form =
    'grant_type=client_credentials&client_id=cid.sandbox&client_secret=cs1.sandbox-secret';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await ask(`${url}/connect/token`, { method: 'POST', headers, body: form });
  const { access_token: accessToken } = await answer.body.json();
  return `Bearer ${accessToken}`;
};

/** The sandbox at the present moment; one that is ahead of it is replaced, because its time does not go back. */
const reachSandbox = async () => {
  const isAhead = () => sandbox.advances.some((hours, index) => hours !== advances[index]);
  if (sandbox !== null && isAhead()) {
    sandbox.child.removeAllListeners('exit');
    sandbox.child.disconnect();
    sandbox = null;
  }
  sandbox ??= await startSandbox();
  sandbox.authorization ??= await authorize(sandbox.url);
  for (const hours of advances.slice(sandbox.advances.length)) {
    await post(sandbox.url, '/sandbox/advance', JSON.stringify({ hours }));
    sandbox.advances.push(hours);
  }
  return sandbox;
};

const fileOf = (path) => {
  const name = createHash('sha256')
    .update(JSON.stringify([advances, path]))
    .digest('hex');
  return join(dir, name.slice(0, 2), `${name.slice(2, 34)}.json`);
};

const sizeOf = async (file) => {
  try {
    return (await stat(file)).size;
  } catch {
    return null;
  }
};

const record = async (path, file) => {
  const { url, authorization } = await reachSandbox();
  const headers = { authorization, 'st-app-key': 'ak1.sandbox' };
  const answer = await ask(url + path, { headers, headersTimeout: 600_000, bodyTimeout: 600_000 });
  const body = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode !== 200) throw new Error(`the sandbox answered ${answer.statusCode}`);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.new`, body);
  await rename(`${file}.new`, file);
  recorded += 1;
};

/** One recording at a time: the sandbox has one core. */
let turn = Promise.resolve();
const recordInTurn = (path, file) => {
  const result = turn.then(() => record(path, file));
  turn = result.catch(() => undefined);
  return result;
};

const json = { 'content-type': 'application/json; charset=utf-8' };

const answerText = (response, text) => {
  response.writeHead(200, { ...json, 'content-length': String(Buffer.byteLength(text)) }).end(text);
};

const answerPage = async (path, response) => {
  counts.set(path, (counts.get(path) ?? 0) + 1);
  const file = fileOf(path);
  if ((await sizeOf(file)) === null) await recordInTurn(path, file);
  const size = (await sizeOf(file)) ?? 0;
  response.writeHead(200, { ...json, 'content-length': String(size) });
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), response);
};

const readBody = async (request) => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

const answer = async (request, response) => {
  const path = request.url ?? '/';
  const body = await readBody(request);
  if (path === '/connect/token') return answerText(response, token);
  if (path === '/bench/counts') {
    answerText(response, JSON.stringify({ counts: [...counts], recorded }));
    [counts, recorded] = [new Map(), 0];
    return undefined;
  }
  if (path === '/bench/rewind') {
    advances = [];
    return answerText(response, '{}');
  }
  if (path === '/sandbox/advance') {
    advances.push(JSON.parse(body).hours);
    return answerText(response, '{}');
  }
  return answerPage(path, response);
};

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    // Whoever asked may have gone: that ends their run, not the server.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${server.address().port}` }),
);
process.once('disconnect', () => process.exit(0));
