import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { startBigquery, type Bigquery } from '../support/bigquery/start-bigquery.ts';
import { listen, type Listener } from '../support/listen.ts';
import { makeCertificate } from '../support/make-certificate.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor } from './support.ts';

const patienceMs = 60_000;

/** Invented, and of characters that addresses, forms and JSON write in their own ways. */
const secrets = {
  clientId: 'cid.tell-nobody-4f1c',
  clientSecret: 'cs1.Tell/Nobody+9d"e2=',
  appKey: 'ak1.tell&nobody%c07b',
  webhook: 'hook-tell-nobody-77aa',
  token: 'ya29.tell-nobody-token-51',
  key: 'TellNobodyPrivateKey0123456789',
};

const base64Of = (secret: string): string[] =>
  [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + secret)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : 4, -2),
  );

const forms = Object.values(secrets).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ a: secret }).toString().slice(2),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('hex'),
  ...base64Of(secret),
]);

/** What of a text is a secret, in any of its forms. */
const find = (text: string): string[] => forms.filter((form) => text.includes(form));

let sandbox: Sandbox;
let alerts: Listener;
beforeAll(async () => {
  const { clientId, clientSecret, appKey } = secrets;
  const now = () => new Date();
  sandbox = await startSandbox({ scale: 0.001, now, clientId, clientSecret, appKey });
  alerts = await listen();
});
afterAll(async () => {
  await alerts.close();
  await sandbox.close();
});

type Ran = { code: number | null; said: string; cmdline: string; dir: string };

/** Runs a command in a folder of its own; with all that it said, and what the system showed of it meanwhile. */
const run = async (
  more: NodeJS.ProcessEnv = {},
  line = 'backfill --entity job-types,campaigns --from 2026-01-01 --verbose',
  killAfterMs?: number,
): Promise<Ran> => {
  const dir = await makeTempDir();
  const child = spawn(
    'bash',
    ['-c', `umask 000; exec ${process.execPath} dist/bin/fieldmart.js ${line}`],
    {
      env: {
        ...environmentFor(sandbox, dir),
        LOG_FILE: join(dir, 'logs', 'app.log'),
        ALERT_WEBHOOK_URL: `${alerts.url}/${secrets.webhook}`,
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  const cmdline = await readFile(`/proc/${child.pid ?? 0}/cmdline`, 'latin1').catch(() => '');
  if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, said, cmdline, dir };
};

const isPrivate = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o077) === 0;

/** Nothing of a run, while it lasts or after it, shows a secret or can be read by others. */
const expectNothingLeft = async ({ said, cmdline, dir }: Ran): Promise<void> => {
  expect(find(said)).toEqual([]);
  expect(find(cmdline)).toEqual([]);
  expect(
    find(alerts.heard.map((heard) => heard.replace(`/${secrets.webhook}`, '')).join()),
  ).toEqual([]);
  const left = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of left) {
    const path = join(entry.parentPath, entry.name);
    expect({ path, isPrivate: await isPrivate(path) }).toEqual({ path, isPrivate: true });
    if (entry.isFile()) {
      expect({ path, found: find(await readFile(path, 'latin1')) }).toEqual({ path, found: [] });
    }
  }
};

test('the search finds what it is to find', () => {
  const { clientSecret, clientId } = secrets;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  for (const text of [`a ${clientSecret}`, encodeURIComponent(clientSecret), basic])
    expect(find(text)).not.toEqual([]);
});

