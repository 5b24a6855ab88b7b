import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseEnv } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatEnv } from '../../src/cli/format-env.ts';
import type { Io } from '../../src/cli/io.ts';
import { openPrompts, type Prompts } from '../../src/cli/open-prompts.ts';
import { runInit } from '../../src/cli/run-init.ts';
import { readSourceConfig, variableNames } from '../../src/config.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { runLine } from './support/run-line.ts';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await makeTempDir();
  path = join(dir, '.env');
});

/** Runs init with the answers, one a question; each is judged as the terminal judges it. Null is Ctrl-C. */
const init = async (
  answers: readonly (string | null)[],
  { force = false }: { force?: boolean } = {},
) => {
  const [out, err, faults]: [string[], string[], string[]] = [[], [], []];
  const left = [...answers];
  const answer = (message: string, fault?: (text: string) => string | null): string | null => {
    for (;;) {
      const next = left.shift();
      if (next === undefined) throw new Error(`nobody answers: ${message}`);
      const found = next === null ? null : (fault?.(next) ?? null);
      if (found === null) return next;
      faults.push(found);
    }
  };
  const prompts: Prompts = {
    text: ({ message, fault, byDefault }) =>
      Promise.resolve(answer(message, (text) => fault(text === '' ? byDefault : text))),
    secret: ({ message, fault }) => Promise.resolve(answer(message, fault)),
    choice: ({ message }) => Promise.resolve(answer(message)),
  };
  const io = {
    ...{ out: (line: string) => out.push(line), err: (line: string) => err.push(line) },
    env: { npm_command: 'exec' },
  };
  const code = await runInit({ force }, io as unknown as Io, { path, prompts });
  return { code, out: out.join('\n'), err: err.join('\n'), faults, left };
};

const production = 'https://api.servicetitan.io';
const credentials = ['4711', 'cid.example', 'cs1 # "never"-printed', 'ak1.never-printed'];
const toDuckdb = ['duckdb', 'data/fieldmart.duckdb', ''];

describe('what init writes', () => {
  test('is what the program reads, commented, for its owner alone', async () => {
    const ran = await init([production, ...credentials, 'America/Denver', ...toDuckdb]);
    expect({ ...ran, out: '' }).toEqual({ code: 0, out: '', err: '', faults: [], left: [] });
    expect(ran.out).toMatch(/npx fieldmart doctor[^]*backfill --all --from[^]*npx fieldmart build/);
    expect(ran.out).not.toContain('never');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['.env']);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^# The tenant's time zone: .*\nST_TIME_ZONE=America\/Denver$/m);
    expect(text).toMatch(/^# WAREHOUSE=duckdb$/m);
    for (const name of variableNames) expect(text).toMatch(new RegExp(`^(?:# )?${name}=`, 'm'));
    expect(readSourceConfig(parseEnv(text))).toMatchObject({
      tenantId: '4711',
      timeZone: 'America/Denver',
      warehouse: 'duckdb',
      source: { clientSecret: credentials[2], appKey: credentials[3], baseUrl: production },
    });
  });

  test('of BigQuery and a sandbox holds what these need', async () => {
    const sandbox = 'http://127.0.0.1:8080';
    const webhook = 'https://hooks.example.com/services/T1';
    const ran = await init([
      ...['', sandbox, `${sandbox}/connect/token`, ...credentials, ''],
      ...['bigquery', 'acme-data-1234', 'EU', 'trial_', webhook],
    ]);
    expect(ran).toMatchObject({ code: 0, faults: [], left: [] });
    expect(ran.out).toMatch(/gcloud auth[^]*npx fieldmart setup[^]*npx fieldmart doctor/);
    const text = await readFile(path, 'utf8');
    expect(parseEnv(text)).toEqual({
      ...{ ST_BASE_URL: sandbox, ST_AUTH_URL: `${sandbox}/connect/token` },
      ...{ ST_CLIENT_ID: credentials[1], ST_CLIENT_SECRET: credentials[2] },
      ...{ ST_APP_KEY: credentials[3], ST_TENANT_ID: '4711', WAREHOUSE: 'bigquery' },
      ...{ BIGQUERY_PROJECT: 'acme-data-1234', BIGQUERY_LOCATION: 'EU' },
      ...{ DATASET_PREFIX: 'trial_', ALERT_WEBHOOK_URL: webhook },
    });
  });
});

