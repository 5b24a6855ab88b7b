import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { ZetaSQLClient } from '@fivetrandevelopers/zetasql';
import { guardScript } from './guard-script.ts';

/** The analyzer's and evaluator's own calls. */
export type GooglesqlApi = typeof ZetaSQLClient.API;

/** Google's SQL server, running; or why it cannot run on this machine. */
export type Googlesql =
  | { runs: true; api: GooglesqlApi; pid: number; close: () => Promise<void> }
  | { runs: false; reason: string };

export type GooglesqlOptions = {
  /** Default: the package's binary for this machine. */
  binary?: string;
  /** Default 20,000. */
  readyWithinMs?: number;
};

declare global {
  /** What environment.js calls when the suite has ended, after all its hooks. */
  var closings: (() => Promise<void>)[];
}

type Shell = ChildProcessByStdio<Writable, Readable, Readable>;

const suffixes: Readonly<Record<string, string>> = {
  'linux x64': '.so',
  'linux arm64': '_arm.so',
  'darwin x64': '',
  'darwin arm64': '_arm',
};

const findBinary = (): string | undefined => {
  const suffix = suffixes[`${process.platform} ${process.arch}`];
  const main = createRequire(import.meta.url).resolve('@fivetrandevelopers/zetasql');
  return suffix === undefined
    ? undefined
    : join(dirname(main), 'zetasql', `remote_server${suffix}`);
};

const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const readPid = (shell: Shell): Promise<number> =>
  new Promise((resolve) => {
    shell.stdout.once('data', (line: Buffer) => {
      resolve(Number(line));
    });
  });

/** Resolves with the reason when the server ends by itself. */
const watchEnd = (shell: Shell): Promise<string> => {
  let said = '';
  shell.stderr.on('data', (text: Buffer) => {
    said = (said + String(text)).slice(-1000);
  });
  return new Promise((resolve) => {
    shell.once('error', (error) => {
      resolve(error.message);
    });
    shell.once('close', (code) => {
      resolve(`it ended with code ${String(code)}: ${said.trim()}`);
    });
  });
};

const isReady = (api: GooglesqlApi): Promise<boolean> =>
  new Promise((resolve) => {
    api.waitForReady(Date.now() + 200, (error) => {
      resolve(error === undefined);
    });
  });

const connect = (port: number): GooglesqlApi => {
  // A proxy that the environment names would be asked for our own loopback address.
  process.env.no_grpc_proxy ??= 'localhost';
  ZetaSQLClient.init(port);
  return ZetaSQLClient.API;
};

/**
 * Starts Google's SQL analyzer and reference evaluator on a free port of the loopback address. It is closed with the suite:
 * whether there are tests is asked of it where no hook runs yet, and none does where all of them are filtered out.
 */
export const startGooglesql = async (options: GooglesqlOptions = {}): Promise<Googlesql> => {
  const { binary = findBinary(), readyWithinMs = 20_000 } = options;
  if (binary === undefined) {
    return { runs: false, reason: `no binary for ${process.platform} ${process.arch}` };
  }
  const port = await findFreePort();
  const shell = spawn('/bin/sh', ['-c', guardScript, binary, String(port)], { stdio: 'pipe' });
  shell.stdin.on('error', () => undefined);
  const pid = readPid(shell);
  const ended = watchEnd(shell);
  const api = connect(port);
  const close = async (): Promise<void> => {
    api.close();
    shell.stdin.end();
    await ended;
  };
  globalThis.closings.push(close);
  const failures: string[] = [];
  void ended.then((reason) => failures.push(reason));
  const timer = setTimeout(() => {
    failures.push(`it did not answer within ${readyWithinMs} ms`);
  }, readyWithinMs);
  while (failures.length === 0 && !(await isReady(api)));
  clearTimeout(timer);
  const [failure] = failures;
  if (failure === undefined) return { runs: true, api, pid: await pid, close };
  await close();
  return { runs: false, reason: `${binary}: ${failure}` };
};
