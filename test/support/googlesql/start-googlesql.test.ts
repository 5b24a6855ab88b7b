import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { makeTempDir } from '../temp-dir.ts';
import { guardScript } from './guard-script.ts';
import { startGooglesql } from './start-googlesql.ts';

/** A file that stands in for the server's binary and leaves its process id in `<file>.pid`. */
const writeBinary = async (script: string, mode = 0o700): Promise<string> => {
  const file = join(await makeTempDir(), 'server');
  await writeFile(file, `#!/bin/sh\necho $$ > "$0.pid"\n${script}\n`, { mode });
  return file;
};

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const readWritten = async (file: string): Promise<number> => {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await sleep(5);
  }
};

const endsSoon = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 100 && runs(pid); tries += 1) await sleep(50);
  return !runs(pid);
};

test('a binary that is missing, may not be run or ends at once is reported, with what it said', async () => {
  const missing = join(await makeTempDir(), 'server');
  const forbidden = await writeBinary('exit 0', 0o600);
  const broken = await writeBinary('echo "libc.so.6: version GLIBC_9.99 not found" >&2; exit 1');
  for (const [binary, reason] of [
    [missing, /server: it ended with code 127: .*not found/],
    [forbidden, /server: it ended with code 126: .*denied/i],
    [broken, /server: it ended with code 1: libc.so.6: version GLIBC_9.99 not found/],
  ] as const) {
    const started = await startGooglesql({ binary });
    expect(started).toEqual({ runs: false, reason: expect.stringMatching(reason) });
  }
});

test('a binary that never answers is reported and ended', async () => {
  const binary = await writeBinary('exec sleep 60');
  const started = await startGooglesql({ binary, readyWithinMs: 500 });
  expect(started).toMatchObject({ runs: false, reason: expect.stringMatching(/not answer/) });
  expect(runs(Number(await readFile(`${binary}.pid`, 'utf8')))).toBe(false);
});

test('the server ends with the suite that started it', async () => {
  const binary = await writeBinary('exec sleep 60');
  const [before, starting] = [globalThis.closings.length, startGooglesql({ binary })];
  while (globalThis.closings.length === before) await sleep(5);
  const pid = await readWritten(`${binary}.pid`);
  await globalThis.closings.at(-1)?.();
  expect(runs(pid)).toBe(false);
  expect(await starting).toMatchObject({ runs: false });
});

test('the server ends when whoever started it is killed', async () => {
  const binary = await writeBinary('exec sleep 60');
  const runner = spawn(process.execPath, [
    '-e',
    `require('child_process').spawn('/bin/sh', ${JSON.stringify(['-c', guardScript, binary, '1'])},
      { stdio: ['pipe', 'inherit', 'inherit'] });
    setInterval(() => undefined, 1000);`,
  ]);
  const [line] = (await once(runner.stdout, 'data')) as [Buffer];
  const pid = Number(line);
  expect(runs(pid)).toBe(true);
  runner.kill('SIGKILL');
  expect(await endsSoon(pid)).toBe(true);
});
