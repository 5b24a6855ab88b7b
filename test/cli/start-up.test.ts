import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Prints the address of every module that is loaded, to stderr. */
const hook = `
  import { writeSync } from 'node:fs';
  export const load = (url, context, next) => {
    writeSync(2, url + '\\n');
    return next(url, context);
  };`;

const register = `
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;

const toDataUrl = (script: string): string => `data:text/javascript,${encodeURIComponent(script)}`;

const listModules = async (...args: string[]): Promise<string[]> => {
  const child = spawn(
    process.execPath,
    ['--import', toDataUrl(register), 'dist/bin/fieldmart.js', ...args],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text.split('\n').filter((url) => url.startsWith('file:'));
};

test('--help loads the command line alone, and no SDK', async () => {
  const modules = await listModules('--help');
  const own = modules.filter((url) => url.includes('/dist/'));
  expect(own.length).toBeGreaterThan(3);
  expect(
    own.filter((url) => !/\/dist\/(bin|cli)\/|\/dist\/(errors|limits)\.js$/.test(url)),
  ).toEqual([]);
  const packages = modules.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);
  const sdks = ['@duckdb/node-api', '@google-cloud/bigquery', 'undici', 'winston', 'zod', 'luxon'];
  expect(sdks.filter((name) => packages.includes(name))).toEqual([]);
  expect(modules.length).toBeLessThanOrEqual(90);
});