test('a wrong answer is asked for again, by the rules of the configuration', async () => {
  const { faults } = await init([
    ...[production, '', 'forty', '47', '', 'cid.x', '', 'cs1.x', 'ak1.x', 'Mars/Base', 'UTC'],
    ...[
      'bigquery',
      '',
      'Acme Data',
      'acme-data-1234',
      'here!',
      'US',
      '1st',
      '',
      'http://a.example',
    ],
    '',
  ]);
  expect(faults).toEqual([
    'is missing; set it to the tenant id, a number',
    'must be a number',
    'is missing; set it to the client id of your ServiceTitan app (cid.…)',
    'is missing; set it to the client secret of your ServiceTitan app (cs….…)',
    'must be an IANA time zone, for example America/Phoenix',
    'is missing; set it to the Google Cloud project that holds the datasets',
    'must be the id of a project, for example acme-data-1234 (not its name or number)',
    'must be a location of BigQuery, for example US, EU or us-central1',
    'must start with a letter and hold only letters, digits and underscores',
    'must be an https:// address (plain http only for a loopback address)',
  ]);
});

describe('what is refused', () => {
  test('a file that is there stays; --force replaces it, and makes it private', async () => {
    await writeFile(path, 'ST_TENANT_ID=1\n', { mode: 0o644 });
    await writeFile(`${path}.tmp`, 'of an init that was killed', { mode: 0o644 });
    await expect(init([])).rejects.toThrow(
      `Cannot write ${path}: it is there already; edit it, or have it replaced by init --force`,
    );
    expect(await readFile(path, 'utf8')).toBe('ST_TENANT_ID=1\n');
    const answers = [production, ...credentials, 'UTC', ...toDuckdb];
    expect(await init(answers, { force: true })).toMatchObject({ code: 0 });
    expect(parseEnv(await readFile(path, 'utf8'))).toMatchObject({ ST_TENANT_ID: '4711' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['.env']);
  });

  test('a file that came while the questions were asked stays', async () => {
    const answers = [production, ...credentials, 'UTC', ...toDuckdb];
    const running = init(answers);
    await writeFile(path, 'mine\n');
    await expect(running).rejects.toThrow(/it is there already/);
    expect(await readFile(path, 'utf8')).toBe('mine\n');
    expect(await readdir(dir)).toEqual(['.env']);
  });

  test('Ctrl-C at any question leaves nothing', async () => {
    const answers = [production, ...credentials, 'UTC', ...toDuckdb];
    for (const at of answers.keys()) {
      const ran = await init([...answers.slice(0, at), null]);
      expect(ran).toMatchObject({ code: 130, out: '', err: 'Stopped; nothing was written.' });
    }
    expect(await readdir(dir)).toEqual([]);
  });

  test('a folder that cannot be written to: one clear line', async () => {
    await mkdir(join(dir, 'file'));
    path = join(dir, 'missing', '.env');
    await expect(init([production, ...credentials, 'UTC', ...toDuckdb])).rejects.toThrow(
      /^Cannot write .*\.env: the folder refuses it \(ENOENT\); run init in a folder where/,
    );
  });

  test('no terminal: what to do instead, and exit 2', async () => {
    const { code, out, err } = await runLine('init', {}, new Date());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^Cannot ask: this is no terminal; copy \S*\.env\.example to \.env, fill in its first four lines, and chmod 600 \.env$/,
    );
  });
});

test('every value that a line can hold is read back as it was typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const value = text.trim();
      const quotes = ['"', "'", '`'].every((quote) => value.includes(quote));
      fc.pre(!/[\r\n]/.test(value) && !quotes && value !== '');
      const lines = formatEnv('# NAME=x\nOTHER=1', new Map([['NAME', value]]));
      expect(parseEnv(lines)).toEqual({ NAME: value, OTHER: '1' });
    }),
  );
});

/** A terminal whose keys are pressed once it shows what is waited for. */
const sitDown = (steps: readonly [wait: RegExp, keys: string][]) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...steps];
  let [shown, seen] = ['', ''];
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    seen += chunk.toString();
    const [next] = left;
    if (next?.[0].test(seen) !== true) return;
    left.shift();
    seen = '';
    setImmediate(() => input.write(next[1]));
  });
  return { prompts: openPrompts({ input, output }), shown: () => shown };
};

test('the terminal shows no secret, says what is wrong, and takes Ctrl-C', async () => {
  const { prompts, shown } = sitDown([
    [/The secret/, 'cs1.never-printed\r'],
    [/The number/, 'x\r'],
    [/It must be a number/, '\u007f7\r'],
    [/The zone/, '\r'],
    [/The last/, '\u0003'],
  ]);
  const fault = (text: string) => (/^\d+$/.test(text) ? null : 'must be a number');
  const none = () => null;
  expect(await prompts.secret({ message: 'The secret', fault: none })).toBe('cs1.never-printed');
  expect(await prompts.text({ message: 'The number', fault, byDefault: '' })).toBe('7');
  expect(await prompts.text({ message: 'The zone', fault: none, byDefault: 'UTC' })).toBe('UTC');
  expect(await prompts.secret({ message: 'The last', fault: none })).toBeNull();
  expect(shown()).not.toContain('never');
});
