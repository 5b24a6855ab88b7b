import { describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { main } from '../../src/cli/main.ts';

const credentials = {
  ST_CLIENT_ID: 'cid.example',
  ST_CLIENT_SECRET: 'cs1.never-printed',
  ST_APP_KEY: 'ak1.never-printed',
  ST_TENANT_ID: '1234',
};

const run = async (line: string, env: NodeJS.ProcessEnv = credentials) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(line.split(' ').filter(Boolean), {
    env: { LOG_FILE: 'off', ...env },
    now: () => new Date('2024-03-15T12:00:00Z'),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

describe('a command line that cannot be run: one clear line and exit 2', () => {
  test.each([
    ['', /a command is missing; see fieldmart --help/],
    ['bakfill', /"bakfill": there is no such command; did you mean backfill\?/],
    ['xyzzy', /"xyzzy": there is no such command; see fieldmart --help/],
    ['foo', /"foo": there is no such command; see fieldmart --help$/],
    [
      'backfill --entity jobs --form 2020-01-01',
      /: Unknown argument: form; Missing required argument: from; did you mean --from\?$/,
    ],
    [
      'backfill --all --zzzzzz=1',
      /: Unknown argument: zzzzzz; Missing required argument: from; see fieldmart --help$/,
    ],
    ['sync --no-entty', /: Unknown argument: entty; did you mean --entity\?$/],
    ['sync --lookback 999999w', /--lookback 999999w: it is longer than 3660 days/],
    ['backfill --entity jobs', /Missing required argument: from/],
    ['backfill --from 2020-01-01', /no entity given; add --entity NAME/],
    ['backfill --all --entity jobs --from 2020-01-01', /exclude each other/],
    ['backfill --entity invoice --from 2020-01-01', /did you mean invoices\?/],
    ['backfill --entity jobs --from yesterday', /--from yesterday: it is no date/],
    ['backfill --entity jobs --from 2023-02-29', /it is no date; write it as 2024-03-01/],
    ['backfill --entity jobs --from 2024-03-16', /it is in the future/],
    [
      'backfill --entity jobs --from 2024-01-01 --to 2025-01-01',
      /it is in the future; leave --to out/,
    ],
    ['backfill --entity jobs --from 2024-02-01 --to 2024-01-01', /nothing lies between/],
    ['backfill --entity jobs --from 2024-02-01 --to 2024-02-01', /nothing lies between/],
    [
      'backfill --entity jobs --from 2024-01-01 --from 2024-02-01',
      /^Cannot use --from: give it once/,
    ],
    ['sync --since tomorrow', /--since tomorrow: it is no date/],
    ['sync --since 2024-03-20', /it is in the future/],
    ['sync --lookback 3', /--lookback 3: it is no duration/],
    ['sync --frob', /Unknown argument: frob/],
    ['progress --entity jbos', /did you mean jobs\?/],
    ['sandbox --port 70000', /--port 70000/],
    ['sandbox --scale 0', /--scale 0/],
    ['demo --scale 2', /--scale 2/],
    ['sandbox --seed x', /^Cannot use --seed: what was typed is no number/],
    ['runs --limit x', /^Cannot use --limit: what was typed is no number/],
    ['runs --limit 0', /^Cannot use --limit 0: it must be a whole number from 1 to 1000/],
    ['runs --days 1 --days 2', /^Cannot use --days: give it once, with one value/],
    ['costs --days x', /^Cannot use --days: what was typed is no number/],
  ])('fieldmart %s', async (line, message) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/never-printed|\n\s+at /);
  });

  test('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, out, err } = await run(`sandbox --scale 0.001 --port ${port}`);
    await new Promise((resolve) => other.close(resolve));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      new RegExp(`^Cannot use --port ${port}: another program listens on it; .*another port.*$`),
    );
  });

  test('names every missing variable at once', async () => {
    const { code, err } = await run('sync', {});
    expect(code).toBe(2);
    for (const name of Object.keys(credentials)) expect(err).toContain(name);
  });

  test('bigquery without a project', async () => {
    const { code, out, err } = await run('build', { ...credentials, WAREHOUSE: 'bigquery' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/BIGQUERY_PROJECT is missing; set it to the Google Cloud project/);
  });
});
