import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Kind, Run } from '../../src/cli/commands.ts';
import { frameRun } from '../../src/cli/frame-run.ts';
import { CheckError, ConfigError, SourceError } from '../../src/errors.ts';
import { sendAlert } from '../../src/http/send-alert.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const runId = '0a1b2c3d-0000-4000-8000-000000000001';
const quietly = { quiet: false, verbose: false, json: false };

let dir: string;

beforeEach(async () => {
  dir = await makeTempDir();
});

type Framed = {
  run: Run;
  kind?: Kind;
  output?: Partial<typeof quietly>;
  env?: NodeJS.ProcessEnv;
  terminal?: boolean;
};

/** Each look at the clock is a second after the one before. */
const frame = async ({ run, kind = 'run', output, env, terminal = false }: Framed) => {
  let seconds = 0;
  const [out, err]: [string[], string[]] = [[], []];
  const code = await frameRun(
    { command: 'sync', run, kind, output: { ...quietly, ...output } },
    {
      runId,
      io: {
        env: { ST_TENANT_ID: '77', LOG_FILE: join(dir, 'logs', 'app.log'), ...env },
        now: () => new Date(Date.parse('2024-03-15T12:00:00Z') + (seconds += 1) * 1000),
        out: (line) => out.push(line),
        err: (line) => err.push(line),
        terminal,
      },
    },
  );
  return { code, out, err };
};

const parse = (line: string): Record<string, unknown> =>
  JSON.parse(line) as Record<string, unknown>;

const readLog = async (): Promise<Record<string, unknown>[]> =>
  (await readFile(join(dir, 'logs', 'app.log'), 'utf8')).trim().split('\n').map(parse);

const good: Run = ({ log, summarize }) => {
  log.info('window read', { entity: 'jobs', rows: 5 });
  log.debug('page');
  summarize({ rowsRead: 5 });
  summarize({ requests: 2 });
  return Promise.resolve(0);
};

const fail =
  (error: Error): Run =>
  () =>
    Promise.reject(error);

describe('the log of a run', () => {
  test('has its id and the time in UTC on every line, and ends with what it counted', async () => {
    expect(await frame({ run: good })).toMatchObject({ code: 0 });
    const lines = await readLog();
    for (const line of lines)
      expect(line).toMatchObject({ runId, timestamp: expect.stringMatching(/^2024-.*Z$/) });
    expect(lines.map(({ message }) => message)).toEqual([
      'run started',
      'window read',
      'run ended',
    ]);
    expect(lines.at(-1)).toMatchObject({
      ...{ level: 'info', command: 'sync', outcome: 'ok', exitCode: 0, rowsRead: 5, requests: 2 },
    });
    expect(lines.at(-1)?.durationMs).toBeGreaterThan(0);
  });

  test('goes on in the same file, which only its owner may read', async () => {
    await frame({ run: good });
    await frame({ run: good });
    expect(await readLog()).toHaveLength(6);
    expect((await stat(join(dir, 'logs', 'app.log'))).mode & 0o777).toBe(0o600);
  });

  test('a question leaves none', async () => {
    const { code, err } = await frame({ run: good, kind: 'question', terminal: true });
    expect({ code, err }).toEqual({ code: 0, err: [] });
    await expect(readLog()).rejects.toThrow(/ENOENT/);
  });

  test.each([
    ['without options', {}, 3],
    ['--quiet', { quiet: true }, 0],
    ['--verbose', { verbose: true }, 4],
    ['--json', { json: true }, 3],
  ])('%s: as many lines on stderr as asked for', async (_, output, count) => {
    const { err } = await frame({ run: good, output });
    expect(err).toHaveLength(count);
    for (const line of err) expect(parse(line)).toHaveProperty('level');
    expect(await readLog()).toHaveLength(Math.max(count, 3));
  });

  test('a terminal shows one line at the end, and with --verbose readable ones', async () => {
    expect((await frame({ run: good, terminal: true })).err).toEqual([
      'sync ended: ok, 3.0 s, rows read 5, requests 2 (run 0a1b2c3d)',
    ]);
    const { err } = await frame({ run: good, terminal: true, output: { verbose: true } });
    expect(err[1]).toMatch(/^12:00:0\dZ 0a1b2c3d info {2}window read entity=jobs rows=5$/);
    expect(await frame({ run: good, terminal: true, output: { quiet: true } })).toMatchObject({
      err: [],
    });
  });

  test('a failure stands in the file even where that takes errors only', async () => {
    const run = fail(new SourceError('Cannot read jobs: refused; check ST_APP_KEY'));
    const { code, err } = await frame({ run, env: { LOG_LEVEL: 'error' } });
    expect({ code, err }).toEqual({
      code: 3,
      err: ['Cannot read jobs: refused; check ST_APP_KEY'],
    });
    expect(await readLog()).toMatchObject([
      { outcome: 'failed', exitCode: 3, reason: 'Cannot read jobs: refused; check ST_APP_KEY' },
    ]);
  });

  test('a run that was stopped is no failure', async () => {
    expect(await frame({ run: () => Promise.resolve(130) })).toMatchObject({ code: 130 });
    expect((await readLog()).at(-1)).toMatchObject({ level: 'info', outcome: 'stopped' });
  });

  test('a bug shows its stack on stderr and only its kind in the log', async () => {
    const { code, err } = await frame({ run: fail(new TypeError('Ada Nilsson is undefined')) });
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/Ada Nilsson is undefined\n +at /);
    expect(JSON.stringify(await readLog())).not.toContain('Nilsson');
    expect((await readLog()).at(-1)?.reason).toMatch(/^a bug \(TypeError\)/);
  });

  test('--json: the error is JSON too', async () => {
    const run = fail(new ConfigError('Cannot start: the tenant is missing'));
    const { err } = await frame({ run, kind: 'question', output: { json: true } });
    expect(err.map(parse)).toEqual([
      { level: 'error', message: 'Cannot start: the tenant is missing', exitCode: 2 },
    ]);
  });

  test('a file that cannot be written is said once and stops nothing', async () => {
    await writeFile(join(dir, 'logs'), 'a file where a folder should be');
    const { code, err } = await frame({ run: good });
    expect(code).toBe(0);
    const warnings = err.map(parse).filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([
      { message: expect.stringContaining('log file cannot be written') },
    ]);
    expect(warnings).toHaveLength(1);
  });

  test('LOG_FILE=off: no file', async () => {
    await frame({ run: good, env: { LOG_FILE: 'off' } });
    await expect(readLog()).rejects.toThrow(/ENOENT/);
  });
});

