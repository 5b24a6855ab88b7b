import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export type Finished = { code: number | null; signal: string | null; out: string; err: string };

/** The variables that point fieldmart at a sandbox, with a database and a spool in `dir`. */
export const environmentFor = (sandbox: Sandbox, dir: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ST_BASE_URL: sandbox.url,
  ST_AUTH_URL: `${sandbox.url}/connect/token`,
  ST_CLIENT_ID: sandbox.credentials.clientId,
  ST_CLIENT_SECRET: sandbox.credentials.clientSecret,
  ST_APP_KEY: sandbox.credentials.appKey,
  ST_TENANT_ID: sandbox.credentials.tenantId,
  ST_REQUESTS_PER_SECOND: '1000',
  DUCKDB_PATH: join(dir, 'test.duckdb'),
  SPOOL_DIR: join(dir, 'spool'),
  LOG_FILE: join(dir, 'logs', 'app.log'),
});

export type Running = {
  /** Resolves with the first thing that it says. */
  said: Promise<void>;
  finished: Promise<Finished>;
  kill: (signal: NodeJS.Signals) => void;
};

/** Starts a command as a process of its own; the program is the compiled one, as users run it. */
export const start = (command: string[], env: NodeJS.ProcessEnv): Running => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return {
    said: new Promise((resolve) =>
      child.stdout.once('data', () => {
        resolve();
      }),
    ),
    finished: new Promise((resolve) =>
      child.on('close', (code, signal) => {
        resolve({ code, signal, out, err });
      }),
    ),
    kill: (signal) => child.kill(signal),
  };
};

/** `fieldmart …` as a process. */
export const startFieldmart = (line: string, env: NodeJS.ProcessEnv): Running =>
  start([process.execPath, 'dist/bin/fieldmart.js', ...line.split(' ')], env);

export const fieldmart = (line: string, env: NodeJS.ProcessEnv): Promise<Finished> =>
  startFieldmart(line, env).finished;