describe('a run that fails shows no secret and leaves none behind', () => {
  test.each([401, 403])(
    'refused with %i',
    async (status) => {
      sandbox.clearFaults();
      sandbox.addFault({ kind: 'status', status, path: 'job-types' });
      const ran = await run();
      sandbox.clearFaults();
      expect(ran.code).toBe(3);
      await expectNothingLeft(ran);
      expect(await readFile(join(ran.dir, 'logs', 'app.log'), 'utf8')).toContain('run ended');
    },
    patienceMs,
  );

  test(
    'by a server that repeats what it was sent',
    async () => {
      const echo = await listen((request, response) => {
        response.writeHead(401, { 'content-type': 'application/json', 'x-sent': request.url });
        response.end(JSON.stringify({ title: echo.heard.at(-1), traceId: secrets.clientSecret }));
      });
      const ran = await run({ ST_AUTH_URL: `${echo.url}/connect/token` });
      await echo.close();
      expect(ran.code).toBe(3);
      expect(find(echo.heard.join())).not.toEqual([]);
      await expectNothingLeft(ran);
    },
    patienceMs,
  );

  test(
    'by a bug whose message quotes them',
    async () => {
      const bug = `URLSearchParams.prototype.toString = function () { throw new Error('bad form ' + [...this].join()); };`;
      const ran = await run({
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}`,
      });
      expect(ran.code).toBe(1);
      expect(ran.said).toContain('bad form');
      await expectNothingLeft(ran);
    },
    patienceMs,
  );

  test(
    'by an error that nobody waited for, which carries them',
    async () => {
      const bug = `setTimeout(() => Promise.reject(Object.assign(new Error('lost ' + process.env.ST_APP_KEY),
        { config: { headers: { Authorization: 'Bearer ' + process.env.ST_CLIENT_SECRET } } })), 600);`;
      const ran = await run({
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}`,
      });
      expect(ran.code).toBe(1);
      expect(ran.said).toMatch(/^Error: lost [^ ]+\n/m);
      await expectNothingLeft(ran);
    },
    patienceMs,
  );

  test(
    'by a warehouse that is none, or by being killed',
    async () => {
      const dir = await makeTempDir();
      const refused = await run({ DUCKDB_PATH: dir });
      expect(refused.code).toBe(5);
      await expectNothingLeft(refused);
      sandbox.addFault({ kind: 'status', status: 500, path: 'campaigns' });
      const killed = await run({}, undefined, 1_500);
      sandbox.clearFaults();
      expect(killed.code).toBeNull();
      await expectNothingLeft(killed);
    },
    patienceMs,
  );

  test(
    'by Google',
    async () => {
      const bigquery: Bigquery = await startBigquery();
      const keys = await makeTempDir();
      const file = join(keys, 'key.json');
      const key = {
        type: 'service_account',
        client_email: 'a@b.example',
        private_key: secrets.key,
      };
      await writeFile(file, JSON.stringify(key));
      bigquery.access.deny('bigquery.jobs.create');
      const ran = await run({
        ...{ WAREHOUSE: 'bigquery', BIGQUERY_PROJECT: bigquery.projectId },
        ...{ BIGQUERY_API_ENDPOINT: bigquery.url, GOOGLE_APPLICATION_CREDENTIALS: file },
      });
      await bigquery.close();
      expect(ran.code).toBe(5);
      await expectNothingLeft(ran);
    },
    patienceMs,
  );
});

describe('certificates', () => {
  const tls = async () => {
    const heard: string[] = [];
    const server = createServer(makeCertificate(new Date()), (request, response) => {
      heard.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // It answers whoever does not look at the certificate.
    await once(get(`${url}/unlooked`, { rejectUnauthorized: false, agent: false }), 'response');
    return { heard, url, server };
  };

  test(
    'that nobody vouches for are refused, and nothing is sent; nor with the check turned off',
    async () => {
      const server = await tls();
      const address = { ST_AUTH_URL: `${server.url}/connect/token`, ST_BASE_URL: server.url };
      const ran = await run(address);
      expect(ran.code).toBe(3);
      expect(ran.said).toMatch(
        /no trusted TLS connection to 127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      );
      await expectNothingLeft(ran);
      const unchecked = await run({ ...address, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      expect(unchecked).toMatchObject({ code: 2 });
      expect(unchecked.said).toContain('NODE_TLS_REJECT_UNAUTHORIZED is 0');
      expect(server.heard).toEqual(['/unlooked']);
      server.server.close();
    },
    patienceMs,
  );
});

test(
  'an open folder for the spool stays as it is; what is put into it is its owner’s alone',
  async () => {
    const dir = await makeTempDir();
    await mkdir(join(dir, 'shared'), { mode: 0o755 });
    sandbox.addFault({ kind: 'status', status: 403, path: 'campaigns' });
    const ran = await run({
      SPOOL_DIR: join(dir, 'shared'),
      DUCKDB_PATH: join(dir, 'shared', 'x.duckdb'),
    });
    sandbox.clearFaults();
    expect(ran.code).toBe(3);
    for (const name of await readdir(join(dir, 'shared')))
      expect({ name, isPrivate: await isPrivate(join(dir, 'shared', name)) }).toEqual({
        name,
        isPrivate: true,
      });
  },
  patienceMs,
);