describe('the alert of a run that failed', () => {
  let server: Server;
  let told: { body: string; type: string | undefined; path: string | undefined }[];
  let status: number;
  let url: string;

  const read = async (request: IncomingMessage): Promise<string> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    return body;
  };

  beforeEach(async () => {
    [told, status] = [[], 200];
    server = createServer((request, response) => {
      void read(request).then((body) => {
        told.push({ body, type: request.headers['content-type'], path: request.url });
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?sig=very-secret`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const refused = new SourceError('Cannot read <jobs> & more: 401; check ST_APP_KEY');

  test('says in one line, as Slack reads it, what failed and why', async () => {
    const env = { ALERT_WEBHOOK_URL: url };
    expect(await frame({ run: fail(refused), env })).toMatchObject({ code: 3 });
    expect(told).toEqual([
      {
        path: '/hook?sig=very-secret',
        type: 'application/json',
        body: JSON.stringify({
          text:
            'fieldmart sync failed (exit 3, tenant 77, run 0a1b2c3d): ' +
            'Cannot read &lt;jobs&gt; &amp; more: 401; check ST_APP_KEY',
        }),
      },
    ]);
  });

  test('holds no rows of a check, names missing variables, and is no book', async () => {
    const env = { ALERT_WEBHOOK_URL: url };
    await frame({ run: fail(new CheckError('Cannot vouch: red\n  Ada Nilsson, 12.50')), env });
    await frame({ run: fail(new ConfigError('Cannot start:\n  ST_APP_KEY is missing')), env });
    await frame({ run: fail(new SourceError('x'.repeat(5_000))), env });
    expect(told[0]?.body).not.toContain('Nilsson');
    expect(told[1]?.body).toContain('Cannot start: ST_APP_KEY is missing');
    expect(told[2]?.body.length).toBeLessThan(600);
  });

  test('is not sent when all went well, when it was stopped, or for a question', async () => {
    const env = { ALERT_WEBHOOK_URL: url };
    await frame({ run: good, env });
    await frame({ run: () => Promise.resolve(130), env });
    await frame({ run: fail(refused), kind: 'question', env });
    expect(told).toEqual([]);
  });

  test.each([
    ['a refusal', 500, 'status 500'],
    ['a redirect', 302, 'no connection'],
  ])('%s is a warning without the address; the exit code stays', async (_, code, state) => {
    status = code;
    const result = await frame({ run: fail(refused), env: { ALERT_WEBHOOK_URL: url } });
    expect(result.code).toBe(3);
    const warning = result.err.map((line) => (line.startsWith('{') ? parse(line) : {})).at(-1);
    expect(warning).toMatchObject({ level: 'warn', message: 'the alert was not taken', state });

    expect(JSON.stringify([result.err, await readLog()])).not.toContain('secret');
    expect(told).toHaveLength(1);
  });

  test('nobody there: a warning with the reason', async () => {
    server.close();
    const { code, err } = await frame({ run: fail(refused), env: { ALERT_WEBHOOK_URL: url } });
    expect(code).toBe(3);
    expect(err.at(-1)).toMatch(/"state":"ECONNREFUSED"/);
  });

  test('one that never answers is given up', async () => {
    server.removeAllListeners('request');
    expect(await sendAlert(url, 'late', 50)).toMatch(/^no answer in/);
  });

  test('an address that may not be used is not called', async () => {
    const env = { ALERT_WEBHOOK_URL: 'http://10.0.0.1/hook' };
    const { code, err } = await frame({ run: fail(refused), env });
    expect(code).toBe(3);
    expect(err.join()).not.toContain('alert');
  });
});
