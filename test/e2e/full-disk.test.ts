import { expect, test } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { environmentFor, fieldmart, start } from './support.ts';

test('no room for the spool: one clear line and exit 5; with room again it goes on and nothing is lost', async () => {
  const clock = new Date('2026-03-01T12:00:00Z');
  const sandbox = await startSandbox({ scale: 0.005, now: () => clock, exportPageSize: 200 });
  const env = environmentFor(sandbox, await makeTempDir());
  // A limit on the size of files stands in for a full disk: it needs no rights, and is met in the middle of a page. The
  // feed goes into one spool before anything is committed, so that the spool meets it and not the database.
  const feed = 'backfill --entity invoice-items --from 2019-01-01';
  const program = [process.execPath, 'dist/bin/fieldmart.js', ...feed.split(' ')];
  const limited = ['sh', '-c', 'ulimit -f "$0" && exec "$@"', '1200', ...program];
  const { code, err } = await start(limited, env).finished;
  expect(err).toMatch(/Cannot write the spool .*; .*repeat the command/);
  expect(code).toBe(5);
  expect(await fieldmart(feed, env)).toMatchObject({ code: 0 });
  expect((await fieldmart('verify', env)).code).toBe(0);
  await sandbox.close();
}, 120_000);
