import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeTempDir } from '../support/temp-dir.ts';

/** Adds the address of every module that is loaded to a file: a pipe may be full, and what a program prints is in it. */
const hook = (file: string): string => `
  import { appendFileSync } from 'node:fs';
  export const load = (url, context, next) => {
    appendFileSync(${JSON.stringify(file)}, url + '\\n');
    return next(url, context);
  };`;

/** What is required passes the hook by, and is told at the end. */
const register = (file: string): string => `
  import { appendFileSync } from 'node:fs';
  import { Module, register } from 'node:module';
  import { pathToFileURL } from 'node:url';
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook(file))}));
  process.on('exit', () => {
    const urls = Object.keys(Module._cache).map((path) => pathToFileURL(path).href + '\\n');
    appendFileSync(${JSON.stringify(file)}, urls.join(''));
  });`;

const toDataUrl = (script: string): string => `data:text/javascript,${encodeURIComponent(script)}`;

type Env = Record<string, string>;

/** The addresses of all files of code that a command loads. */
const listModulesWith = async (env: Env, args: readonly string[]): Promise<string[]> => {
  const file = join(await makeTempDir(), 'modules');
  const child = spawn(
    process.execPath,
    ['--import', toDataUrl(register(file)), 'dist/bin/fieldmart.js', ...args],
    { stdio: 'ignore', env: { ...process.env, ...env } },
  );
  await once(child, 'close');
  const text = await readFile(file, 'utf8');
  return [...new Set(text.split('\n').filter((url) => url.startsWith('file:')))];
};

const listModules = (...args: string[]): Promise<string[]> => listModulesWith({}, args);

/** A step of --help each: it grows with the commands' own files, never with what they run. */
const modulesMax = 50;

/** `progress`: half of them are DuckDB's library, a quarter zod's, a quarter our own. */
const questionModulesMax = 410;

/** `sync`: with the log, the reading of the source, and what they need. */
const runModulesMax = 660;

const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

const packagesOf = (modules: readonly string[]): (string | undefined)[] =>
  modules.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);

test.each([['--help'], ['--version'], ['publish xlsx --help']])(
  '%s loads the command line alone, few files and no SDK',
  async (line) => {
    const modules = await listModules(...line.split(' '));
    const own = modules.filter((url) => url.includes('/dist/'));
    expect(own.length).toBeGreaterThan(3);
    expect(
      own.filter(
        (url) => !/\/dist\/(bin|cli)\/|\/dist\/(errors|limits|limit-nursery)\.js$/.test(url),
      ),
    ).toEqual([]);
    const packages = packagesOf(modules);
    const ours = Object.keys(dependencies).filter((name) => packages.includes(name));
    expect(ours.sort()).toEqual(['leven', 'yargs']);
    expect(modules.length).toBeLessThanOrEqual(modulesMax);
  },
);

/** What a command needs that has a database of its own, still without a table. */
const openEnv = async (): Promise<Env> => {
  const dir = await makeTempDir();
  return {
    ...{
      ST_CLIENT_ID: 'cid.x',
      ST_CLIENT_SECRET: 'cs1.x',
      ST_APP_KEY: 'ak1.x',
      ST_TENANT_ID: '77',
    },
    ...{ DUCKDB_PATH: join(dir, 'x.duckdb'), SPOOL_DIR: join(dir, 'spool'), LOG_FILE: 'off' },
  };
};

test('a command that asks the source nothing loads what reads the database, and nothing that logs or asks', async () => {
  const modules = await listModulesWith(await openEnv(), ['progress']);
  const packages = packagesOf(modules);
  const ours = Object.keys(dependencies).filter((name) => packages.includes(name));
  expect(ours.sort()).toEqual(['@duckdb/node-api', 'leven', 'yargs', 'zod']);
  expect(modules.length).toBeLessThanOrEqual(questionModulesMax);
});

test('a command that asks the source loads the log and the HTTP library beside', async () => {
  const server = createServer((_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...(await openEnv()), ST_BASE_URL: url, ST_AUTH_URL: `${url}/token` };
  const modules = await listModulesWith(env, ['sync', '--entity', 'campaigns']);
  server.close();
  const packages = packagesOf(modules);
  const ours = Object.keys(dependencies).filter((name) => packages.includes(name));
  expect(ours.sort()).toEqual([
    ...['@duckdb/node-api', 'leven', 'luxon', 'p-limit', 'p-retry', 'p-throttle', 'undici'],
    ...['winston', 'yargs', 'zod'],
  ]);
  expect(modules.length).toBeLessThanOrEqual(runModulesMax);
});
